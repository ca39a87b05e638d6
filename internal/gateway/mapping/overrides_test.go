package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
	"postern/java"
)

func TestApplyRequestOverrides(t *testing.T) {
	for _, c := range []struct {
		name      string
		overrides *java.Map
		want      string
		evidence  string
	}{
		{
			"what is not overridden stays", nil,
			"path id=1\nquery q=a\nquery q=b\nheader X-One=mapped\n", "developer guide: Override your API's request and response parameters",
		},
		{
			"an override wins over the mapping, header names compare without case",
			java.MapOf(
				"path", java.MapOf("id", "2"),
				"querystring", java.MapOf("q", "c", "Q", "d"),
				"header", java.MapOf("x-one", "over", "X-Amz-Target", "AWSEvents.PutEvents"),
			),
			"path id=2\nquery q=c\nquery Q=d\nheader x-one=over\nheader X-Amz-Target=AWSEvents.PutEvents\n",
			"developer guide, same page; recorded AWS answer (X-Amz-Target)",
		},
		{
			"a list gives several values",
			java.MapOf(
				"header", java.MapOf("X-One", java.ArrayListOf("a", int32(2))),
				"querystring", java.MapOf("q", java.ArrayListOf("x", "y")),
			),
			"path id=1\nquery q=x\nquery q=y\nheader X-One=a\nheader X-One=2\n", "developer guide, same page",
		},
		{
			"nothing overrides nothing",
			java.MapOf("header", java.MapOf("X-One", "", "X-Two", nil), "path", "no map"),
			"path id=1\nquery q=a\nquery q=b\nheader X-One=mapped\n", "inferred",
		},
		{
			"no value can end a header line",
			java.MapOf("header", java.MapOf("X-One", "a\r\nX-Evil: 1")),
			"path id=1\nquery q=a\nquery q=b\nheader X-One=a  X-Evil: 1\n", "RFC 9110, section 5.5",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := petExchange("")
			x.IntegrationRequest = message.IntegrationRequest{
				Path:   message.Pairs{{Name: "id", Value: "1"}},
				Query:  message.Pairs{{Name: "q", Value: "a"}, {Name: "q", Value: "b"}},
				Header: message.Pairs{{Name: "X-One", Value: "mapped"}},
			}
			x.RequestOverride = c.overrides
			if err := ApplyRequestOverrides(x); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, showRequest(&x.IntegrationRequest)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.evidence, diff)
			}
		})
	}
}

func TestApplyRequestOverridesRefusesBadHeaderNames(t *testing.T) {
	for _, name := range []string{"", "a b", "a:b", "a\r\nb", "é"} {
		x := petExchange("")
		x.RequestOverride = java.MapOf("header", java.MapOf(name, "v"))
		if err := ApplyRequestOverrides(x); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestApplyResponseOverrides(t *testing.T) {
	for _, c := range []struct {
		name      string
		overrides *java.Map
		status    int
		want      string
		evidence  string
	}{
		{"none", nil, 200, "A=1\nb=2\n", "-"},
		{
			"a status that no method response declares", java.MapOf("status", int32(444), "custom", "x"),
			444, "A=1\nb=2\n", "recorded AWS answer (MOCK, status 444)",
		},
		{"a status as text", java.MapOf("status", "400"), 400, "A=1\nb=2\n", "recorded AWS answer (status 400)"},
		{"a status that is none", java.MapOf("status", int32(99)), 200, "A=1\nb=2\n", "inferred: observed by an emulator's authors"},
		{"a status that is none either", java.MapOf("status", int32(600)), 200, "A=1\nb=2\n", "inferred, as above"},
		{"a status that is no number", java.MapOf("status", ""), 200, "A=1\nb=2\n", "inferred, as above"},
		{
			"headers win over mapped ones", java.MapOf("header", java.MapOf("B", "over", "foo", "bar")),
			200, "A=1\nB=over\nfoo=bar\n", "recorded AWS answer (foo: bar)",
		},
		{
			"a list gives several lines", java.MapOf("header", java.MapOf("multivalueheader", java.ArrayListOf("foo", "header1Valheader2Val"))),
			200, "A=1\nb=2\nmultivalueheader=foo\nmultivalueheader=header1Valheader2Val\n", "recorded AWS answer (multivalueheader)",
		},
		{
			"a name that is none is left out", java.MapOf("header", java.MapOf("a b", "x", "c", "y")),
			200, "A=1\nb=2\nc=y\n", "RFC 9110, section 5.1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := petExchange("")
			x.Response.Status = 200
			x.Response.Header = message.Pairs{{Name: "A", Value: "1"}, {Name: "b", Value: "2"}}
			x.ResponseOverride = c.overrides
			ApplyResponseOverrides(x)
			if x.Response.Status != c.status {
				t.Errorf("status %d, want %d (%s)", x.Response.Status, c.status, c.evidence)
			}
			if diff := cmp.Diff(c.want, lines(x.Response.Header)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.evidence, diff)
			}
		})
	}
}
