package sigv4

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

// Requests and signatures that AWS publishes. Source: AWS Signature Version 4 test suite (get-vanilla and the others by
// name); IAM user guide, the request of ListUsers.
func TestPublishedSignatures(t *testing.T) {
	const unreserved = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for _, c := range []struct {
		name, request string // the request line and further header lines
		headers       string // the signed ones
		signature     string
	}{
		{"get-vanilla", "GET /", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"post-vanilla", "POST /", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{
			"get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", "host;x-amz-date",
			"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
		},
		{"get-unreserved", "GET " + unreserved, "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-utf8", "GET /ሴ", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
		{"get-slash", "GET //", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slashes", "GET //example//", "host;x-amz-date", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
		{"get-slash-dot-slash", "GET /./", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-slash-pointless-dot", "GET /./example", "host;x-amz-date", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
		{"get-relative", "GET /example/..", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{
			"get-relative-relative", "GET /example1/example2/../..", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		},
		{
			"get-header-key-duplicate", "GET /\nMy-Header1:value2\nMy-Header1:value2\nMy-Header1:value1", "host;my-header1;x-amz-date",
			"c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
		},
		{
			"get-header-value-trim", "GET /\nMy-Header1: value1\nMy-Header2: \"a   b   c\"", "host;my-header1;my-header2;x-amz-date",
			"acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := strings.Split(c.request, "\n")
			req := &message.Request{Host: "example.amazonaws.com"}
			req.Method, req.Target, _ = strings.Cut(lines[0], " ")
			req.Path, req.RawQuery, _ = strings.Cut(req.Target, "?")
			for _, line := range lines[1:] {
				name, value, _ := strings.Cut(line, ":")
				req.Header.Add(name, value)
			}
			req.Header.Add("X-Amz-Date", "20150830T123600Z")
			req.Header.Add("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "+
				"SignedHeaders="+c.headers+", Signature="+c.signature)
			v := verifierAtSecret(time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC), "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
			if _, err := v.Verify(req, Scope{Service: "service", Region: "us-east-1"}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestListUsers(t *testing.T) {
	req := &message.Request{Method: "GET", Path: "/", RawQuery: "Action=ListUsers&Version=2010-05-08", Host: "iam.amazonaws.com"}
	req.Header.Add("content-type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Add("x-amz-date", "20150830T123600Z")
	req.Header.Add("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
	v := verifierAtSecret(time.Date(2015, 8, 30, 12, 40, 0, 0, time.UTC), secret)
	if _, err := v.Verify(req, Scope{Service: "iam", Region: "us-east-1"}); err != nil {
		t.Error(err)
	}
}

func verifierAtSecret(now time.Time, secret string) *Verifier {
	return NewVerifier(keyring{keyID: {Secret: secret}}, Options{Now: func() time.Time { return now }})
}

func TestShortestPath(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "": "", "/a/b": "/a/b", "//": "/", "/a//b/": "/a/b/", "/./": "/", "/a/..": "/", "/../..": "/", "/a/../b": "/b",
		"/a/.": "/a/", "/.a/b..": "/.a/b..", "/%2e%2e/a": "/%2e%2e/a",
	} {
		if got := shortestPath(path); got != want {
			t.Errorf("shortestPath(%q) = %q, want %q", path, got, want)
		}
	}
}

// A signed query means what the reader of the query will read.
func TestCanonicalQuery(t *testing.T) {
	for query, want := range map[string]string{
		"":                          "",
		"a":                         "a=",
		"a=":                        "a=",
		"&&a=1&":                    "a=1",
		"b=2&a=1":                   "a=1&b=2",
		"a=2&a=1":                   "a=1&a=2",
		"a-=1&a=1":                  "a=1&a-=1",
		"a=x+y":                     "a=x%20y",
		"a=x%2By":                   "a=x%2By",
		"a=b=c":                     "a=b%3Dc",
		"%61=%7e":                   "a=~",
		"a=100%":                    "a=100%25",
		"a=%zz":                     "a=%25zz",
		"a=/&a=-":                   "a=%2F&a=-",
		"X-Amz-Signature=1":         "X-Amz-Signature=1",
		"X-Amz-Credential=a%2Fb":    "X-Amz-Credential=a%2Fb",
		"tagKeys=%E6%BC%A2&tagKeys": "tagKeys=&tagKeys=%E6%BC%A2",
	} {
		if got := string(appendCanonicalQuery(nil, query, false)); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
	if got := string(appendCanonicalQuery(nil, "b=1&X-Amz-Signatur%65=ab&X-Amz-Date=c", true)); got != "X-Amz-Date=c&b=1" {
		t.Errorf("a presigned query became %q", got)
	}
}

func TestFoldedHeaders(t *testing.T) {
	req := &message.Request{}
	for _, value := range []string{"  a   b\tc ", "", "\t d"} {
		req.Header.Add("X-List", value)
	}
	if got := string(appendHeader(nil, req, "x-list")); got != "a b\tc,,d" {
		t.Errorf("got %q", got)
	}
}

// The keys that are remembered are bounded, and a replaced secret is another key.
func TestDerivedKeysAreBounded(t *testing.T) {
	var d derivedKeys
	c := credential{date: "20260131", service: "apigateway"}
	for i := range 5 * maxDerived {
		c.region = strings.Repeat("r", 1+i)
		key, _ := d.key(secret, c)
		d.remember(secret, c, key)
	}
	if n := len(d.young) + len(d.old); n > 2*maxDerived {
		t.Errorf("%d keys are remembered", n)
	}
	if _, cached := d.key(secret, c); !cached {
		t.Error("the last key was forgotten")
	}
	if key, cached := d.key("another", c); cached || key == derive(secret, c) {
		t.Error("a key was found under another secret")
	}
}

func code(err error) awserr.Code {
	if refusal, ok := errors.AsType[*awserr.Error](err); ok {
		return refusal.Code
	}
	return awserr.Code{}
}
