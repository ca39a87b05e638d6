package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Bounds of a document beside its size: YAML's anchors let a small text stand for a huge one.
const (
	maxDepth = 200
	maxNodes = 1_000_000
)

var (
	errTooDeep  = fmt.Errorf("nested deeper than %d levels", maxDepth)
	errTooLarge = fmt.Errorf("more than %d values", maxNodes)
)

// parse reads a document, JSON if it is that, else YAML. The content decides: clients send no useful content type.
func parse(source []byte) (*node, error) {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	if root, err := parseJSON(source); err == nil || errors.Is(err, errTooDeep) || errors.Is(err, errTooLarge) {
		return root, err
	}
	return parseYAML(source)
}

// budget counts values and levels while a tree is built.
type budget struct{ nodes int }

func (b *budget) spend(depth int) error {
	b.nodes++
	switch {
	case depth > maxDepth:
		return errTooDeep
	case b.nodes > maxNodes:
		return errTooLarge
	}
	return nil
}

func parseJSON(source []byte) (*node, error) {
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber()
	root, err := jsonValue(decoder, &budget{}, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("text behind the document")
	}
	return root, nil
}

func jsonValue(decoder *json.Decoder, b *budget, depth int) (*node, error) {
	if err := b.spend(depth); err != nil {
		return nil, err
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return jsonList(decoder, b, depth)
		}
		return jsonObject(decoder, b, depth)
	case string:
		return &node{kind: text, text: t}, nil
	case json.Number:
		return &node{kind: number, text: t.String()}, nil
	case bool:
		return &node{kind: boolean, text: strconv.FormatBool(t)}, nil
	}
	return &node{kind: null}, nil
}

func jsonList(decoder *json.Decoder, b *budget, depth int) (*node, error) {
	n := &node{kind: list}
	for decoder.More() {
		item, err := jsonValue(decoder, b, depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err := decoder.Token()
	return n, err
}

func jsonObject(decoder *json.Decoder, b *budget, depth int) (*node, error) {
	n := &node{kind: object}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("a key that is no text")
		}
		value, err := jsonValue(decoder, b, depth+1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, value})
	}
	n.tidy()
	_, err := decoder.Token()
	return n, err
}

func parseYAML(source []byte) (*node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, errors.New("an empty document")
	}
	return yamlValue(document.Content[0], &budget{}, 0)
}

func yamlValue(y *yaml.Node, b *budget, depth int) (*node, error) {
	if err := b.spend(depth); err != nil {
		return nil, err
	}
	switch y.Kind {
	case yaml.AliasNode:
		return yamlValue(y.Alias, b, depth+1) // an alias to its own anchor ends at the depth limit
	case yaml.SequenceNode:
		n := &node{kind: list}
		for _, item := range y.Content {
			value, err := yamlValue(item, b, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, value)
		}
		return n, nil
	case yaml.MappingNode:
		return yamlObject(y, b, depth)
	case yaml.ScalarNode:
		return yamlScalar(y), nil
	default:
		return nil, errors.New("not a YAML value")
	}
}

func yamlObject(y *yaml.Node, b *budget, depth int) (*node, error) {
	n := &node{kind: object}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a key that is no text", key.Line)
		}
		v, err := yamlValue(value, b, depth+1)
		if err != nil {
			return nil, err
		}
		if key.Tag == "!!merge" {
			for _, one := range append(v.elements(), v) { // what the object says itself overrides it
				n.members = append(append([]member(nil), one.entries()...), n.members...)
			}
			continue
		}
		n.members = append(n.members, member{key.Value, v})
	}
	n.tidy()
	return n, nil
}

// tidy keeps one member of each name: the last value, at the first place.
func (n *node) tidy() {
	place := make(map[string]int, len(n.members))
	kept := n.members[:0]
	for _, m := range n.members {
		if i, ok := place[m.key]; ok {
			kept[i].value = m.value
			continue
		}
		place[m.key] = len(kept)
		kept = append(kept, m)
	}
	n.members = kept
}

// yamlScalar reads a scalar as JSON has it. What JSON cannot say, such as a date or an infinity, is text.
func yamlScalar(y *yaml.Node) *node {
	switch y.ShortTag() {
	case "!!null":
		return &node{kind: null}
	case "!!bool":
		var v bool
		if y.Decode(&v) == nil {
			return &node{kind: boolean, text: strconv.FormatBool(v)}
		}
	case "!!int", "!!float":
		if json.Valid([]byte(y.Value)) {
			return &node{kind: number, text: y.Value}
		}
		var whole int64
		if y.Decode(&whole) == nil {
			return &node{kind: number, text: strconv.FormatInt(whole, 10)}
		}
		var v float64
		if y.Decode(&v) == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
			return &node{kind: number, text: strconv.FormatFloat(v, 'g', -1, 64)}
		}
	}
	return &node{kind: text, text: y.Value}
}
