package gateway

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"postern/internal/gateway/message"
)

func TestIdentify(t *testing.T) {
	x := &message.Exchange{Request: &message.Request{
		Header: message.Pairs{{Name: "user-agent", Value: "curl"}}, RemoteAddr: netip.MustParseAddrPort("[::ffff:203.0.113.7]:80"),
	}}
	identify(x)
	for _, tt := range []struct{ what, got, pattern string }{
		{"request id", x.RequestID, `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`},
		{"extended request id", x.ExtendedRequestID, `[A-Za-z0-9_-]{15}=`},
		{"trace id", x.TraceID, `Root=1-[0-9a-f]{8}-[0-9a-f]{24}`},
		{"source ip", x.SourceIP, `203\.0\.113\.7`},
		{"user agent", x.UserAgent, `curl`},
	} {
		if !regexp.MustCompile(`^` + tt.pattern + `$`).MatchString(tt.got) {
			t.Errorf("%s %q is not of the form %s", tt.what, tt.got, tt.pattern)
		}
	}
}

// Source: developer guide, "Set up CloudWatch logging for REST APIs in API Gateway"; public bug report,
// awsdocs/amazon-api-gateway-developer-guide issue 71 (eight digits); what cannot stand in a log is inferred.
func TestAClientMaySetTheRequestID(t *testing.T) {
	const own = "11111111-2222-3333-4444-555555555555"
	for value, kept := range map[string]bool{own: true, strings.ToUpper(own): true, "12345678": true, "": false, "a b": false, `a","b":"c`: false, "\xff": false, strings.Repeat("x", maxRequestID+1): false} {
		x := &message.Exchange{Request: &message.Request{Header: message.Pairs{{Name: "X-Amzn-RequestId", Value: value}}}}
		if identify(x); (x.RequestID == value) != kept {
			t.Errorf("x-amzn-RequestId %q gives %q", value, x.RequestID)
		}
	}
}

// Source: recorded AWS answer (trace id).
func TestTraceID(t *testing.T) {
	now := time.Unix(0x5f000000, 0)
	for sent, pattern := range map[string]string{
		"":                                  `Root=1-5f000000-[0-9a-f]{24}`,
		"Self=1-2-3":                        `Root=1-5f000000-[0-9a-f]{24}`,
		"Root=1-2-3;Parent=4;Sampled=1":     `Root=1-2-3;Parent=4;Sampled=1`,
		"Root=1-2-3":                        `Root=1-2-3;Parent=[0-9a-f]{16}`,
		"Root=1-2-3;Sampled=0":              `Root=1-2-3;Parent=[0-9a-f]{16};Sampled=0`,
		"Self=5;Root=1-2-3":                 `Self=5;Root=1-2-3;Parent=[0-9a-f]{16}`,
		"Root=" + strings.Repeat("x", 1000): `Root=1-5f000000-[0-9a-f]{24}`,
	} {
		if got := string(appendTraceID(nil, sent, now)); !regexp.MustCompile(`^` + pattern + `$`).MatchString(got) {
			t.Errorf("%q becomes %q, want the form %s", sent, got, pattern)
		}
	}
}

func TestHexDigits(t *testing.T) {
	for _, n := range []uint64{0, 1, 0x9a, 0x0123456789abcdef, 0xfedcba9876543210, math.MaxUint64} {
		for digits := 1; digits <= 16; digits++ {
			text := fmt.Sprintf("%016x", n)
			if got, want := string(appendHex(nil, n, digits)), text[16-digits:]; got != want {
				t.Errorf("%d digits of %s are %q", digits, text, got)
			}
		}
	}
}
