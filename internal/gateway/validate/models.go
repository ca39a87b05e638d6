package validate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"postern/internal/apidef"
	"postern/java/regex"
)

// Models compiles the models of one deployment. It serves one goroutine; what it has compiled serves any number.
type Models struct {
	byName   map[string]*apidef.Model
	compiler *jsonschema.Compiler
	compiled compilation
	schemas  map[string]*schema
}

// NewModels prepares models for CompileBody. Schemas are read as JSON Schema draft 4, whatever their $schema says; references
// lead to other models of the same list only.
// Source: developer guide, "Data models for REST APIs" and "Amazon API Gateway important notes".
func NewModels(list []*apidef.Model) *Models {
	m := &Models{byName: map[string]*apidef.Model{}, compiler: jsonschema.NewCompiler(), compiled: compilation{}, schemas: map[string]*schema{}}
	for _, model := range list {
		m.byName[model.Name] = model
	}
	m.compiler.DefaultDraft(jsonschema.Draft4)
	m.compiler.UseLoader(m)
	m.compiler.UseRegexpEngine(compilePattern)
	for _, name := range laterFormats {
		m.compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(any) error { return nil }})
	}
	return m
}

// laterFormats are formats that the library knows and draft 4 does not: they are not checked.
// Source: draft-fge-json-schema-validation-00, section 7.3.
var laterFormats = [...]string{
	"date", "time", "duration", "period", "uuid", "semver", "json-pointer", "relative-json-pointer", "iri", "uri-reference",
	"iri-reference", "uri-template",
}

// modelURL is what the documents that the compiler asks for begin with.
const modelURL = "https://apigateway.amazonaws.com/restapis/api/models/"

// schema compiles a model, once; nil for a model whose content is no JSON, of which AWS says nothing. The error is an unknown model, or a schema that AWS would not have stored.
func (m *Models) schema(name string) (*schema, error) {
	if s := m.schemas[name]; s != nil {
		return s, nil
	}
	if model := m.byName[name]; model != nil && !strings.Contains(model.ContentType, "json") {
		return nil, nil
	}
	compiled, err := m.compiler.Compile(modelURL + name)
	if err != nil {
		return nil, fmt.Errorf("compile model %s: %w", name, err)
	}
	s := m.compiled.schema(compiled)
	s.count = s.reach()
	m.schemas[name] = s
	return s, nil
}

// Load gives the compiler a document. Nothing is ever fetched.
func (m *Models) Load(url string) (any, error) {
	model := m.byName[apidef.ReferencedModel(url)]
	if model == nil {
		return nil, errors.New("no such model")
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(model.Schema))
	if err != nil {
		return nil, err
	}
	strip(document)
	return document, nil
}

// strip takes $schema and id out of a schema, in place: they would change how it and its references are read.
func strip(v any) {
	switch v := v.(type) {
	case []any:
		for _, member := range v {
			strip(member)
		}
	case map[string]any:
		for _, keyword := range [...]string{"$schema", "id"} {
			if _, ok := v[keyword].(string); ok {
				delete(v, keyword)
			}
		}
		for keyword, member := range v {
			if keyword != "enum" && keyword != "default" {
				strip(member)
			}
		}
	}
}

// pattern is a regular expression of a schema. Draft 4 means those of ECMAScript, of which Java's are the closest kin.
type pattern struct{ *regex.Regexp }

func compilePattern(text string) (jsonschema.Regexp, error) {
	re, err := regex.Compile(text, 0)
	if err != nil {
		return nil, err
	}
	return pattern{re}, nil
}

// MatchString reports whether the pattern matches anywhere in s. A match that takes too many steps is none.
func (p pattern) MatchString(s string) bool {
	found, err := p.Find(s, 0)
	return err == nil && found != nil
}

// maxNumber bounds how long a number of a body may be, and maxExponent its exponent: the library computes with every digit.
const (
	maxNumber   = 1000
	maxExponent = 1000
)

// unreasonable reports a number that is too large to compute with.
func unreasonable(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return tooLarge(string(v))
	case []any:
		return slices.ContainsFunc(v, unreasonable)
	case map[string]any:
		for _, member := range v {
			if unreasonable(member) {
				return true
			}
		}
	}
	return false
}

func tooLarge(number string) bool {
	if len(number) > maxNumber {
		return true
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return false
	}
	exponent := 0
	for _, c := range number[i+1:] {
		if '0' <= c && c <= '9' {
			exponent = min(exponent*10+int(c-'0'), maxExponent+1)
		}
	}
	return exponent > maxExponent
}
