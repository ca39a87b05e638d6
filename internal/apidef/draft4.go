package apidef

import (
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// draft4 is the schema of schemas of JSON Schema draft 4, compiled when it is first asked for. Patterns and URIs in a schema
// may be any text, as API Gateway's expressions are not the library's.
var draft4 = sync.OnceValue(func() *jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(func(text string) (jsonschema.Regexp, error) { return anyPattern(text), nil })
	compiler.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: func(any) error { return nil }})
	return compiler.MustCompile("http://json-schema.org/draft-04/schema") // the library has it
})

// anyPattern stands for the expressions of a schema, which nothing is matched with here.
type anyPattern string

func (p anyPattern) String() string          { return string(p) }
func (p anyPattern) MatchString(string) bool { return true }

// isDraft4 tells whether a schema is one of draft 4.
// Source: public bug report, aws/aws-cdk issue 27433 (an empty list of required members is none).
func isDraft4(schema string) bool {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	return err == nil && draft4().Validate(document) == nil
}
