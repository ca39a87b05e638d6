package integration

import (
	"testing"

	"postern/internal/gateway/message"
)

func TestURI(t *testing.T) {
	params := message.Pairs{{Name: "proxy", Value: "a%2Fb/c"}, {Name: "host", Value: "h.example"}, {Name: "odd", Value: "a b?c#d\r\n&é+"}}
	variables := map[string]string{"host": "v.example", "base": "https://w.example/base"}
	tests := []struct {
		uri, endpoint, target string
		evidence              string
	}{
		{"http://b.example", "http://b.example", "/", "no path"},
		{"HTTPS://b.example:443/x", "https://b.example", "/x", "the scheme's own port"},
		{"http://b.example:8080/x?y=1", "http://b.example:8080", "/x?y=1", "constant"},
		{"http://b.example?y=1", "http://b.example", "/?y=1", "recorded AWS answer: a query without a path"},
		{"http://b.example/{proxy}", "http://b.example", "/a%2Fb/c", "inferred: path values are not decoded"},
		{"http://b.example/x?p={proxy}&h={host}", "http://b.example", "/x?p=a%2Fb/c&h=h.example", "recorded AWS answer"},
		{"http://{host}/x", "http://h.example", "/x", "placeholders may stand in the host"},
		{"http://b.example/{none}/x", "http://b.example", "/{none}/x", "observed by an emulator's authors"},
		{"http://${stageVariables.host}/${stageVariables.none}", "http://v.example", "/", "developer guide: stage variables"},
		{"${stageVariables.base}/{proxy}", "https://w.example", "/base/a%2Fb/c", "developer guide: stage variables"},
		{"http://b.example/${other}", "http://b.example", "/${other}", "observed by an emulator's authors"},
		{"http://b.example/{odd}?q={odd}", "http://b.example", "/a%20b%3Fc%23d%0D%0A&%C3%A9+?q=a%20b?c%23d%0D%0A%26%C3%A9%2B", "what would end the request line or the part is encoded"},
		{"http://[::1]:8080/x", "http://[::1]:8080", "/x", "RFC 3986"},
		{"http://b.example/x#frag", "http://b.example", "/x", "a fragment is never sent"},
		{"http:///x", "", "", "recorded AWS answer: no host"},
		{"https://", "", "", "recorded AWS answer: no host"},
		{"https://${stageVariables.none}", "", "", "recorded AWS answer: no host"},
		{"b.example/x", "", "", "no scheme"},
		{"ftp://b.example/x", "", "", "another scheme"},
		{"http://b.example:0/x", "", "", "no port"},
		{"http://b.example:x/x", "", "", "no port"},
		{"http://a b/x", "", "", "no host name"},
		{"http://{odd}/x", "", "", "no host name"},
	}
	for _, tt := range tests {
		u := CompileURI(tt.uri, variables)
		e, err := u.Endpoint(params)
		if tt.endpoint == "" {
			if err == nil {
				t.Errorf("%s can be called at %s", tt.uri, e)
			}
			continue
		}
		if err != nil || e.String() != tt.endpoint {
			t.Errorf("%s: endpoint %s, %v; want %s (%s)", tt.uri, e, err, tt.endpoint, tt.evidence)
		}
		target := string(u.AppendPath(nil, params))
		if u.HasQuery() {
			target += "?" + string(u.AppendQuery(nil, params))
		}
		if target != tt.target {
			t.Errorf("%s: target %s, want %s (%s)", tt.uri, target, tt.target, tt.evidence)
		}
	}
}

func FuzzURI(f *testing.F) {
	f.Add("http://b/{p}?q={p}", "v")
	f.Add("${stageVariables.a}{p}", "http://x")
	f.Fuzz(func(t *testing.T, uri, value string) {
		params := message.Pairs{{Name: "p", Value: value}}
		u := CompileURI(uri, nil)
		if _, err := u.Endpoint(params); err != nil {
			return
		}
		for _, c := range u.AppendPath(nil, params) {
			if c <= ' ' && !containsByte(uri, c) {
				t.Fatalf("%q with %q gives a path with %q", uri, value, c)
			}
		}
	})
}

func containsByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}
