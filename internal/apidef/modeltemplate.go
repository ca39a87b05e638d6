package apidef

import (
	"encoding/json"
	"slices"
	"strings"
)

// Template is a mapping template that writes a sample of what a model describes: the members of an object in the schema's
// order, "foo" for a text, 3.1415 for a number. models are those that the schema may refer to.
// Source: API Gateway API reference, GetModelTemplate, whose sample has texts and numbers; AWS CLI reference,
// get-model-template, for an object without members. A loop over a list is known from templates that people publish, after
// the console generated them; 42 for an integer, true and references are inferred.
func (m *Model) Template(models []*Model) string {
	t := templateWriter{models: models, root: orderedSchema(m.Schema)}
	t.b.WriteString("#set($inputRoot = $input.path('$'))\n")
	t.write(t.root, "", 0)
	return t.b.String()
}

// deepestTemplate bounds how far a template follows a schema, which may refer to itself.
const deepestTemplate = 32

// templateWriter writes one template. root is the schema that "#/definitions/..." reads.
type templateWriter struct {
	b      strings.Builder
	models []*Model
	root   schemaObject
}

func (t *templateWriter) write(schema schemaObject, indent string, depth int) {
	if depth > deepestTemplate {
		t.b.WriteString("{ }")
		return
	}
	if ref, ok := schema.get("$ref").(string); ok {
		if target, root := t.resolve(ref); target != nil {
			before := t.root
			t.root = root
			t.write(target, indent, depth+1)
			t.root = before
			return
		}
	}
	properties, _ := schema.get("properties").(schemaObject)
	items, isList := schema.get("items").(schemaObject)
	switch kind, _ := schema.get("type").(string); {
	case kind == "array" || isList:
		t.b.WriteString("[\n##TODO: Update this foreach loop to reference array from input json\n#foreach($elem in $inputRoot.TODO)\n ")
		t.write(items, indent, depth+1)
		t.b.WriteString(" \n#if($foreach.hasNext),#end\n#end\n" + indent + "]")
	case len(properties) > 0:
		t.writeMembers(properties, indent, depth)
	case kind == "string":
		t.b.WriteString(`"foo"`)
	case kind == "number":
		t.b.WriteString("3.1415")
	case kind == "integer":
		t.b.WriteString("42")
	case kind == "boolean":
		t.b.WriteString("true")
	default:
		t.b.WriteString("{ }")
	}
}

func (t *templateWriter) writeMembers(properties schemaObject, indent string, depth int) {
	t.b.WriteString("{\n")
	for i, p := range properties {
		property, _ := p.value.(schemaObject)
		t.b.WriteString(indent + `  "` + p.name + `" : `)
		t.write(property, indent+"  ", depth+1)
		if i < len(properties)-1 {
			t.b.WriteString(",")
		}
		t.b.WriteString("\n")
	}
	t.b.WriteString(indent + "}")
}

// resolve finds the schema that a reference names, and the document that the schema's own references read; nil when there
// is none.
func (t *templateWriter) resolve(ref string) (schema, root schemaObject) {
	if name, ok := strings.CutPrefix(ref, "#/definitions/"); ok {
		definitions, _ := t.root.get("definitions").(schemaObject)
		schema, _ = definitions.get(name).(schemaObject)
		return schema, t.root
	}
	at := slices.IndexFunc(t.models, func(m *Model) bool { return m.Name == ReferencedModel(ref) })
	if at < 0 {
		return nil, nil
	}
	schema = orderedSchema(t.models[at].Schema)
	return schema, schema
}

// schemaObject is a JSON object that keeps the order of its members. Its values are schemaObjects, texts, or nil for all that
// a template does not read.
type schemaObject []schemaMember

type schemaMember struct {
	name  string
	value any
}

// get is the value of the member with this name, nil when there is none.
func (o schemaObject) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// orderedSchema reads a schema; nil when it is no object.
func orderedSchema(schema string) schemaObject {
	object, _ := orderedValue(json.NewDecoder(strings.NewReader(schema))).(schemaObject)
	return object
}

// orderedValue reads the value that d stands before.
func orderedValue(d *json.Decoder) any {
	token, err := d.Token()
	if err != nil {
		return nil
	}
	opened, ok := token.(json.Delim)
	if !ok {
		text, ok := token.(string)
		if !ok {
			return nil
		}
		return text
	}
	object := schemaObject{}
	for d.More() {
		name := ""
		if opened == '{' {
			key, err := d.Token()
			if err != nil {
				return nil
			}
			name, _ = key.(string)
		}
		object = append(object, schemaMember{name, orderedValue(d)})
	}
	_, _ = d.Token() // what closes it
	if opened == '[' {
		return nil
	}
	return object
}
