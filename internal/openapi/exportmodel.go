package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
)

// schemas are the models. Empty and Error, which every API is made with, are written when something refers to them: public
// exports of APIs with both show the one that is used.
func (out *exporting) schemas() *node {
	used := out.usedModels()
	n := newObject()
	for _, name := range hashed(out.models) {
		m := out.models[name]
		schema, err := parseJSON([]byte(m.Schema))
		if err != nil || !isJSON(m) || isDefault(m) && !used[m.Name] {
			continue
		}
		n.add(m.Name, out.documentModel(m.Name, out.fromModelSchema(m.Name, schema, true)))
	}
	return n
}

func isDefault(m *apidef.Model) bool {
	return slices.ContainsFunc(apidef.DefaultModels(), func(d *apidef.Model) bool { return d.Name == m.Name && d.Schema == m.Schema })
}

// usedModels are the models that a method or another model names.
func (out *exporting) usedModels() map[string]bool {
	used := make(map[string]bool)
	addValues := func(models map[string]string) {
		for _, name := range models {
			used[name] = true
		}
	}
	for _, r := range out.Resources {
		for _, m := range r.Methods {
			addValues(m.RequestModels)
			for _, response := range m.MethodResponses {
				addValues(response.ResponseModels)
			}
		}
	}
	for _, m := range out.Models {
		if schema, err := parseJSON([]byte(m.Schema)); err == nil {
			schema.eachReference(func(ref string) { used[apidef.ReferencedModel(ref)] = true })
		}
	}
	return used
}

// eachReference calls fn with the text of every $ref in a schema.
func (n *node) eachReference(fn func(ref string)) {
	if ref := n.get("$ref"); ref.is(text) {
		fn(ref.text)
	}
	for _, m := range n.entries() {
		m.value.eachReference(fn)
	}
	for _, item := range n.elements() {
		item.eachReference(fn)
	}
}

// fromModelSchema is a model's schema as a definition has it: other models by their place in it. A reference within the
// model's own definitions becomes one to their place too. top drops $schema, which no export has.
func (out *exporting) fromModelSchema(model string, schema *node, top bool) *node {
	switch {
	case schema.is(object):
		n := newObject()
		for _, m := range schema.members {
			switch {
			case top && m.key == "$schema":
			case m.key == "$ref" && m.value.is(text):
				n.add(m.key, newText(out.fromModelReference(model, m.value.text)))
			default:
				n.add(m.key, out.fromModelSchema(model, m.value, false))
			}
		}
		return n
	case schema.is(list):
		n := newList()
		for _, item := range schema.items {
			n.items = append(n.items, out.fromModelSchema(model, item, false))
		}
		return n
	}
	return schema
}

func (out *exporting) fromModelReference(model, ref string) string {
	if name := apidef.ReferencedModel(ref); name != "" {
		return out.modelReference + name
	}
	if ref == "#" {
		return out.modelReference + model
	}
	if own, ok := strings.CutPrefix(ref, "#/definitions/"); ok {
		return out.modelReference + model + "/definitions/" + own
	}
	return ref
}
