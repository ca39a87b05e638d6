package gateway_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// The tests that docs/access.md names are there: a setting whose test is gone is no longer shown to work.
func TestDocumentedTestsExist(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(root + "/docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(page), "## Settings and the tests that show them")
	if !ok {
		t.Fatal("the page has no table of tests")
	}
	var sources strings.Builder
	for _, folder := range []string{".", "authorize", "authorize/lambda", "authorize/cognito", "authorize/iam", "policy"} {
		files, err := filepath.Glob(folder + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(text)
		}
	}
	names := 0
	for _, name := range regexp.MustCompile("`(Test[A-Za-z]+|conformance/[a-z/-]+)`").FindAllStringSubmatch(table, -1) {
		names++
		if path, ok := strings.CutPrefix(name[1], "conformance/"); ok {
			if _, err := os.Stat(filepath.Join(root, "conformance", path+".txtar")); err != nil {
				t.Error(err)
			}
		} else if !strings.Contains(sources.String(), "func "+name[1]+"(t *testing.T)") {
			t.Errorf("there is no test %s", name[1])
		}
	}
	if names < 30 {
		t.Errorf("the table names %d tests", names)
	}
}

// A stage with a web ACL is not run without it. Source: ours; AWS would evaluate the web ACL.
func TestWebACLsFailClosed(t *testing.T) {
	d := deployed(t, "methods: {GET /: {methodIntegration: {type: MOCK}}}")
	d.Stage.WebACLARN = "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/a/1"
	g := gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: d}, Log: slog.New(slog.DiscardHandler),
	})
	var resp message.Response
	g.Serve(&message.Request{Method: "GET", Path: "/prod/", Host: "api1.execute-api.us-east-1.amazonaws.com"}, &resp)
	if resp.Status != 501 {
		t.Errorf("status %d", resp.Status)
	}
}

// Methods whose authorizer is not there, or of another type, let nobody in. Source: ours; a deployment should not hold one.
func TestLostAuthorizersLetNobodyIn(t *testing.T) {
	for name, authorizers := range map[string][]*apidef.Authorizer{
		"none":         nil,
		"another type": {{ID: "a", Type: apidef.CognitoAuthorizer, IdentitySource: "method.request.header.A"}},
		"no type":      {{ID: "a", IdentitySource: "method.request.header.A"}},
	} {
		d := deployed(t, "methods: {GET /: {authorizationType: CUSTOM, authorizerId: a, methodIntegration: {type: MOCK}}, GET /odd: {authorizationType: ODD, methodIntegration: {type: MOCK}}}")
		d.Snapshot.Authorizers = authorizers
		g := gateway.New(gateway.Options{Source: stages{{APIID: "api1", Stage: "prod"}: d}, Log: slog.New(slog.DiscardHandler)})
		for _, path := range []string{"/prod/", "/prod/odd"} {
			var resp message.Response
			req := &message.Request{Method: "GET", Path: path, Host: "api1.execute-api.us-east-1.amazonaws.com"}
			req.Header.Add("A", "x")
			g.Serve(req, &resp)
			if resp.Status != 500 {
				t.Errorf("%s, %s: status %d", name, path, resp.Status)
			}
		}
	}
}
