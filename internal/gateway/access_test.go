package gateway_test

import (
	"log/slog"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

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
