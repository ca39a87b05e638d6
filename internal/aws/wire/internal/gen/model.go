package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// model is a service's API as facts: the model's file with its overlay.
type model struct {
	Service      string                `json:"service"`
	Version      string                `json:"version"`
	Protocol     protocol              `json:"protocol"`
	SigningName  string                `json:"signingName"`
	TargetPrefix string                `json:"targetPrefix"`
	Operations   map[string]*operation `json:"operations"`
	Shapes       map[string]*shape     `json:"shapes"`

	overlay overlay
	source  string // the file's name
}

// protocol is how calls look on the wire.
type protocol string

const (
	restJSON protocol = "rest-json"
	jsonRPC  protocol = "json"
	query    protocol = "query"
	ec2      protocol = "ec2"
)

// xml tells the protocols whose answers are XML from those whose bodies are JSON.
func (p protocol) xml() bool { return p == query || p == ec2 }

type operation struct {
	Method string   `json:"method"`
	Path   string   `json:"path"` // may end in a query parameter, "?mode=import"
	Status int      `json:"status"`
	Input  string   `json:"input"`
	Output string   `json:"output"`
	Errors []string `json:"errors"`
}

type shape struct {
	Type      string      `json:"type"`
	Fields    []*field    `json:"fields"`
	Payload   string      `json:"payload"`
	Exception bool        `json:"exception"`
	Status    int         `json:"status"`
	Enum      []string    `json:"enum"`
	Pattern   string      `json:"pattern"`
	Min       json.Number `json:"min"`
	Max       json.Number `json:"max"`
	Member    string      `json:"member"`
	// MemberWire is the element name of a list in XML.
	MemberWire string `json:"memberWire"`
	Flattened  bool   `json:"flattened"`
	Key        string `json:"key"`
	Value      string `json:"value"`
}

// constrained tells whether a value of this shape can be refused for itself.
func (s *shape) constrained() bool {
	return len(s.Enum) > 0 || s.Type != "blob" && s.Pattern != "" || s.Min != "" || s.Max != ""
}

type field struct {
	Name     string `json:"name"`
	Shape    string `json:"shape"`
	In       string `json:"in"` // uri, querystring, header, statusCode; empty: the body
	Wire     string `json:"wire"`
	Required bool   `json:"required"`
}

// wire is the field's name on the wire.
func (f *field) wire() string {
	if f.Wire != "" {
		return f.Wire
	}
	return f.Name
}

// load reads a model and its overlay.
func load(path string) (*model, error) {
	m := &model{source: filepath.Base(path)}
	if err := readJSON(path, m); err != nil {
		return nil, err
	}
	if err := readJSON(strings.TrimSuffix(path, ".json")+".overlay.json", &m.overlay); err != nil {
		return nil, err
	}
	return m, m.check()
}

func readJSON(path string, into any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	if _, ok := into.(*overlay); ok {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// check finds what the generated code could not express.
func (m *model) check() error {
	switch m.Protocol {
	case restJSON:
		if err := m.checkPaths(); err != nil {
			return err
		}
	case jsonRPC, query, ec2:
	default:
		return fmt.Errorf("protocol %s is not generated", m.Protocol)
	}
	if err := m.checkOverlay(); err != nil {
		return err
	}
	for _, name := range sortedKeys(m.Shapes) {
		s := m.Shapes[name]
		if _, err := regexp.Compile(m.expression(name)); err != nil {
			return fmt.Errorf("shape %s: %w", name, err)
		}
		if s.Flattened {
			return fmt.Errorf("shape %s: flattened lists are not generated", name)
		}
		for _, f := range s.Fields {
			if m.Shapes[f.Shape] == nil {
				return fmt.Errorf("shape %s: member %s has the unknown shape %s", name, f.Name, f.Shape)
			}
		}
	}
	return nil
}

// javaEscape is how Java's expressions name a character.
var javaEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// expression is a shape's pattern as Go reads it.
func (m *model) expression(name string) string {
	if p, ok := m.overlay.Patterns[name]; ok {
		return p.Expression
	}
	return javaEscape.ReplaceAllString(m.Shapes[name].Pattern, `\x{$1}`)
}

// checkPaths finds a place where a fixed segment competes with a parameter: the router never goes back.
func (m *model) checkPaths() error {
	parameterAt := map[string]bool{}
	for _, name := range sortedKeys(m.Operations) {
		path, _, _ := strings.Cut(m.Operations[name].Path, "?")
		place := ""
		for segment := range strings.SplitSeq(path[1:], "/") {
			isParameter := strings.HasPrefix(segment, "{")
			if was, seen := parameterAt[place]; seen && was != isParameter {
				return fmt.Errorf("operation %s: a fixed segment and a parameter compete after %q", name, place)
			}
			parameterAt[place] = isParameter
			if isParameter {
				segment = "{}"
			}
			place += "/" + segment
		}
	}
	return nil
}

func (m *model) hasMember(name string) bool {
	shapeName, member, _ := strings.Cut(name, ".")
	s := m.Shapes[shapeName]
	return s != nil && slices.ContainsFunc(s.Fields, func(f *field) bool { return f.Name == member })
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
