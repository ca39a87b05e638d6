package apidef

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
)

// The schema of a model is JSON Schema draft 4. Source: developer guide, "Data models for REST APIs"; the refusals are
// AWS's own texts.
func TestCheckSchema(t *testing.T) {
	invalid := func(fault string) error {
		return awserr.BadRequest.Errorf("Invalid model specified: Validation Result: warnings : [], errors : [%s]", fault)
	}
	malformed := invalid("Invalid model schema specified")
	for _, c := range []struct {
		name, schema string
		want         error
	}{
		{"an empty object", `{}`, nil}, // recorded AWS answer: a CloudFormation stack
		{"every keyword", `{"$schema":"x","id":"x","title":"t","description":"d","default":[],"type":["string","null"],"format":"f","enum":[{"x":1}],
			"required":["a"],"multipleOf":1,"maximum":1,"exclusiveMaximum":true,"minimum":0,"exclusiveMinimum":true,"maxLength":1,"minLength":0,
			"pattern":"a","maxItems":1,"minItems":0,"uniqueItems":true,"maxProperties":1,"minProperties":0,"additionalItems":{},
			"additionalProperties":false,"items":[{}],"not":{},"allOf":[{}],"anyOf":[{}],"oneOf":[{}],"definitions":{"a":{}},
			"properties":{"b":{}},"patternProperties":{"c":{}},"dependencies":{"d":["a"],"e":{}},"x-mine":1}`, nil},
		{"names of properties are no keywords", `{"properties":{"example":{},"const":{}}}`, nil},
		{"text", `"x"`, malformed},
		{"a list", `[]`, malformed},
		{"a property that is no schema", `{"properties":{"a":1}}`, malformed},
		{"an alternative that is no schema", `{"allOf":["a"]}`, malformed},
		{"an unknown keyword", `{"x":1}`, invalid(`Invalid model schema specified. Unsupported keyword(s): ["x"]`)},
		{
			"unknown keywords anywhere, each once", `{"items":{"nullable":true},"anyOf":[{"const":1},{"const":2}]}`,
			invalid(`Invalid model schema specified. Unsupported keyword(s): ["const", "nullable"]`),
		},
		{"another model", `{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/Pet"}`, nil},
		{"a definition of its own", `{"$ref":"#/definitions/a","definitions":{"a":{}}}`, nil},
		{"a list of no required members", `{"required":[]}`, malformed}, // public bug report, aws/aws-cdk issue 27433
		{"a required member that says so itself", `{"properties":{"a":{"required":true}}}`, malformed},
		{"an unknown type", `{"items":{"type":"text"}}`, malformed},
		{"an expression that looks ahead", `{"pattern":"^(?!a)"}`, nil},
		{
			"two faults", `{"items":{"$ref":"pet.json"},"required":[]}`, // public bug report, Dropsource/serverless-todo-api-example-complete issue 3
			invalid("Invalid model schema specified, Model reference must be in canonical form"),
		},
		{"a file", `{"$ref":"pet.json"}`, invalid("Model reference must be in canonical form")},
		{"an OpenAPI reference", `{"items":{"$ref":"#/components/schemas/Pet"}}`, invalid("Model reference must be in canonical form")},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := (&Model{ContentType: "application/json", Schema: c.schema}).checkSchema(nil)
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := (&Model{ContentType: "text/plain", Schema: "anything"}).checkSchema(nil); err != nil {
		t.Errorf("a model that is not JSON: %v", err)
	}
}

// Models that a schema refers to are there before it, but for itself, and are named in its order.
// Source: public bug report, terra-money/fcd-classic issue 36; that a model may refer to itself is inferred.
func TestReferencesMustExist(t *testing.T) {
	ref := func(name string) string {
		return `{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/` + name + `"}`
	}
	m := Model{Name: "Me", ContentType: "application/json", Schema: `{"properties":{"z":` + ref("Zoo") + `,"p":` + ref("Pet") +
		`,"d":` + ref("a.b") + `,"y":{"items":` + ref("Zoo") + `},"me":` + ref("Me") + `}}`}
	_, err := NewModel(m, func(name string) bool { return name == "Pet" })
	want := "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model specified: Zoo, Invalid model specified: a.b]"
	if !errors.Is(err, awserr.BadRequest.Errorf("%s", want)) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Models may refer to each other in circles. Recorded AWS answer: import of Person and House.
func TestFlattenCircle(t *testing.T) {
	ref := func(name string) string {
		return `{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/` + name + `"}`
	}
	person := &Model{Name: "Person", Schema: `{"type":"object","properties":{"house":` + ref("House") + `,"other":` + ref("Unknown") + `}}`}
	house := &Model{Name: "House", Schema: `{"properties":{"owner":` + ref("Person") + `}}`}
	var got, want any
	if err := json.Unmarshal([]byte(Flatten(person, []*Model{person, house})), &got); err != nil {
		t.Fatal(err)
	}
	personFlat := `{"type":"object","properties":{"house":{"$ref":"#/definitions/House"},"other":` + ref("Unknown") + `}}`
	flat := strings.TrimSuffix(personFlat, "}") + `,"definitions":{"House":{"properties":{"owner":{"$ref":"#/definitions/Person"}}},"Person":` + personFlat + `}}`
	if err := json.Unmarshal([]byte(flat), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !person.RefersTo("House") || person.RefersTo("Person") {
		t.Error("references are not told apart")
	}
}

// Sources: AWS CLI reference, get-model-template (Empty); API reference, GetModelTemplate (the members of output); the rest as
// Template says.
func TestModelTemplate(t *testing.T) {
	input := &Model{Name: "Input", Schema: `{"type":"object","properties":{"op":{"type":"string"},"deep":{"$ref":"#/definitions/n"}},"definitions":{"n":{"type":"integer"}}}`}
	loop := &Model{Name: "Loop", Schema: `{"properties":{"next":{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/Loop"}}}`}
	for _, c := range []struct{ sentence, schema, want string }{
		{"an object without members", `{"type":"object"}`, "{ }"},
		{
			"members in the schema's order",
			`{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"},"op":{"type":"string"},"c":{"type":"number"}},"title":"output"}`,
			"{\n  \"a\" : 3.1415,\n  \"b\" : 3.1415,\n  \"op\" : \"foo\",\n  \"c\" : 3.1415\n}",
		},
		{"no object", `{"type":"string"}`, `"foo"`},
		{"objects in objects", `{"properties":{"a":{"properties":{"b":{"type":"boolean"}}}}}`, "{\n  \"a\" : {\n    \"b\" : true\n  }\n}"},
		{"a list", `{"type":"array","items":{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}}`, `[
##TODO: Update this foreach loop to reference array from input json
#foreach($elem in $inputRoot.TODO)
 {
  "age" : 42
} ` + `
#if($foreach.hasNext),#end
#end
]`},
		{"another model, whose references are its own", `{"properties":{"input":{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/Input"}},"definitions":{"n":{"type":"string"}}}`, `{
  "input" : {
    "op" : "foo",
    "deep" : 42
  }
}`},
		{"a model that is not there", `{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/None"}`, "{ }"},
		{"no schema", `[]`, "{ }"},
	} {
		if got := (&Model{Schema: c.schema}).Template([]*Model{input, loop}); got != "#set($inputRoot = $input.path('$'))\n"+c.want {
			t.Errorf("%s:\n%s", c.sentence, got)
		}
	}
	if got := loop.Template([]*Model{input, loop}); strings.Count(got, "next") > deepestTemplate {
		t.Errorf("a model in a circle has %d members", strings.Count(got, "next"))
	}
}

func FuzzModel(f *testing.F) {
	for _, seed := range []string{`{"properties":{"a":{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/M"}}}`, `{"items":[{}],"x":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, schema string) {
		m, err := NewModel(Model{Name: "M", ContentType: "application/json", Schema: schema}, nil)
		if err != nil {
			return
		}
		if m.Schema != schema {
			t.Fatalf("the schema is not kept: %q", m.Schema)
		}
		if !json.Valid([]byte(Flatten(m, []*Model{m}))) {
			t.Fatalf("flattened to %q", Flatten(m, []*Model{m}))
		}
		m.Template([]*Model{m})
	})
}
