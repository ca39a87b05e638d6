package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/openapi"
)

// TestJourneysOfAnyText: texts of any characters survive export and import, in both languages and both formats.
// Source: developer guide, "Export a REST API from API Gateway" (a definition to import again).
func TestJourneysOfAnyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		source, err := json.Marshal(anyDefinition(rt))
		if err != nil {
			rt.Fatal(err)
		}
		for _, format := range []string{"oas30?apigateway.json", "oas30?apigateway.yaml", "swagger?apigateway.json", "swagger?apigateway.yaml"} {
			d, _, _ := openapi.Importer{}.Parse(source, options(nil))
			if d == nil {
				rt.Fatalf("not a definition: %s", source)
			}
			checkJourney(journeyOf{t, rt}, d, format)
		}
	})
}

// journeyOf reports to rapid, which shrinks what fails.
type journeyOf struct {
	*testing.T
	rt *rapid.T
}

func (j journeyOf) Helper()                           {}
func (j journeyOf) Errorf(format string, args ...any) { j.rt.Errorf(format, args...) }
func (j journeyOf) Fatalf(format string, args ...any) { j.rt.Fatalf(format, args...) }
func (j journeyOf) Fatal(args ...any)                 { j.rt.Fatal(args...) }

// anyDefinition has any text wherever AWS takes any.
func anyDefinition(rt *rapid.T) map[string]any {
	text := func(name string) string { return rapid.String().Draw(rt, name) }
	word := func(name string) string { return rapid.StringMatching(`[a-zA-Z0-9]{1,8}`).Draw(rt, name) }
	templates := map[string]any{"application/json": text("template"), "text/" + strings.ToLower(word("subtype")): text("other template")}
	model := map[string]any{
		"type": "object", "title": text("title"), "description": text("model description"),
		"properties": map[string]any{text("property"): map[string]any{"type": "string", "enum": []any{"1" + text("enum"), "2" + text("enum2")}}},
	}
	operation := map[string]any{
		"operationId":                           text("operation"),
		"security":                              []any{map[string]any{"A" + text("authorizer"): []any{text("scope")}}},
		"parameters":                            []any{map[string]any{"name": word("parameter"), "in": "query", "required": rapid.Bool().Draw(rt, "required")}},
		"requestBody":                           map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/M"}}}},
		"responses":                             map[string]any{"200": map[string]any{"headers": map[string]any{word("header"): map[string]any{}}}},
		"x-amazon-apigateway-request-validator": "V" + text("validator"),
		"x-amazon-apigateway-integration": map[string]any{
			"type": "mock", "requestTemplates": templates,
			"requestParameters": map[string]any{"integration.request.header." + word("mapping"): "'" + word("static") + "'"},
			"responses":         map[string]any{"default": map[string]any{"statusCode": 200, "responseTemplates": templates}},
		},
	}
	return map[string]any{
		"openapi": "3.0.1",
		"info":    map[string]any{"title": text("name"), "version": text("version"), "description": text("description")},
		"paths": map[string]any{
			"/" + word("path") + "/{" + word("variable") + "}": map[string]any{
				rapid.SampledFrom([]string{"get", "put", "x-amazon-apigateway-any-method"}).Draw(rt, "verb"): operation,
			},
		},
		"x-amazon-apigateway-request-validators": map[string]any{"V" + text("declared validator"): map[string]any{"validateRequestBody": true}},
		"x-amazon-apigateway-gateway-responses":  map[string]any{"UNAUTHORIZED": map[string]any{"responseTemplates": map[string]any{"application/json": text("answer")}}},
		"components": map[string]any{
			"schemas": map[string]any{"M": model, word("other"): map[string]any{"allOf": []any{map[string]any{"$ref": "#/components/schemas/M"}}}},
			"securitySchemes": map[string]any{"A" + text("declared authorizer"): map[string]any{
				"type": "apiKey", "in": "header", "name": word("key header"), "x-amazon-apigateway-authorizer": map[string]any{
					"type": "cognito_user_pools", "providerARNs": []any{"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_ab"},
				},
			}},
		},
	}
}
