package openapi_test

import (
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/control"
	"postern/internal/gateway/message"
	"postern/internal/openapi"
	"postern/internal/store/memory"
)

// TestOrdersThroughTheControlPlane imports a definition as a user does, and reads back what operations answer.
// Evidence: recorded AWS answers of ImportRestApi and PutRestApi; the definition is our own.
func TestOrdersThroughTheControlPlane(t *testing.T) {
	u := newUser(t)
	source, err := os.ReadFile("testdata/orders.yaml")
	if err != nil {
		t.Fatal(err)
	}
	api, err := u.ImportRestAPI(t.Context(), u.call, &apigateway.ImportRestAPIRequest{
		Body: source, Parameters: map[string]string{"basepath": "split"}, FailOnWarnings: new(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	if *api.Name != "Orders" || *api.Version != "2024-06-01" || *api.MinimumCompressionSize != 1024 || api.Tags != nil {
		t.Errorf("the answer is %+v", api)
	}
	resources := u.resources(*api.ID)
	for path, verbs := range map[string][]string{
		"/": nil, "/api": nil, "/api/health": {"GET"}, "/api/orders": {"GET", "POST"}, "/api/orders/{orderId}": {"ANY"},
	} {
		r, ok := resources[path]
		if !ok || len(r.ResourceMethods) != len(verbs) {
			t.Errorf("%s: there is %v with %d methods, want %v", path, ok, len(r.ResourceMethods), verbs)
		}
	}
	orders := resources["/api/orders"]
	post := u.method(*api.ID, *orders.ID, "POST")
	if !*post.APIKeyRequired || *post.AuthorizationType != "CUSTOM" || post.AuthorizerID == nil || *post.AuthorizerID == "staff" {
		t.Errorf("POST /api/orders is authorized as %+v", post)
	}
	if name := u.validator(*api.ID, *post.RequestValidatorID); name != "everything" {
		t.Errorf("POST /api/orders is validated by %q", name)
	}
	if got := *post.MethodIntegration.CacheNamespace; got != *orders.ID {
		t.Errorf("the cache namespace is %q, want the resource's id", got)
	}
	if got := *post.MethodIntegration.URI; got != "arn:aws:apigateway:eu-central-1:sqs:path/123456789012/orders" {
		t.Errorf("the uri is %q", got)
	}
	health := u.method(*api.ID, *resources["/api/health"].ID, "GET")
	if health.RequestValidatorID != nil || health.AuthorizerID != nil || *health.AuthorizationType != "NONE" {
		t.Errorf("GET /api/health is guarded: %+v", health)
	}

	// Importing over it changes nothing that has an identity; only the names of caches are new.
	if _, err := u.PutRestAPI(t.Context(), u.call, &apigateway.PutRestAPIRequest{
		RestAPIID: *api.ID, Mode: new("overwrite"), Body: source, Parameters: map[string]string{"basepath": "split"},
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(resources, u.resources(*api.ID), cmpopts.IgnoreFields(apigateway.Integration{}, "CacheNamespace")); diff != "" {
		t.Errorf("after importing again (-before +after):\n%s", diff)
	}
}

func TestAnImportWithFaultsChangesNothing(t *testing.T) {
	u := newUser(t)
	api, err := u.ImportRestAPI(t.Context(), u.call, &apigateway.ImportRestAPIRequest{
		Body: []byte(`{"swagger": "2.0", "info": {"title": "Pets"}, "paths": {"/pets/{id}": {"get": {}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	before := u.resources(*api.ID)
	_, err = u.PutRestAPI(t.Context(), u.call, &apigateway.PutRestAPIRequest{
		RestAPIID: *api.ID,
		Body: []byte(`{"swagger": "2.0", "info": {"title": "Cats"}, "securityDefinitions": {"basicAuth": {"type": "basic"}},
			"definitions": {"a_b": {"type": "object"}},
			"paths": {"/cats": {"get": {
				"responses": {"200": {"schema": {"$ref": "#/definitions/a_b"}}},
				"x-amazon-apigateway-integration": {"type": "http", "httpMethod": "GET", "uri": "cats"}}}}}`),
	})
	wantRefused(t, err, "Errors found during import:\n"+
		"\tUnable to create model for 'a_b': Model name must be alphanumeric: a_b\n"+
		"\tUnable to put integration on 'GET' for resource at path '/cats': Invalid HTTP endpoint specified for URI\n"+
		"Additionally, these warnings were found:\n"+
		"\tUnsupported security definition type 'basic' for 'basicAuth'. Ignoring.")
	if diff := cmp.Diff(before, u.resources(*api.ID)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestExportOnTheWire reads an export and a client as HTTP clients do.
// Evidence: recorded AWS answers of GetExport; GetSdk is inferred from them.
func TestExportOnTheWire(t *testing.T) {
	u := newUser(t)
	api, err := u.ImportRestAPI(t.Context(), u.call, &apigateway.ImportRestAPIRequest{Body: warehouse(3)})
	if err != nil {
		t.Fatal(err)
	}
	u.deploy(*api.ID, "")
	service := apigateway.NewService(u.Control, slog.New(slog.DiscardHandler))
	for _, tt := range []struct{ path, query, accept, file, start string }{
		{"exports/swagger", "", "application/json", `swagger_1\.json`, "{\n  \"swagger\" : \"2.0\""},
		{"exports/oas30", "extensions=integrations,authorizers", "application/yaml", `oas30_1\.yaml`, "---\nopenapi: \"3.0.1\""},
		{"sdks/javascript", "", "", `javascript_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip`, "PK\x03\x04"},
	} {
		req := &message.Request{Method: "GET", Path: "/restapis/" + *api.ID + "/stages/prod/" + tt.path, RawQuery: tt.query, Proto: "HTTP/1.1"}
		req.Target = req.Path
		if tt.accept != "" {
			req.Header.Add("Accept", tt.accept)
		}
		resp := new(message.Response)
		service.Serve(t.Context(), u.call, req, resp)
		if resp.Status != 200 || !strings.HasPrefix(string(resp.Body), tt.start) {
			t.Errorf("%s: %d %.80q", tt.path, resp.Status, resp.Body)
		}
		kind, _ := resp.Header.Get("Content-Type")
		disposition, _ := resp.Header.Get("Content-Disposition")
		if kind != "application/octet-stream" || !regexp.MustCompile(`^attachment; filename="`+tt.file+`"$`).MatchString(disposition) {
			t.Errorf("%s: %s, %s", tt.path, kind, disposition)
		}
		if integrations := strings.Contains(string(resp.Body), "x-amazon-apigateway-integration"); integrations != strings.Contains(tt.query, "integrations") {
			t.Errorf("%s?%s has integrations: %t", tt.path, tt.query, integrations)
		}
	}
}

// user is somebody who calls a control plane of their own.
type user struct {
	*control.Control
	t    testing.TB
	call *wire.Call
}

func newUser(t testing.TB) user {
	documents := memory.New()
	t.Cleanup(func() { _ = documents.Close() })
	return user{
		Control: control.New(documents, control.Options{Importer: openapi.Importer{}, Exporter: openapi.Exporter{}}),
		t:       t,
		call:    &wire.Call{Account: "123456789012", Region: "eu-central-1"},
	}
}

// resources are an API's resources by path.
func (u user) resources(api string) map[string]apigateway.Resource {
	u.t.Helper()
	answer, err := u.GetResources(u.t.Context(), u.call, &apigateway.GetResourcesRequest{RestAPIID: api, Limit: new(500), Embed: []string{"methods"}})
	if err != nil {
		u.t.Fatal(err)
	}
	out := make(map[string]apigateway.Resource)
	for _, r := range answer.Items {
		out[*r.Path] = r
	}
	return out
}

func (u user) method(api, resource, verb string) *apigateway.Method {
	u.t.Helper()
	m, err := u.GetMethod(u.t.Context(), u.call, &apigateway.GetMethodRequest{RestAPIID: api, ResourceID: resource, HTTPMethod: verb})
	if err != nil {
		u.t.Fatal(err)
	}
	return m
}

func (u user) validator(api, id string) string {
	u.t.Helper()
	v, err := u.GetRequestValidator(u.t.Context(), u.call, &apigateway.GetRequestValidatorRequest{RestAPIID: api, RequestValidatorID: id})
	if err != nil {
		u.t.Fatal(err)
	}
	return *v.Name
}
