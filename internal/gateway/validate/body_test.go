package validate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
		{`{"type": ["string", "boolean"]}`, `1`, `instance type (integer) does not match any allowed primitive type (allowed: ["boolean","string"])`, "validator"},
		{`{"type": "integer"}`, `1.5`, `instance type (number) does not match any allowed primitive type (allowed: ["integer"])`, "validator"},
		{`{"type": "integer"}`, `1.0`, `instance type (number) does not match any allowed primitive type (allowed: ["integer"])`, "draft-fge-json-schema-core-00, section 3.5"},
		{`{"type": "integer"}`, `1e2`, `instance type (number) does not match any allowed primitive type (allowed: ["integer"])`, "draft-fge-json-schema-core-00, section 3.5"},
		{`{"enum": ["a", "b"]}`, `"x"`, `instance value ("x") not found in enum (possible values: ["a","b"])`, "report"},
		{`{"enum": [{"a": [1, {}]}, []]}`, `{"a": [1.0, {}]}`, "", "validator"},
		{`{"maximum": 500}`, `4000`, `numeric instance is greater than the required maximum (maximum: 500, found: 4000)`, "validator"},
		{`{"minimum": 0.5}`, `0`, `numeric instance is lower than the required minimum (minimum: 0.5, found: 0)`, "validator"},
		{`{"maximum": 5, "exclusiveMaximum": true}`, `5`, `numeric instance is not strictly lower than the required maximum 5`, "validator"},
		{`{"minimum": 5, "exclusiveMinimum": true}`, `5`, `numeric instance is not strictly greater than the required minimum 5`, "validator"},
		{`{"minimum": 5, "exclusiveMinimum": true}`, `4`, `numeric instance is lower than the required minimum (minimum: 5, found: 4)`, "validator"},
		{`{"multipleOf": 2}`, `3`, `remainder of division is not zero (3 / 2)`, "validator"},
		{`{"minLength": 2}`, `"a"`, `string "a" is too short (length: 1, required minimum: 2)`, "validator"},
		{`{"maxLength": 1}`, `"ab"`, `string "ab" is too long (length: 2, maximum allowed: 1)`, "validator"},
		{`{"pattern": "^a(?!b)"}`, `"ab"`, `ECMA 262 regex "^a(?!b)" does not match input string "ab"`, "validator"},
		{`{"pattern": "^\\d$"}`, `"\"\\"`, `ECMA 262 regex "^\d$" does not match input string ""\"`, "validator"},
		{`{"minItems": 1}`, `[]`, `array is too short: must have at least 1 elements but instance has 0 elements`, "validator"},
		{`{"maxItems": 1}`, `[1,2]`, `array is too long: must have at most 1 elements but instance has 2 elements`, "validator"},
		{`{"uniqueItems": true}`, `[1,1.0]`, `array must not contain duplicate elements`, "validator"},
		{`{"items": [{}], "additionalItems": false}`, `[1,2]`, `schema only allows 1 elements in array but instance has 2 elements`, "validator"},
		{`{"additionalProperties": false}`, `{"b":1,"a":2}`, `object instance has properties which are not allowed by the schema: ["a","b"]`, "validator"},
		{`{"minProperties": 1}`, `{}`, `object has too few properties (found 0 but schema requires at least 1)`, "validator"},
		{`{"maxProperties": 0}`, `{"a":1}`, `object has too many properties (found 1 but schema requires at most 0)`, "validator"},
		{`{"dependencies": {"a": ["b"]}}`, `{"a":1}`, `property "a" of object has missing property dependencies (schema requires ["b"]; missing: ["b"])`, "validator"},
		{`{"not": {}}`, `1`, `instance matched a schema which it should not have`, "validator"},
		{`{"anyOf": [{"type": "null"}, {"type": "string"}]}`, `1`, `instance failed to match at least one required schema among 2`, "validator"},
		{`{"allOf": [{"type": "null"}, {"type": "string"}, {"type": "integer"}]}`, `1`, `instance failed to match all required schemas (matched only 1 out of 3)`, "validator"},
		{`{"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}`, `{}`, `instance failed to match exactly one schema (matched 0 out of 2)`, "report"},
		{`{"oneOf": [{"type": "integer"}, {"type": "number"}]}`, `1`, `instance failed to match exactly one schema (matched 2 out of 2)`, "validator"},
		{`{"format": "email"}`, `"x"`, `string "x" is not a valid email address`, "validator"},
		{`{"format": "ipv4"}`, `"x"`, `string "x" is not a valid IPv4 address`, "validator"},
		{`{"format": "ipv6"}`, `"x"`, `string "x" is not a valid IPv6 address`, "validator"},
		{`{"format": "hostname"}`, `"-"`, `string "-" is not a valid hostname`, "validator"},
		{`{"format": "uri"}`, `"%"`, `string "%" is not a valid URI`, "validator"},
		{`{"format": "regex"}`, `"("`, `string "(" is not a valid ECMA 262 regular expression`, "validator"},
		{`{"format": "date-time"}`, `"x"`, `string "x" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`, "validator"},
		{`{"format": "date"}`, `"x"`, "", "draft 4 has no such format"},
		{`{"format": "int32"}`, `1`, "", `developer guide, "Amazon API Gateway important notes"`},
		{`{"$schema": "http://json-schema.org/draft-07/schema#", "exclusiveMaximum": false, "maximum": 1}`, `1`, "", "read as draft 4"},
		{
			`{"properties": {"b": {"type": "null"}, "a": {"type": "null"}}, "required": ["c"]}`, `{"a":1,"b":2}`,
			`object has missing required properties (["c"])`, "validator: what an object that is wrong holds is not looked at",
		},
		{
			`{"properties": {"b": {"type": "null"}, "a": {"type": "string", "enum": ["x"]}}}`, `{"b":2,"a":1}`,
			`instance value (1) not found in enum (possible values: ["x"])|` +
				`instance type (integer) does not match any allowed primitive type (allowed: ["string"])|` +
				`instance type (integer) does not match any allowed primitive type (allowed: ["null"])`, "validator: by property, then by keyword",
		},
		{
			`{"items": {"properties": {"a": {"type": "null"}}, "required": ["b"]}}`, `[{"b":0},{},{"b":0,"a":1},1,1,1,1,1,1,1,{}]`,
			`object has missing required properties (["b"])|object has missing required properties (["b"])`, "validator: nor what comes after it holds",
		},
		{`{"$ref": "#/definitions/a", "type": "null", "definitions": {"a": {"type": "integer"}}}`, `1`, "", "beside $ref no keyword counts"},
		{`{"definitions": {"a": {"anyOf": [{"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}`, `1`, "instance failed to match at least one required schema among 1", "ours: a circle"},
		{`{}`, ``, `Unknown error parsing request body`, "report"},
		{`{}`, `{} {}`, `Unknown error parsing request body`, "ours"},
		{`{"type": "integer"}`, `1e1001`, `Unknown error parsing request body`, "ours: no number that large is computed with"},
		{`{"minimum": 0}`, strings.Repeat("1", 1001), `Unknown error parsing request body`, "ours"},
		{`{"minimum": 0}`, `1e308`, "", "a large number"},
	}
	for _, tt := range tests {
		if got := strings.Join(compiled(t, tt.schema).faultsOf([]byte(tt.body)), "|"); got != tt.want {
			t.Errorf("%s of %.40s (%s):\n got %s\nwant %s", tt.body, tt.schema, tt.evidence, got, tt.want)
		}
	}
}

// The faults of a large body are not told one by one, which would take many times its memory.
func TestALargeBodyIsNotExplained(t *testing.T) {
	s := compiled(t, `{"items": {"type": "string"}}`)
	wrong := []byte("[" + strings.Repeat("0,", 100_000) + "0]")
	if got := s.faultsOf(wrong); len(got) != 1 {
		t.Errorf("%d faults", len(got))
	}
	right := []byte("[" + strings.Repeat(`"",`, 100_000) + `""]`)
	if got := s.faultsOf(right); got != nil {
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

// Whether a value is wrong, the library that compiles schemas says as well, but for integers that are written with a fraction or
// an exponent.
func FuzzFaults(f *testing.F) {
	f.Add(`{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "maximum": 5}}}`, `{"a": 6}`)
	f.Add(`{"oneOf": [{"type": "null"}, {"pattern": "^(a|b)*$"}]}`, `"ab"`)
	f.Add(`{"$ref": "#"}`, `1e999`)
	f.Add(`{"patternProperties": {"^a": {"minimum": 1}}, "additionalProperties": {"type": "string"}, "dependencies": {"b": {"required": ["c"]}}}`, `{"a": 0, "b": "", "c": 1}`)
	f.Add(`{"items": [{"not": {"enum": [1, "x"]}}], "additionalItems": {"multipleOf": 2}, "uniqueItems": true}`, `[2, 4, 4]`)
	f.Fuzz(func(t *testing.T, text, body string) {
		models := NewModels([]*apidef.Model{{Name: "M", ContentType: "application/json", Schema: text}})
		s, err := models.schema("M")
		if err != nil {
			return
		}
		faults := s.faultsOf([]byte(body))
		if again := s.faultsOf([]byte(body)); strings.Join(faults, "\n") != strings.Join(again, "\n") {
			t.Fatalf("%q, then %q", faults, again)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil || unreasonable(value) || strings.ContainsAny(body, ".eE") {
			return
		}
		peer, err := models.compiler.Compile(modelURL + "M")
		if err != nil {
			t.Fatal(err)
		}
		if err := peer.Validate(value); (err == nil) != (faults == nil) {
			t.Errorf("%s of %s: %q, and its peer %v", body, text, faults, err)
		}
	})
}

// A model whose alternatives both lead back to itself costs twice as much for each level of a body.
func TestBodiesCostWithinABound(t *testing.T) {
	twice := compiled(t, `{"oneOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}, "required": ["b"]}]}`)
	if faults := twice.faultsOf([]byte(`{"a": {"a": {"a": {}}}}`)); faults != nil {
		t.Errorf("a body that is right: %q", faults)
	}
	deep := strings.Repeat(`{"b": 1, "a": `, 60) + "{}" + strings.Repeat("}", 60)
	if faults := twice.faultsOf([]byte(deep)); len(faults) != 1 || faults[0] != unexplained {
		t.Errorf("a deep body: %.200q", faults)
	}
	for _, test := range bodiesOfManySteps() {
		t.Run(test.name, func(t *testing.T) {
			s := compiled(t, test.schema)
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			left := budgetOf(len(test.body), s.count)
			left.steps -= allowance // so that small bodies do
			if got := strings.Join(s.faults(value, left), ", "); got != test.want {
				t.Errorf("%.200q, want %q", got, test.want)
			}
		})
	}
	listing := compiled(t, `{"items": {"enum": ["`+strings.Repeat("x", 10_000)+`"]}}`)
	size := 0
	for _, fault := range listing.faultsOf([]byte("[1" + strings.Repeat(",1", 20_000) + "]")) {
		size += len(fault)
	}
	if size == 0 || size > 300<<10 {
		t.Errorf("%d bytes are said of 40 KB", size)
	}
}

// bodiesOfManySteps are right, or cost more than a body may: then nothing is said of their faults.
func bodiesOfManySteps() []struct{ name, schema, body, want string } {
	const twice = `{"allOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}], `
	text := `"` + strings.Repeat("x", 20_000) + `"`
	deep := func(open string, depth int, innermost string) string {
		return strings.Repeat(open, depth) + innermost + strings.Repeat("]", depth)
	}
	list := func(n int, format string, most int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ","+format, i%most)
		}
		return "[" + b.String()[1:] + "]"
	}
	return []struct{ name, schema, body, want string }{
		{"lists of one item are unique", `{"uniqueItems": true, "items": {"$ref": "#"}}`, deep("[", 1000, text), ""},
		{"lists of two items at every level", `{"uniqueItems": true, "items": {"$ref": "#"}}`, deep("[0,", 1000, "1"), unexplained},
		{"no list is a text", `{"anyOf": [{"enum": ["a"]}, {"items": {"$ref": "#"}}]}`, deep("[", 1000, text), ""},
		{"lists that may be a list", `{"anyOf": [{"enum": [["a"]]}, {"items": {"$ref": "#"}}]}`, deep("[", 1000, "1"), unexplained},
		{"many alternatives", `{"items": {"oneOf": ` + list(200, `{"properties": {"k": {"enum": [%d]}}}`, 200) + `}}`, list(50, `{"k":%d}`, 200), ""},
		{"many minimums", `{"items": {"allOf": ` + list(200, `{"minimum": -%d}`, 200) + `}}`, list(50, "%d", 1), ""},
		{"a long text on many ways", twice + `"maxLength": 1000000}`, deep("[", 13, text), unexplained},
		{"a wide object on many ways", twice + `"properties": {"a": {}}}`, deep("[", 11, "{"+strings.Trim(list(1000, `"%d":0`, 1000), "[]")+"}"), unexplained},
		{"a number of many digits on many ways", twice + `"maximum": 1}`, deep("[", 10, strings.Repeat(" ", 2000)+"1e-1000"), unexplained},
	}
}
