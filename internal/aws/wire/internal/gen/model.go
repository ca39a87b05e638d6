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
	Service    string                `json:"service"`
	Version    string                `json:"version"`
	Protocol   string                `json:"protocol"`
	Operations map[string]*operation `json:"operations"`
	Shapes     map[string]*shape     `json:"shapes"`

	overlay overlay
	source  string // the file's name
}

type operation struct {
	Method string   `json:"method"`
	Path   string   `json:"path"` // may end in a query parameter, "?mode=import"
	Status int      `json:"status"`
	Input  string   `json:"input"`
	Output string   `json:"output"`
	Errors []string `json:"errors"`
}

type shape struct {
	Type      string   `json:"type"`
	Fields    []*field `json:"fields"`
	Payload   string   `json:"payload"`
	Exception bool     `json:"exception"`
	Status    int      `json:"status"`
	Enum      []string `json:"enum"`
	Pattern   string   `json:"pattern"`
	Member    string   `json:"member"`
	Value     string   `json:"value"`
}

type field struct {
	Name     string `json:"name"`
	Shape    string `json:"shape"`
	In       string `json:"in"` // uri, querystring, header; empty: the body
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

// overlay is what the model leaves out. Every entry names its evidence.
type overlay struct {
	Comment   string `json:"comment"`
	EnumOrder map[string]struct {
		Evidence string   `json:"evidence"`
		Printed  []string `json:"printed"`
	} `json:"enumOrder"`
	EmptyWrittenAsNull members `json:"emptyWrittenAsNull"`
	NullReadAsEmpty    members `json:"nullReadAsEmpty"`
}

// members are "Shape.member" names.
type members struct {
	Evidence string   `json:"evidence"`
	Members  []string `json:"members"`
}

func (m members) has(shapeName string, f *field) bool {
	return slices.Contains(m.Members, shapeName+"."+f.Name)
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
	if m.Protocol != "rest-json" {
		return fmt.Errorf("protocol %s: only rest-json is generated", m.Protocol)
	}
	for name, order := range m.overlay.EnumOrder {
		s := m.Shapes[name]
		if s == nil || !sameSet(s.Enum, order.Printed) {
			return fmt.Errorf("overlay: enumOrder %s is not the model's set", name)
		}
	}
	for _, member := range slices.Concat(m.overlay.EmptyWrittenAsNull.Members, m.overlay.NullReadAsEmpty.Members) {
		if !m.hasMember(member) {
			return fmt.Errorf("overlay: no member %s", member)
		}
	}
	if err := m.checkPaths(); err != nil {
		return err
	}
	for name, s := range m.Shapes {
		if _, err := regexp.Compile(s.Pattern); err != nil {
			return fmt.Errorf("shape %s: %w", name, err)
		}
		for _, f := range s.Fields {
			if m.Shapes[f.Shape] == nil {
				return fmt.Errorf("shape %s: member %s has the unknown shape %s", name, f.Name, f.Shape)
			}
		}
	}
	return nil
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
