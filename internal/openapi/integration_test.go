package openapi_test

import (
	"fmt"
	"testing"

	"postern/internal/openapi"
)

// TestIntegrationsThatCannotBeRead has what makes an integration a malformed one. That it does, beside the object that
// stands for a uri, is inferred from it.
func TestIntegrationsThatCannotBeRead(t *testing.T) {
	const http = `"type": "http", "httpMethod": "GET", "uri": "https://example.com"`
	for _, tt := range []struct {
		integration string
		read        bool
	}{
		{`"text"`, false},
		{`[]`, false},
		{`{}`, false},
		{`{"type": "smtp"}`, false},
		{`{"type": ["http"]}`, false},
		{`{"type": "http", "httpMethod": "GET", "uri": ["https://example.com"]}`, false},
		{`{` + http + `, "credentials": {"Ref": "Role"}}`, false},
		{`{` + http + `, "timeoutInMillis": "soon"}`, false},
		{`{` + http + `, "timeoutInMillis": 50.5}`, false},
		{`{` + http + `, "timeoutInMillis": 50.0}`, true},
		{`{` + http + `, "timeoutInMillis": "50"}`, true},
		{`{` + http + `, "cacheKeyParameters": "one"}`, false},
		{`{` + http + `, "requestParameters": "none"}`, false},
		{`{` + http + `, "requestTemplates": []}`, false},
		{`{` + http + `, "requestTemplates": null, "responses": null, "credentials": null, "cacheKeyParameters": null}`, true},
		{`{` + http + `, "responses": [{"statusCode": 200}]}`, false},
		{`{` + http + `, "responses": {"default": null}}`, false},
		{`{` + http + `, "responses": {"default": {}}}`, false},
		{`{` + http + `, "responses": {"default": {"statusCode": 99}}}`, false},
		{`{` + http + `, "responses": {"default": {"statusCode": 200, "responseTemplates": "$input.json('$')"}}}`, false},
		{`{` + http + `, "responses": {"default": {"statusCode": 200, "responseTemplates": null}}}`, true},
		{`null`, true}, // none
	} {
		document := fmt.Sprintf(`{"openapi": "3.0.1", "info": {"title": "Pets"}, "paths": {"/pets": {"get": {
			"responses": {}, "x-amazon-apigateway-integration": %s}}}}`, tt.integration)
		_, _, err := openapi.Importer{}.Parse([]byte(document), options(nil))
		if tt.read && err != nil {
			t.Errorf("%s: %v", tt.integration, err)
		} else if !tt.read {
			wantRefused(t, err, "Unable to parse API definition because of a malformed integration at path /pets.")
		}
	}
}
