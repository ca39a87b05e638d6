package openapi

import (
	"slices"
	"strings"

	"postern/internal/apidef"
)

// The keywords of a schema under which schemas stand: one, a list of them, or one per name.
var (
	keywordsOfSchema  = []string{"items", "additionalProperties", "additionalItems", "not"}
	keywordsOfSchemas = []string{"allOf", "anyOf", "oneOf", "items"}
	keywordsOfMembers = []string{"properties", "patternProperties", "definitions", "dependencies"}
	// What OpenAPI adds to JSON Schema draft 4. A model keeps none of it.
	// Source: developer guide, "Amazon API Gateway important notes for REST APIs" (unsupported keywords). That $schema goes
	// too is inferred: exports have none.
	keywordsOfOpenAPI = []string{
		"discriminator", "example", "examples", "externalDocs", "nullable", "readOnly", "writeOnly",
		"xml", "deprecated", "$schema",
	}
)

// toModelSchema is a schema as a model keeps it: references to other models in canonical form, OpenAPI's own keywords
// gone, everything else in the order of the document.
// Recorded AWS answer: GetModels after the import of models that refer to one another.
func (in *importing) toModelSchema(schema *node) *node {
	if !schema.is(object) {
		return schema
	}
	out := &node{kind: object}
	for _, m := range schema.members {
		if slices.Contains(keywordsOfOpenAPI, m.key) || strings.HasPrefix(m.key, "x-") {
			continue
		}
		out.members = append(out.members, member{m.key, in.toModelKeyword(m.key, m.value)})
	}
	return out
}

func (in *importing) toModelKeyword(keyword string, value *node) *node {
	switch {
	case keyword == "$ref" && value.is(text):
		return &node{kind: text, text: in.toModelReference(value.text)}
	case slices.Contains(keywordsOfMembers, keyword) && value.is(object):
		out := &node{kind: object}
		for _, m := range value.members {
			out.members = append(out.members, member{m.key, in.toModelSchema(m.value)})
		}
		return out
	case slices.Contains(keywordsOfSchemas, keyword) && value.is(list):
		out := &node{kind: list}
		for _, item := range value.items {
			out.items = append(out.items, in.toModelSchema(item))
		}
		return out
	case slices.Contains(keywordsOfSchema, keyword):
		return in.toModelSchema(value)
	}
	return value
}

// toModelReference writes a reference to another schema of the document as API Gateway does. Any other reference stays,
// and is refused with the model, unless it is canonical already. A reference into a schema is not one to a model: it
// must not look like one that is local to the schema.
func (in *importing) toModelReference(ref string) string {
	name, ok := strings.CutPrefix(ref, in.dialect.modelReference)
	switch {
	case !ok:
		return ref
	case strings.HasPrefix(name, in.model+"/definitions/"):
		return "#" + name[len(in.model):]
	case strings.Contains(name, "/"):
		return "#/" + name
	}
	return "https://apigateway.amazonaws.com/restapis/" + in.apiID + "/models/" + name
}

// modelOf is the name of the model that a schema refers to; "" when it is no reference.
func (in *importing) modelOf(schema *node) string {
	ref := schema.get("$ref").scalar()
	if ref == "" {
		return ""
	}
	if name := apidef.ReferencedModel(ref); name != "" {
		return name
	}
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// unsupportedType is how AWS calls a schema that is no model, because it is neither an object nor an array; "" for one
// that is. The names are those of the Swagger library's classes, as they appear in a public report of a warning.
func (in *importing) unsupportedType(schema *node) string {
	name, suffix := "", "Schema"
	if in.dialect.swagger2 {
		suffix = "Property" // inferred
	}
	switch schema.get("type").scalar() {
	case "string":
		name = map[string]string{
			"": "String", "date": "Date", "date-time": "DateTime", "byte": "ByteArray", "binary": "Binary",
			"uuid": "UUID", "email": "Email", "password": "Password",
		}[schema.get("format").scalar()]
		if name == "" || schema.get("enum").is(list) {
			name = "String"
		}
	case "integer":
		name = "Integer"
	case "number":
		name = "Number"
	case "boolean":
		name = "Boolean"
	case "file": // of Swagger 2.0
		name = "File"
	default:
		return ""
	}
	return name + suffix
}
