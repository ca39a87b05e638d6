package filterpattern_test

import (
	"strings"
	"testing"

	"postern/internal/services/logs/filterpattern"
)

// Source: CloudWatch Logs user guide, "Filter pattern syntax"; rows marked so are inferred.
func TestPatterns(t *testing.T) {
	const (
		record = `{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],` +
			`"status":404,"latency":1.5,"ok":true,"none":null,"user":{"id":1,"a-b":"x"}}`
		line = `127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534`
	)
	for _, c := range []struct {
		pattern, message string
		want             bool
	}{
		{"", "anything", true},
		{"ERROR", "[ERROR 400] BAD REQUEST", true},
		{"ERROR", "[error 400]", false},
		{"ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true},
		{"ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST", false},
		{"?ERROR ?ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
		{"?ERROR ?ARGUMENTS", "fine", false},
		{"?ERROR REQUEST", "INFO REQUEST", true},
		{`"INTERNAL SERVER ERROR"`, "[ERROR 500] INTERNAL SERVER ERROR", true},
		{`"a \"b\""`, `say a "b"`, true},
		{"ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false},
		{"ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
		{`%AUTHORIZED|BAD%`, "[ERROR 401] UNAUTHORIZED", true},

		{`{ $.eventType = "UpdateTrail" }`, record, true},
		{`{ $.eventType = UpdateTrail }`, record, true},
		{`{ $.eventType != "UpdateTrail" }`, record, false},
		{`{ $.sourceIPAddress = "111.111.*" }`, record, true},
		{`{ $.sourceIPAddress != 123.123.* }`, record, true},
		{`{ $.arrayKey[0] = "value" }`, record, true},
		{`{ $.arrayKey[2] = "value" }`, record, false},
		{`{ $.status >= 400 && $.status < 500 }`, record, true},
		{`{ $.latency > 1e0 }`, record, true},
		{`{ $.status = 4* }`, record, true},
		{`{ $.ok IS TRUE }`, record, true},
		{`{ $.ok is false }`, record, false},
		{`{ $.none IS NULL }`, record, true},
		{`{ $.missing IS NULL }`, record, false},
		{`{ $.missing NOT EXISTS }`, record, true},
		{`{ $.missing = 1 || ($.user.id = 1 && $.user['a-b'] = x) }`, record, true},
		{`{ $.eventType = %Update(Trail|Bus)% }`, record, true},
		{`{ $.missing != 1 }`, record, false}, // inferred
		{`{ $.eventType = "UpdateTrail" }`, "no JSON", false},

		{`[ip, user, username, timestamp, request, status]`, line, false},
		{`[ip, dash, username, timestamp, request, status, bytes]`, line, true},
		{`[ip, dash, username, timestamp, request = *.html*, status = 4*, bytes]`, line, true},
		{`[ip, dash, username, timestamp, request, status = 4* && status != 404, bytes]`, line, false},
		{`[..., status = 404, bytes > 1000]`, line, true},
		{`[ip, ...]`, line, true},
		{`[w1 = ERROR || w1 = %WARN%, w2]`, "WARNING x", true},
	} {
		p, err := filterpattern.Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := p.Match(c.message); got != c.want {
			t.Errorf("%s matches %s: %v, want %v", c.pattern, c.message, got, c.want)
		}
	}
}

func TestNoPatterns(t *testing.T) {
	for _, text := range []string{
		"a.b", `"open`, "%[%", "%%", "-", "?", "{", "{}", "{ $ = 1 }", "{ $.a }", "{ $.a = }", `{ $.a > "x" }`, "{ $.a = 1",
		"{ a = 1 }", "[", "[]", "[a", "[a, ..., b, ...]", "[a = 1 && b = 2]", "{ " + strings.Repeat("(", 100) + "$.a = 1",
		strings.Repeat("a", 1025),
	} {
		if _, err := filterpattern.Compile(text); err == nil {
			t.Errorf("%q is taken for a pattern", text)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`{ $.a = 1 && $.b[0] != "x*" }`, `[a, b = 4*, ...]`, `a -b ?c "d e" %f%`} {
		f.Add(seed, `{"a":1,"b":["y"]}`)
	}
	f.Fuzz(func(t *testing.T, pattern, message string) {
		p, err := filterpattern.Compile(pattern)
		if err != nil {
			return
		}
		if again, err := filterpattern.Compile(pattern); err != nil || again.Match(message) != p.Match(message) {
			t.Errorf("two answers for one message, or %v", err)
		}
	})
}
