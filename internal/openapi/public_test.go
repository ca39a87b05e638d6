package openapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire/apigateway"
)

// TestPublicDefinitions imports definitions in the manner of public APIs through the control plane, and deploys them.
// They are our own; each holds what its kind brings along: references everywhere, several content types, schemas in a
// circle, keywords that API Gateway does not know, numbers for texts.
// Evidence: developer guide, "Develop REST APIs using OpenAPI in API Gateway" and "Amazon API Gateway important notes for
// REST APIs"; the texts are those of the cases of TestImport.
func TestPublicDefinitions(t *testing.T) {
	for _, tt := range []struct {
		file                       string
		parameters                 map[string]string
		resources, methods, models int
		documentation              int
		warnings                   []string
		refused                    []string // lines of the import's refusal, beside its head
		undeployable               string   // CreateDeployment's refusal
	}{
		{file: "payments.json", parameters: map[string]string{"basepath": "prepend"}, resources: 7, methods: 5, models: 8, documentation: 12},
		{file: "githost.yaml", parameters: map[string]string{"basepath": "split"}, resources: 12, methods: 10, models: 12, documentation: 25, warnings: []string{
			"More than one server provided. Ignoring all but the first for defining endpoint configuration",
			"Unsupported model type 'StringSchema' in request body to method 'POST /v3/markdown/raw'. Ignoring.",
			"Unsupported model type 'StringSchema' in 200 response to method 'POST /v3/markdown/raw'. Ignoring.",
		}},
		{file: "calendar.json", parameters: map[string]string{"basepath": "prepend"}, resources: 9, methods: 6, models: 7, documentation: 9, warnings: []string{
			"Unsupported security definition type 'oauth2' for 'oauth2'. Ignoring.",
		}},
		{file: "weather.yaml", resources: 9, methods: 3, models: 4, documentation: 12, warnings: []string{
			"Unsupported model type 'StringSchema' in 404 response to method 'GET /weather'. Ignoring.",
			"Unsupported model type 'BinarySchema' in 200 response to method 'GET /map/{layer}/{z}/{x}/{y}'. Ignoring.",
		}, undeployable: "No integration defined for method"},
		{file: "shop.yaml", parameters: map[string]string{"basepath": "prepend"}, resources: 10, methods: 7, models: 5, documentation: 17, warnings: []string{
			"Unsupported security definition type 'oauth2' for 'shop_auth'. Ignoring.",
			"Unsupported model type 'StringProperty' in 200 response to method 'GET /v2/user/login'. Ignoring.",
		}},
		{file: "fleet.yaml", parameters: map[string]string{"basepath": "prepend"}, resources: 8, methods: 5, models: 5, documentation: 7, warnings: []string{
			"Unsupported security definition type 'mutualTLS' for 'certificate'. Ignoring.",
			"Unsupported model type 'BinarySchema' in 200 response to method 'GET /fleet/things/{thingName}/firmware'. Ignoring.",
			"Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.X-Retries' of resource '/fleet/jobs/{jobId}' and method 'PUT' but got '3'",
		}, undeployable: "Caller provided credentials not allowed when resource policy is set"},
		{file: "family.json", resources: 3, methods: 2, models: 8, documentation: 2},
		{file: "library.yaml", parameters: map[string]string{"basepath": "split", "ignore": "documentation"}, resources: 4, methods: 2, models: 2},
		{file: "paths.yaml", refused: []string{
			"Unable to create resource at path '/users/{user-id}/friends.{x}': " + illegalPart,
			"Unable to create resource at path '/users/{user.id}': A sibling ({user-id}) of this resource already has a variable path part -- only one is allowed",
			"Unable to create resource at path '/files/{rest+}/more': Cannot create a child of a resource with a greedy path variable: {rest+}",
			"Unable to create resource at path '/~tilde': " + illegalPart,
			"Unable to create resource at path '/sp ace': " + illegalPart,
			"Unable to create resource at path '/per%20cent': " + illegalPart,
			"Unable to create resource at path '/ünï': " + illegalPart,
			"Unable to create resource at path '/star*': " + illegalPart,
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join("testdata/public", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			u := newUser(t)
			api, err := u.ImportRestAPI(t.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: source, Parameters: tt.parameters})
			if tt.refused != nil {
				wantRefused(t, err, "Errors found during import:\n\t"+strings.Join(tt.refused, "\n\t"))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.warnings, api.Warnings, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			resources, methods := u.resources(*api.ID), 0
			for _, r := range resources {
				methods += len(r.ResourceMethods)
			}
			models, err := u.GetModels(t.Context(), u.call, &apigateway.GetModelsRequest{RestAPIID: *api.ID, Limit: new(500)})
			if err != nil {
				t.Fatal(err)
			}
			parts, err := u.GetDocumentationParts(t.Context(), u.call, &apigateway.GetDocumentationPartsRequest{RestAPIID: *api.ID, Limit: new(500)})
			if err != nil {
				t.Fatal(err)
			}
			got := []int{len(resources), methods, len(models.Items), len(parts.Items)}
			if diff := cmp.Diff([]int{tt.resources, tt.methods, tt.models, tt.documentation}, got); diff != "" {
				t.Errorf("resources, methods, models, documentation parts (-want +got):\n%s", diff)
			}
			u.deploy(*api.ID, tt.undeployable)
			if tt.undeployable == "" {
				u.checkExport(*api.ID)
			}
		})
	}
}

const illegalPart = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end."

// deploy deploys an API to the stage "prod"; a refusal must be the one that is wanted.
func (u user) deploy(api, refusal string) {
	u.t.Helper()
	_, err := u.CreateDeployment(u.t.Context(), u.call, &apigateway.CreateDeploymentRequest{RestAPIID: api, StageName: new("prod")})
	refused, _ := errors.AsType[*awserr.Error](err)
	switch {
	case refusal == "" && err != nil:
		u.t.Errorf("not deployed: %v", err)
	case refusal != "" && (refused == nil || refused.Message != refusal):
		u.t.Errorf("deployed with %v, want the refusal %q", err, refusal)
	}
}

// checkExport exports the stage "prod", and imports the file over the API itself: nothing may change in an export after
// it. Source: developer guide, "Export a REST API from API Gateway"; the rest is inferred.
func (u user) checkExport(api string) {
	u.t.Helper()
	first := u.export(api)
	if _, err := u.PutRestAPI(u.t.Context(), u.call, &apigateway.PutRestAPIRequest{RestAPIID: api, Mode: new("overwrite"), Body: first, FailOnWarnings: new(true)}); err != nil {
		u.t.Fatalf("%v\n%s", err, first)
	}
	u.deploy(api, "")
	if diff := cmp.Diff(string(first), string(u.export(api))); diff != "" {
		u.t.Errorf("exported again (-before +after):\n%s", diff)
	}
}

func (u user) export(api string) []byte {
	u.t.Helper()
	answer, err := u.GetExport(u.t.Context(), u.call, &apigateway.GetExportRequest{
		RestAPIID: api, StageName: "prod", ExportType: "oas30", Parameters: map[string]string{"extensions": "apigateway"},
	})
	if err != nil {
		u.t.Fatal(err)
	}
	return answer.Body
}

// warehouse is a definition of some size: operations on resources with an id each, with models, parameters, templates
// and descriptions.
func warehouse(operations int) []byte {
	paths, schemas := map[string]any{}, map[string]any{}
	object := func(members ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(members); i += 2 {
			out[members[i].(string)] = members[i+1]
		}
		return out
	}
	for i := range (operations + 2) / 3 {
		model := fmt.Sprintf("Item%d", i)
		ref := object("$ref", "#/components/schemas/"+model)
		content := object("application/json", object("schema", ref))
		integration := object("type", "http", "httpMethod", "POST", "uri", "https://backend.example.com/"+model,
			"requestTemplates", object("application/json", "#set($in = $input.path('$'))\n{\"id\": \"$input.params('id')\", \"name\": $input.json('$.name')}"),
			"responses", object("default", object("statusCode", "200"), `4\d{2}`, object("statusCode", "404")))
		operation := func(verb string) map[string]any {
			return object("operationId", verb+model, "summary", verb+" an item", "x-amazon-apigateway-integration", integration,
				"parameters", []any{object("name", "expand", "in", "query", "description", "What else"), object("name", "X-Trace", "in", "header")},
				"responses", object("200", object("description", "The item", "content", content), "404", object("description", "There is none")))
		}
		schemas[model] = object("type", "object", "properties", object("name", object("type", "string"), "next", object("$ref", fmt.Sprintf("#/components/schemas/Item%d", max(0, i-1)))))
		put := operation("put")
		put["requestBody"] = object("content", content)
		paths[fmt.Sprintf("/store%d/%s/{id}", i%10, model)] = object("get", operation("get"), "put", put, "delete", operation("delete"))
	}
	source, _ := json.Marshal(object("openapi", "3.0.1", "info", object("title", "Warehouse", "version", "1"),
		"paths", paths, "components", object("schemas", schemas)))
	return source
}

func TestALargeDefinition(t *testing.T) {
	u := newUser(t)
	source := warehouse(300)
	api, err := u.ImportRestAPI(t.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: source, FailOnWarnings: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	methods := 0
	for _, r := range u.resources(*api.ID) {
		methods += len(r.ResourceMethods)
	}
	if methods != 300 {
		t.Errorf("%d methods, want 300", methods)
	}
	u.deploy(*api.ID, "")
	u.checkExport(*api.ID)
}

// BenchmarkImport imports 300 operations into the memory store. It should stay under a second.
func BenchmarkImport(b *testing.B) {
	u := newUser(b)
	source := warehouse(300)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		api, err := u.ImportRestAPI(b.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: source})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := u.DeleteRestAPI(b.Context(), u.call, &apigateway.DeleteRestAPIRequest{RestAPIID: *api.ID}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkCreateDeployment deploys 300 operations. It should stay under 300 ms.
func BenchmarkCreateDeployment(b *testing.B) {
	u := newUser(b)
	api, err := u.ImportRestAPI(b.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: warehouse(300)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		d, err := u.CreateDeployment(b.Context(), u.call, &apigateway.CreateDeploymentRequest{RestAPIID: *api.ID})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := u.DeleteDeployment(b.Context(), u.call, &apigateway.DeleteDeploymentRequest{RestAPIID: *api.ID, DeploymentID: *d.ID}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkExport exports 300 operations with their integrations.
func BenchmarkExport(b *testing.B) {
	u := newUser(b)
	api, err := u.ImportRestAPI(b.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: warehouse(300)})
	if err != nil {
		b.Fatal(err)
	}
	u.deploy(*api.ID, "")
	b.ReportAllocs()
	for b.Loop() {
		u.export(*api.ID)
	}
}
