package route_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

func TestAppendQuery(t *testing.T) {
	tests := []struct {
		raw      string
		want     message.Pairs
		evidence string
	}{
		{"", nil, "no query"},
		{
			"email=test%2Balias@gmail.com&plus=test+alias@gmail.com",
			pairs("email", "test+alias@gmail.com", "plus", "test alias@gmail.com"), "recorded AWS answer, case 13",
		},
		{
			"dateTimeOffset=2023-06-12T18:05:10.123456+00:00",
			pairs("dateTimeOffset", "2023-06-12T18:05:10.123456 00:00"), "recorded AWS answer",
		},
		{
			"category=electronics&category=books",
			pairs("category", "electronics", "category", "books"), "recorded AWS answer",
		},
		{"a=1;b=2", pairs("a", "1", "b", "2"), "developer guide: Amazon API Gateway important notes"},
		{"flag&&x=", pairs("flag", "", "x", ""), "inferred"},
		{"x=100%&y=%zz&z=%4", pairs("x", "100%", "y", "%zz", "z", "%4"), "inferred"},
		{"a=b=c&%61=%C3%A9", pairs("a", "b=c", "a", "é"), "form encoding"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, route.AppendQuery(nil, tt.raw)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.raw, tt.evidence, diff)
		}
	}
}

func FuzzAppendQuery(f *testing.F) {
	f.Add("a=1&b=2+3&c=%2F;d")
	f.Add("%=%&=&&;")
	f.Fuzz(func(t *testing.T, raw string) {
		got := route.AppendQuery(nil, raw)
		want, err := url.ParseQuery(raw) // refuses ";" and broken escapes, which AWS does not
		if err != nil {
			return
		}
		for name, values := range want {
			if diff := cmp.Diff(values, got.Values(name)); diff != "" {
				t.Errorf("%q (-net/url +got):\n%s", raw, diff)
			}
		}
	})
}
