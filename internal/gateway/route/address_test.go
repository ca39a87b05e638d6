package route_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

func TestResolve(t *testing.T) {
	const host = "abc123.execute-api.us-east-1.amazonaws.com"
	tests := []struct {
		name     string
		host     string
		header   message.Pairs
		path     string
		want     route.Address
		evidence string
	}{
		{
			"the default endpoint", host, nil, "/prod/pets/7",
			route.Address{"abc123", "prod", "/pets/7", "/prod/pets/7"},
			"developer guide: Invoke REST APIs",
		},
		{
			"any domain, with a port, in any letters", "ABC123.Execute-API.localhost:4566", nil, "/prod/pets",
			route.Address{"abc123", "prod", "/pets", "/prod/pets"},
			"ours; host names have no case",
		},
		{
			"a private API through its Route 53 alias", "abc123-vpce-0f1e.execute-api.eu-west-1.amazonaws.com", nil, "/prod/",
			route.Address{"abc123", "prod", "/", "/prod/"},
			"recorded AWS answer (private APIs)",
		},
		{
			"a private API named by header", "vpce-0f1e-x.execute-api-vpce.amazonaws.com",
			pairs("X-Apigw-Api-Id", "abc123"), "/prod/pets",
			route.Address{"abc123", "prod", "/pets", "/prod/pets"},
			"recorded AWS answer (private APIs)",
		},
		{
			"a private API by the endpoint's own name and the header", "vpce-0f1e-x.execute-api.eu-west-1.vpce.amazonaws.com",
			pairs("X-Apigw-Api-Id", "abc123"), "/prod/pets",
			route.Address{"abc123", "prod", "/pets", "/prod/pets"},
			"developer guide: Invoke a private API",
		},
		{
			"the stage without a slash", host, nil, "/prod",
			route.Address{"abc123", "prod", "/", "/prod"},
			"inferred; public report",
		},
		{"no stage", host, nil, "/", route.Address{"abc123", "", "/", "/"}, "inferred"},
		{
			"a trailing slash is kept", host, nil, "/stage/proxy-value/",
			route.Address{"abc123", "stage", "/proxy-value/", "/stage/proxy-value/"},
			"recorded AWS answer",
		},
		{
			"inner double slashes are kept", host, nil, "/stage/proxy-value//double-slash",
			route.Address{"abc123", "stage", "/proxy-value//double-slash", "/stage/proxy-value//double-slash"},
			"recorded AWS answer",
		},
		{
			"slashes before the stage collapse", host, nil, "//stage/proxy-value",
			route.Address{"abc123", "stage", "/proxy-value", "/stage/proxy-value"},
			"recorded AWS answer",
		},
		{
			"slashes after the stage collapse in the path only", host, nil, "/stage//hardcoded",
			route.Address{"abc123", "stage", "/hardcoded", "/stage//hardcoded"},
			"recorded AWS answer",
		},
		{
			"nothing is decoded", host, nil, "/stage/test%2Balias@gmail.com/plus/test+alias@gmail.com",
			route.Address{
				"abc123", "stage", "/test%2Balias@gmail.com/plus/test+alias@gmail.com",
				"/stage/test%2Balias@gmail.com/plus/test+alias@gmail.com",
			},
			"recorded AWS answer",
		},
		{
			"the path form", "localhost:4566", nil, "/_aws/execute-api/abc123/prod/pets/7",
			route.Address{"abc123", "prod", "/pets/7", "/prod/pets/7"},
			"ours",
		},
		{
			"the older path form", "localhost:4566", nil, "/restapis/abc123/prod/_user_request_/pets//7",
			route.Address{"abc123", "prod", "/pets//7", "/prod/pets//7"},
			"ours",
		},
		{
			"the older path form without a path", "localhost:4566", nil, "/restapis/abc123/prod/_user_request_",
			route.Address{"abc123", "prod", "/", "/prod"},
			"ours",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := route.Resolve(&message.Request{Host: tt.host, Header: tt.header, Path: tt.path})
			if !ok {
				t.Fatalf("not recognized as addressed to an API")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.evidence, diff)
			}
		})
	}
}

func TestResolveLeavesOtherCallsAlone(t *testing.T) {
	for _, req := range []message.Request{
		{Host: "localhost:4566", Path: "/restapis/abc123/stages/prod"},
		{Host: "localhost:4566", Path: "/restapis/abc123/prod/_user_requests"},
		{Host: "localhost:4566", Path: "/restapis"},
		{Host: "localhost:4566", Path: "/_aws/execute-api/"},
		{Host: "localhost:4566", Path: "/_postern/health"},
		{Host: "apigateway.us-east-1.amazonaws.com", Path: "/restapis"},
		{Host: "execute-api.us-east-1.amazonaws.com", Path: "/prod"},
		{Host: ".execute-api.us-east-1.amazonaws.com", Path: "/prod"},
		{Host: "", Path: ""},
	} {
		if a, ok := route.Resolve(&req); ok {
			t.Errorf("%s%s was taken for a call of %+v", req.Host, req.Path, a)
		}
	}
}

func TestDomainName(t *testing.T) {
	for _, tt := range [][3]string{
		{"abc.execute-api.us-east-1.amazonaws.com", "abc.execute-api.us-east-1.amazonaws.com", "abc"},
		{"api.example.com:8443", "api.example.com", "api"},
		{"localhost:4566", "localhost", "localhost"},
		{"[::1]:4566", "[::1]", "[::1]"},
		{"[::1]", "[::1]", "[::1]"},
	} {
		name, prefix := route.DomainName(tt[0])
		if name != tt[1] || prefix != tt[2] {
			t.Errorf("DomainName(%q) = %q, %q; want %q, %q", tt[0], name, prefix, tt[1], tt[2])
		}
	}
}

// Source: developer guide, "Amazon API Gateway important notes".
func TestMethodOverride(t *testing.T) {
	header := pairs("x-http-method-override", "DELETE")
	if got := route.Method(&message.Request{Method: "POST", Header: header}); got != "DELETE" {
		t.Errorf("an overridden POST counts as %s, want DELETE", got)
	}
	if got := route.Method(&message.Request{Method: "GET", Header: header}); got != "GET" {
		t.Errorf("a GET counts as %s; only a POST can be overridden", got)
	}
}
