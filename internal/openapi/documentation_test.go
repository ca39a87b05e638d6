package openapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/openapi"
)

// Source: developer guide, "x-amazon-apigateway-documentation object"; recorded AWS answers of ImportDocumentationParts.
func TestDocumentation(t *testing.T) {
	api := &apidef.DocumentationPart{Location: apidef.DocumentationLocation{Type: "API"}, Properties: `{"info":{"description":"d"}}`}
	response := &apidef.DocumentationPart{
		Location: apidef.DocumentationLocation{Type: "RESPONSE", Path: "/a", Method: "GET", StatusCode: "200"}, Properties: `{"description":"ok"}`,
	}
	for _, c := range []struct {
		sentence, definition string
		want                 []*apidef.DocumentationPart
		refusal              string
	}{
		{
			sentence: "JSON; properties keep the order of their members",
			definition: `{"swagger": "2.0", "x-amazon-apigateway-documentation": {"version": "1", "documentationParts": [
				{"location": {"type": "API"}, "properties": {"info": {"description": "d"}}},
				{"location": {"type": "RESPONSE", "path": "/a", "method": "GET", "statusCode": "200"}, "properties": {"description": "ok"}}]}}`,
			want: []*apidef.DocumentationPart{api, response},
		},
		{
			sentence: "YAML; a status may be a number",
			definition: "openapi: 3.0.1\nx-amazon-apigateway-documentation:\n  documentationParts:\n  - location: {type: API}\n" +
				"    properties: {info: {description: d}}\n  - location: {type: RESPONSE, path: /a, method: GET, statusCode: 200}\n" +
				"    properties: {description: ok}\n",
			want: []*apidef.DocumentationPart{api, response},
		},
		{
			sentence: "properties may be the text of JSON",
			definition: `{"swagger": "2.0", "x-amazon-apigateway-documentation": {"documentationParts": [
				{"location": {"type": "API"}, "properties": "{\"info\":{\"description\":\"d\"}}"}]}}`,
			want: []*apidef.DocumentationPart{api},
		},
		{sentence: "a definition without documentation", definition: `{"swagger": "2.0"}`},
		{
			sentence: "no definition", definition: `{"info": {}}`,
			refusal: "BadRequestException: Unable to build importer with provided input.",
		},
		{
			sentence: "neither JSON nor YAML", definition: "{\x00",
			refusal: "BadRequestException: Unable to build importer with provided input.",
		},
	} {
		got, err := openapi.Importer{}.Documentation([]byte(c.definition))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sentence, diff)
		}
		refusal := ""
		if err != nil {
			refusal = err.Error()
		}
		if refusal != c.refusal {
			t.Errorf("%s: refusal %q, want %q", c.sentence, refusal, c.refusal)
		}
	}
}

// FuzzDocumentation: any bytes are read or refused.
func FuzzDocumentation(f *testing.F) {
	f.Add([]byte(`{"swagger": "2.0", "x-amazon-apigateway-documentation": {"documentationParts": [{"location": {"type": "API"}, "properties": {}}]}}`))
	f.Add([]byte("openapi: 3.0.1\nx-amazon-apigateway-documentation: &a {documentationParts: [{location: *a}]}\n"))
	f.Fuzz(func(t *testing.T, definition []byte) {
		parts, err := openapi.Importer{}.Documentation(definition)
		if err != nil && parts != nil {
			t.Fatalf("refused, and yet %d parts", len(parts))
		}
	})
}
