package validate

import (
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

func compiled(t testing.TB, text string) *schema {
	t.Helper()
	s, err := NewModels([]*apidef.Model{{Name: "M", ContentType: "application/json", Schema: text}}).schema("M")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What $context.error.validationErrorString says. Evidence of a row: "report" is a public report of the string on AWS,
// "validator" the published message of Java's json-schema-validator, "ours" a wording of our own.
func TestFaults(t *testing.T) {
	tests := []struct{ schema, body, want, evidence string }{
		{`{"required": ["password", "email"]}`, `{}`, `object has missing required properties (["email","password"])`, "report"},
		{`{"type": "number"}`, `"1"`, `instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])`, "report"},
		{`{"type": ["string", "boolean"]}`, `1.0`, `instance type (integer) does not match any allowed primitive type (allowed: ["boolean","string"])`, "validator"},
		{`{"type": "integer"}`, `1.5`, `instance type (number) does not match any allowed primitive type (allowed: ["integer"])`, "validator"},
		{`{"enum": ["a", "b"]}`, `"x"`, `instance value ("x") not found in enum (possible values: ["a","b"])`, "validator"},
		{`{"maximum": 500}`, `4000`, `numeric instance is greater than the required maximum (maximum: 500, found: 4000)`, "validator"},
		{`{"minimum": 0.5}`, `0`, `numeric instance is lower than the required minimum (minimum: 0.5, found: 0)`, "validator"},
		{`{"maximum": 5, "exclusiveMaximum": true}`, `5`, `numeric instance is not strictly lower than the required maximum 5`, "validator"},
		{`{"multipleOf": 2}`, `3`, `remainder of division is not zero (3 / 2)`, "validator"},
		{`{"minLength": 2}`, `"a"`, `string "a" is too short (length: 1, required minimum: 2)`, "validator"},
		{`{"maxLength": 1}`, `"ab"`, `string "ab" is too long (length: 2, maximum allowed: 1)`, "validator"},
		{`{"pattern": "^a(?!b)"}`, `"ab"`, `ECMA 262 regex "^a(?!b)" does not match input string "ab"`, "validator"},
		{`{"minItems": 1}`, `[]`, `array is too short: must have at least 1 elements but instance has 0 elements`, "validator"},
		{`{"maxItems": 1}`, `[1,2]`, `array is too long: must have at most 1 elements but instance has 2 elements`, "validator"},
		{`{"uniqueItems": true}`, `[1,1.0]`, `array must not contain duplicate elements`, "validator"},
		{`{"items": [{}], "additionalItems": false}`, `[1,2]`, `array only allows 1 items but instance has 2 items`, "ours"},
		{`{"additionalProperties": false}`, `{"b":1,"a":2}`, `object instance has properties which are not allowed by the schema: ["a","b"]`, "validator"},
		{`{"minProperties": 1}`, `{}`, `object has too few properties (found 0 but schema requires at least 1)`, "validator"},
		{`{"maxProperties": 0}`, `{"a":1}`, `object has too many properties (found 1 but schema requires at most 0)`, "validator"},
		{`{"dependencies": {"a": ["b"]}}`, `{"a":1}`, `property "a" of object has missing property dependencies (missing: ["b"])`, "ours"},
		{`{"not": {}}`, `1`, `instance matched a schema which it should not have`, "validator"},
		{`{"anyOf": [{"type": "null"}, {"type": "string"}]}`, `1`, `instance failed to match at least one required schema`, "ours"},
		{`{"oneOf": [{"type": "integer"}, {"type": "number"}]}`, `1`, `instance failed to match exactly one schema (matched 2)`, "ours"},
		{`{"format": "email"}`, `"x"`, `string "x" is invalid against requested format email`, "ours"},
		{`{"format": "date"}`, `"x"`, "", "draft 4 has no such format"},
		{`{"format": "int32"}`, `1`, "", `developer guide, "Amazon API Gateway important notes"`},
		{`{"$schema": "http://json-schema.org/draft-07/schema#", "exclusiveMaximum": false, "maximum": 1}`, `1`, "", "read as draft 4"},
		{
			`{"properties": {"b": {"type": "null"}, "a": {"type": "null"}}, "required": ["c"]}`, `{"a":1,"b":2}`,
			`object has missing required properties (["c"])|` +
				`instance type (integer) does not match any allowed primitive type (allowed: ["null"])|` +
				`instance type (integer) does not match any allowed primitive type (allowed: ["null"])`, "several",
		},
		{`{}`, ``, `Unknown error parsing request body`, "report"},
		{`{}`, `{} {}`, `Unknown error parsing request body`, "ours"},
		{`{"type": "integer"}`, `1e1001`, `Unknown error parsing request body`, "ours: no number that large is computed with"},
		{`{"minimum": 0}`, strings.Repeat("1", 1001), `Unknown error parsing request body`, "ours"},
		{`{"minimum": 0}`, `1e308`, "", "a large number"},
	}
	for _, tt := range tests {
		if got := strings.Join(compiled(t, tt.schema).faults([]byte(tt.body)), "|"); got != tt.want {
			t.Errorf("%s of %.40s (%s):\n got %s\nwant %s", tt.body, tt.schema, tt.evidence, got, tt.want)
		}
	}
}

// The faults of a large body are not told one by one, which would take many times its memory.
func TestALargeBodyIsNotExplained(t *testing.T) {
	s := compiled(t, `{"items": {"type": "string"}}`)
	wrong := []byte("[" + strings.Repeat("0,", 100_000) + "0]")
	if got := s.faults(wrong); len(got) != 1 {
		t.Errorf("%d faults", len(got))
	}
	right := []byte("[" + strings.Repeat(`"",`, 100_000) + `""]`)
	if got := s.faults(right); got != nil {
		t.Errorf("faults: %v", got)
	}
}

// What a model cannot be compiled from is answered when it is used; a content type that is no JSON is not checked.
func TestCompileBody(t *testing.T) {
	models := NewModels([]*apidef.Model{
		{Name: "Bad", ContentType: "application/json", Schema: `{"type": "number", "pattern": "("}`},
		{Name: "Torn", ContentType: "application/json", Schema: `{`},
		{Name: "XML", ContentType: "application/xml", Schema: `<schema/>`},
	})
	for name, wantErr := range map[string]bool{"Bad": true, "Torn": true, "Gone": true, "XML": false} {
		b := CompileBody(map[string]string{"$default": name}, models)
		x := &message.Exchange{Request: &message.Request{Body: []byte("x")}}
		if err := b.Check(t.Context(), x); (err != nil) != wantErr {
			t.Errorf("%s: %v", name, err)
		}
	}
	if CompileBody(nil, models) != nil {
		t.Error("a method without models is validated")
	}
}

func FuzzFaults(f *testing.F) {
	f.Add(`{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "maximum": 5}}}`, `{"a": 6}`)
	f.Add(`{"oneOf": [{"type": "null"}, {"pattern": "^(a|b)*$"}]}`, `"ab"`)
	f.Add(`{"$ref": "#"}`, `1e999`)
	f.Fuzz(func(t *testing.T, text, body string) {
		s, err := NewModels([]*apidef.Model{{Name: "M", ContentType: "application/json", Schema: text}}).schema("M")
		if err != nil {
			return
		}
		faults := s.faults([]byte(body))
		if again := s.faults([]byte(body)); strings.Join(faults, "\n") != strings.Join(again, "\n") {
			t.Fatalf("%q, then %q", faults, again)
		}
	})
}
