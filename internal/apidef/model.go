package apidef

import (
	"encoding/json"
	"regexp"
	"slices"
	"sort"
	"strings"

	"postern/internal/aws/awserr"
)

var alphanumeric = regexp.MustCompile(`^[a-zA-Z0-9]+$`)

// IsModelName tells whether a model can have this name. Recorded AWS answer: CreateModel.
func IsModelName(name string) bool { return alphanumeric.MatchString(name) }

// ErrNoModel is what operations on an unknown model answer. Recorded AWS answer: GetModel.
func ErrNoModel(name string) error {
	return awserr.NotFound.Errorf("Invalid model name specified: %s", name)
}

// DefaultModels are the models that CreateRestApi makes. Recorded AWS answer: GetModels of a new API.
func DefaultModels() []*Model {
	return []*Model{
		{
			Name: "Empty", ContentType: "application/json", Description: "This is a default empty schema model",
			Schema: "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  \"type\" : \"object\"\n}",
		},
		{
			Name: "Error", ContentType: "application/json", Description: "This is a default error schema model",
			Schema: "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : \"string\" }\n  }\n}",
		},
	}
}

// NewModel checks what CreateModel was given. exists tells which other models its schema may refer to; nil allows any.
// Recorded AWS answers: CreateModel.
func NewModel(m Model, exists func(name string) bool) (*Model, error) {
	switch {
	case m.Name == "":
		return nil, awserr.BadRequest.Errorf("Model name must be non-empty")
	case !IsModelName(m.Name):
		return nil, awserr.BadRequest.Errorf("Model name must be alphanumeric: %s", m.Name)
	case !contentType.MatchString(m.ContentType):
		return nil, awserr.BadRequest.Errorf("Invalid content type specified: %s", m.ContentType)
	}
	if err := m.checkSchema(exists); err != nil {
		return nil, err
	}
	return &m, nil
}

// checkSchema checks a schema as far as AWS does when it is stored. Only JSON content types have JSON schemas.
func (m *Model) checkSchema(exists func(name string) bool) error {
	if m.Schema == "" {
		return awserr.BadRequest.Errorf("Model schema must have at least 1 property or array items defined")
	}
	if !strings.Contains(m.ContentType, "json") {
		return nil
	}
	var schema map[string]any
	if err := json.Unmarshal([]byte(m.Schema), &schema); err != nil {
		return invalidModel("Invalid model schema specified")
	}
	found := &schemaFaults{}
	found.walk(schema)
	faults := found.list(m.Schema)
	if exists != nil {
		for _, name := range m.references() {
			if name != m.Name && !exists(name) {
				faults = append(faults, "Invalid model specified: "+name)
			}
		}
	}
	if len(faults) > 0 {
		return invalidModel(strings.Join(faults, ", "))
	}
	return nil
}

// list is what AWS says of the faults, all of them. Source: public bug reports, Dropsource/serverless-todo-api-example-complete
// issue 3 (two faults) and terra-money/fcd-classic issue 36 (models that are not there).
func (f *schemaFaults) list(schema string) (faults []string) {
	switch {
	case len(f.unsupported) > 0:
		sort.Strings(f.unsupported)
		list, _ := json.Marshal(slices.Compact(f.unsupported))
		faults = append(faults, "Invalid model schema specified. Unsupported keyword(s): "+strings.ReplaceAll(string(list), `","`, `", "`))
	case f.malformed || !isDraft4(schema):
		faults = append(faults, "Invalid model schema specified")
	}
	if f.reference {
		faults = append(faults, "Model reference must be in canonical form")
	}
	return faults
}

func invalidModel(fault string) error {
	return awserr.BadRequest.Errorf("Invalid model specified: %s", validationResult(fault))
}

// canonicalReference is how one model names another.
// Source: developer guide, "Data models for REST APIs".
var canonicalReference = regexp.MustCompile(`^https://apigateway\.[^/]+/restapis/[^/]+/models/([a-zA-Z0-9]+)$`)

// modelReference has that form with any name, even one that no model can have.
var modelReference = regexp.MustCompile(`^https://apigateway\.[^/]+/restapis/[^/]+/models/([^/]+)$`)

// ReferencedModel is the name of the model that a canonical $ref names; "" for any other reference.
func ReferencedModel(ref string) string {
	if m := canonicalReference.FindStringSubmatch(ref); m != nil {
		return m[1]
	}
	return ""
}

// schemaFaults gathers what a draft 4 schema may not hold.
type schemaFaults struct {
	unsupported          []string
	malformed, reference bool
}

// The keywords of JSON Schema draft 4, by what stands under them.
// Source: json-schema.org, draft-zyp-json-schema-04 and draft-fge-json-schema-validation-00.
var (
	plainKeywords = []string{
		"$schema", "id", "$ref", "title", "description", "default", "type", "format", "enum", "required",
		"multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern",
		"maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties",
	}
	schemaKeywords = []string{"additionalItems", "additionalProperties", "items", "not"}
	listKeywords   = []string{"items", "allOf", "anyOf", "oneOf"}
	mapKeywords    = []string{"definitions", "properties", "patternProperties", "dependencies"}
)

func (f *schemaFaults) walk(schema map[string]any) {
	for keyword, value := range schema {
		switch v := value.(type) {
		case map[string]any:
			f.walkObject(keyword, v)
		case []any:
			if slices.Contains(listKeywords, keyword) {
				f.walkList(v)
				continue
			}
			f.checkKeyword(keyword)
		default:
			f.checkKeyword(keyword)
			if ref, ok := value.(string); ok && keyword == "$ref" {
				f.reference = f.reference || !isLegalReference(ref)
			}
		}
	}
}

func (f *schemaFaults) walkObject(keyword string, v map[string]any) {
	switch {
	case slices.Contains(schemaKeywords, keyword):
		f.walk(v)
	case slices.Contains(mapKeywords, keyword):
		for _, member := range v {
			if sub, ok := member.(map[string]any); ok {
				f.walk(sub)
			} else if keyword != "dependencies" {
				f.malformed = true
			}
		}
	default:
		f.checkKeyword(keyword)
	}
}

func (f *schemaFaults) walkList(v []any) {
	for _, member := range v {
		sub, ok := member.(map[string]any)
		if !ok {
			f.malformed = true
			continue
		}
		f.walk(sub)
	}
}

func (f *schemaFaults) checkKeyword(keyword string) {
	known := slices.Contains(plainKeywords, keyword) || slices.Contains(schemaKeywords, keyword) ||
		slices.Contains(listKeywords, keyword) || slices.Contains(mapKeywords, keyword) ||
		strings.HasPrefix(keyword, "x-")
	if !known {
		f.unsupported = append(f.unsupported, keyword)
	}
}

// isLegalReference allows references into the same document and canonical ones to other models.
func isLegalReference(ref string) bool {
	return strings.HasPrefix(ref, "#/definitions/") || ref == "#" || modelReference.MatchString(ref)
}

// modelPatch is a model with what the check of its schema needs to know.
type modelPatch struct {
	*Model
	exists func(name string) bool
}

var modelPaths = PatchTable[modelPatch]{
	Refuse: refuseListing,
	Paths: []PatchPath[modelPatch]{
		{Pattern: "/description", Ops: Replace, Apply: func(m *modelPatch, c Change) error {
			m.Description = c.Value
			return nil
		}},
		{Pattern: "/schema", Ops: Replace, Apply: func(m *modelPatch, c Change) error {
			m.Schema = c.Value
			return m.checkSchema(m.exists)
		}},
	},
}

// Patch returns the model with the operations applied. exists tells which other models its schema may refer to.
// Recorded AWS answers: UpdateModel.
func (m *Model) Patch(ops []PatchOperation, exists func(name string) bool) (*Model, error) {
	next := clone(m)
	return next, modelPaths.Apply(&modelPatch{next, exists}, ops)
}
