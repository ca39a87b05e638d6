package apidef

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// RefersTo tells whether a model's schema refers to another model.
func (m *Model) RefersTo(name string) bool {
	found := false
	eachReference(parseSchema(m.Schema), func(ref string) string {
		found = found || ReferencedModel(ref) == name
		return ref
	})
	return found
}

// references are the names of the models that the schema refers to, in its order, each once.
func (m *Model) references() (names []string) {
	for _, ref := range appendReferences(nil, json.NewDecoder(strings.NewReader(m.Schema)), "") {
		if found := modelReference.FindStringSubmatch(ref); found != nil && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// appendReferences appends the text of every $ref in the value that d stands before, which is the member with this name.
func appendReferences(refs []string, d *json.Decoder, member string) []string {
	token, err := d.Token()
	if err != nil {
		return refs
	}
	if ref, ok := token.(string); ok && member == "$ref" {
		return append(refs, ref)
	}
	opened, ok := token.(json.Delim)
	if !ok {
		return refs
	}
	for d.More() {
		name := ""
		if opened == '{' {
			key, err := d.Token()
			if err != nil {
				return refs
			}
			name, _ = key.(string)
		}
		refs = appendReferences(refs, d, name)
	}
	_, _ = d.Token() // what closes it
	return refs
}

func parseSchema(schema string) any {
	var v any
	if json.Unmarshal([]byte(schema), &v) != nil {
		return nil
	}
	return v
}

// eachReference calls fn for the text of every $ref, and puts in its place what fn returns.
func eachReference(v any, fn func(ref string) string) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			v["$ref"] = fn(ref)
		}
		for _, member := range v {
			eachReference(member, fn)
		}
	case []any:
		for _, member := range v {
			eachReference(member, fn)
		}
	}
}

// Flatten is a model's schema with the models that it refers to, however far, as definitions of its own.
func Flatten(m *Model, models []*Model) string {
	byName := make(map[string]*Model, len(models))
	for _, other := range models {
		byName[other.Name] = other
	}
	root, ok := parseSchema(m.Schema).(map[string]any)
	if !ok {
		return m.Schema
	}
	definitions := make(map[string]any)
	var pending []string
	inline := func(ref string) string {
		name := ReferencedModel(ref)
		if byName[name] == nil {
			return ref
		}
		pending = append(pending, name)
		return "#/definitions/" + name
	}
	eachReference(root, inline)
	if len(pending) == 0 {
		return m.Schema
	}
	for len(pending) > 0 {
		name := pending[0]
		pending = pending[1:]
		if _, done := definitions[name]; done {
			continue
		}
		definition := parseSchema(byName[name].Schema)
		definitions[name] = definition
		eachReference(definition, inline)
	}
	if own, ok := root["definitions"].(map[string]any); ok {
		maps.Copy(definitions, own)
	}
	root["definitions"] = definitions
	flat, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return m.Schema
	}
	return string(flat)
}
