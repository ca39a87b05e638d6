package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/gateway/message"
)

var testLimits = requestLimits{target: 64, header: 256}

// TestParseRequestAccepts lists heads that are requests, and what becomes of them.
func TestParseRequestAccepts(t *testing.T) {
	for _, c := range []struct {
		sentence, source, head string
		want                   message.Request
	}{
		{
			"a target in origin form", "RFC 9112, 3.2.1",
			"GET /pets/7?type=dog&x=? HTTP/1.1\r\nHost: example.com\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/pets/7?type=dog&x=?", Path: "/pets/7", RawQuery: "type=dog&x=?",
				Proto: "HTTP/1.1", Host: "example.com", Header: message.Pairs{{Name: "Host", Value: "example.com"}},
			},
		},
		{
			"the target is never decoded", "message.Request",
			"GET /a%2Fb//../%00 HTTP/1.1\r\nHost: a\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/a%2Fb//../%00", Path: "/a%2Fb//../%00", Proto: "HTTP/1.1", Host: "a",
				Header: message.Pairs{{Name: "Host", Value: "a"}},
			},
		},
		{
			"an absolute target replaces Host", "RFC 9112, 3.2.2",
			"GET http://example.com:81/pets?a=b HTTP/1.1\r\nHost: other\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/pets?a=b", Path: "/pets", RawQuery: "a=b", Proto: "HTTP/1.1",
				Host: "example.com:81", Header: message.Pairs{{Name: "Host", Value: "other"}},
			},
		},
		{
			"an absolute target without a path", "RFC 9112, 3.2.1",
			"GET HTTP://example.com?a HTTP/1.1\r\nHost: other\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/?a", Path: "/", RawQuery: "a", Proto: "HTTP/1.1",
				Host: "example.com", Header: message.Pairs{{Name: "Host", Value: "other"}},
			},
		},
		{
			"the asterisk of OPTIONS", "RFC 9112, 3.2.4",
			"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
			message.Request{
				Method: "OPTIONS", Target: "*", Path: "*", Proto: "HTTP/1.1", Host: "a",
				Header: message.Pairs{{Name: "Host", Value: "a"}},
			},
		},
		{
			"names keep their letters, order and number; values lose the space around them", "RFC 9112, 5.1",
			"GET / HTTP/1.1\r\nhOST: a\r\nx-b:1\r\nX-A: \t two words \t\r\nX-B:\r\n\r\n",
			message.Request{Method: "GET", Target: "/", Path: "/", Proto: "HTTP/1.1", Host: "a", Header: message.Pairs{
				{Name: "hOST", Value: "a"}, {Name: "x-b", Value: "1"}, {Name: "X-A", Value: "two words"}, {Name: "X-B", Value: ""},
			}},
		},
		{
			"bytes above 0x7f in a value", "RFC 9110, 5.5 (obs-text)",
			"GET / HTTP/1.1\r\nHost: a\r\nX: gr\xc3\xbc\xc3\x9fe\r\n\r\n",
			message.Request{Method: "GET", Target: "/", Path: "/", Proto: "HTTP/1.1", Host: "a", Header: message.Pairs{
				{Name: "Host", Value: "a"}, {Name: "X", Value: "grüße"},
			}},
		},
		{
			"HTTP/1.0 without Host", "RFC 9112, 3.2 (asks for it in HTTP/1.1)",
			"GET / HTTP/1.0\r\n\r\n",
			message.Request{Method: "GET", Target: "/", Path: "/", Proto: "HTTP/1.0"},
		},
		{
			"a higher minor version is served as 1.1", "RFC 9110, 2.5",
			"GET / HTTP/1.7\r\nHost: a\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/", Path: "/", Proto: "HTTP/1.1", Host: "a",
				Header: message.Pairs{{Name: "Host", Value: "a"}},
			},
		},
		{
			"an empty Host", "RFC 9112, 3.2",
			"GET / HTTP/1.1\r\nHost:\r\n\r\n",
			message.Request{
				Method: "GET", Target: "/", Path: "/", Proto: "HTTP/1.1",
				Header: message.Pairs{{Name: "Host", Value: ""}},
			},
		},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			var got message.Request
			var f fields
			n, err := parseRequest([]byte(c.head+"BODY"), 0, testLimits, &got, &f)
			if err != nil || n != len(c.head) {
				t.Fatalf("%s: length %d of %d, error %v", c.source, n, len(c.head), err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateComparable(message.Request{}.RemoteAddr)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.source, diff)
			}
		})
	}
}

// TestParseRequestRefuses lists heads that are refused, and how.
func TestParseRequestRefuses(t *testing.T) {
	const host = "Host: a\r\n"
	for _, c := range []struct {
		sentence, source, head string
		want                   Refusal
	}{
		{"a folded line", "RFC 9112, 5.2", "GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", Malformed},
		{"a line that begins with space", "RFC 9112, 2.2", "GET / HTTP/1.1\r\n X: a\r\n" + host + "\r\n", Malformed},
		{"space before the colon", "RFC 9112, 5.1", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", Malformed},
		{"a bare line feed in the header", "RFC 9112, 2.2", "GET / HTTP/1.1\r\n" + host + "X: a\nY: b\r\n\r\n", Malformed},
		{"a bare line feed after the request line", "RFC 9112, 2.2", "GET / HTTP/1.1\n" + host + "\r\n", Malformed},
		{"a head that ends in bare line feeds", "RFC 9112, 2.2", "GET / HTTP/1.1\nHost: a\n\n", Malformed},
		{"a bare carriage return in a value", "RFC 9112, 2.2", "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", Malformed},
		{"a NUL in a value", "RFC 9110, 5.5", "GET / HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", Malformed},
		{"a control character late in a value", "RFC 9110, 5.5", "GET / HTTP/1.1\r\n" + host + "X: 01234567890\x7f\r\n\r\n", Malformed},
		{"a name that is no token", "RFC 9110, 5.1", "GET / HTTP/1.1\r\n" + host + "X(Y): a\r\n\r\n", Malformed},
		{"an empty name", "RFC 9110, 5.1", "GET / HTTP/1.1\r\n" + host + ": a\r\n\r\n", Malformed},
		{"a line without a colon", "RFC 9112, 5", "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", Malformed},
		{"no Host", "RFC 9112, 3.2", "GET / HTTP/1.1\r\n\r\n", Malformed},
		{"two Hosts", "RFC 9112, 3.2", "GET / HTTP/1.1\r\n" + host + host + "\r\n", Malformed},
		{"an invalid Host", "RFC 9112, 3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Malformed},
		{"a Host with user information", "RFC 9110, 4.2.4", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Malformed},
		{"a target with user information", "RFC 9110, 4.2.4", "GET http://u:p@a/ HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"a target with a fragment", "RFC 9112, 3.2", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"a target that is no path", "RFC 9112, 3.2", "GET pets HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"another scheme", "RFC 9112, 3.2.2", "GET ftp://a/ HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"the asterisk of another method", "RFC 9112, 3.2.4", "GET * HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"an authority, as CONNECT has", "RFC 9112, 3.2.3", "CONNECT a:443 HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"two spaces in the request line", "RFC 9112, 3", "GET  / HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"a space in the target", "RFC 9112, 3.2", "GET /a b HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"a tab in the request line", "RFC 9112, 3", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"a method that is no token", "RFC 9110, 9.1", "G@T / HTTP/1.1\r\n" + host + "\r\n", Malformed},
		{"no version, as in HTTP/0.9", "RFC 9112, 3", "GET /\r\n\r\n", Malformed},
		{"a version in small letters", "RFC 9112, 2.3", "GET / http/1.1\r\n" + host + "\r\n", Malformed},
		{"a version with too many digits", "RFC 9112, 2.3", "GET / HTTP/1.10\r\n" + host + "\r\n", Malformed},
		{"HTTP/2's preface", "RFC 9110, 15.6.6", "PRI * HTTP/2.0\r\n\r\n", UnknownVersion},
		{"Content-Length twice", "RFC 9112, 6.3", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", Malformed},
		{"Content-Length twice, differing", "RFC 9112, 6.3", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", Malformed},
		{"a list of Content-Lengths", "RFC 9112, 6.3", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\n", Malformed},
		{"a signed Content-Length", "RFC 9110, 8.6", "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n", Malformed},
		{"an empty Content-Length", "RFC 9110, 8.6", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", Malformed},
		{"a hexadecimal Content-Length", "RFC 9110, 8.6", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\n", Malformed},
		{"a Content-Length beyond 64 bits", "RFC 9110, 8.6", "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551617\r\n\r\n", Malformed},
		{"Transfer-Encoding with Content-Length", "RFC 9112, 6.1", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", Malformed},
		{"Transfer-Encoding in HTTP/1.0", "RFC 9112, 6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Malformed},
		{"Transfer-Encoding twice", "RFC 9112, 7.1", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", Malformed},
		{"chunked not last", "RFC 9112, 6.3", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n", Malformed},
		{"another coding before chunked", "RFC 9112, 6.1", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", UnknownCoding},
		{"an unknown expectation", "RFC 9110, 10.1.1", "POST / HTTP/1.1\r\n" + host + "Expect: tea\r\n\r\n", UnmetExpectation},
		{"a long target", "RFC 9110, 15.5.15", "GET /" + strings.Repeat("a", 64) + " HTTP/1.1\r\n" + host + "\r\n", TargetTooLong},
		{"a long target that has not ended", "RFC 9110, 15.5.15", "GET /" + strings.Repeat("a", 80), TargetTooLong},
		{"a large header", "RFC 6585, 5", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 256) + "\r\n\r\n", HeaderTooLarge},
		{"a large header that has not ended", "RFC 6585, 5", "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 300), HeaderTooLarge},
		{"a TLS handshake on a plain port", "inferred", "\x16\x03\x01\x02\x00", Malformed},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			var req message.Request
			var f fields
			_, err := parseRequest([]byte(c.head), 0, testLimits, &req, &f)
			var why *refused
			if !errors.As(err, &why) || why.Refusal != c.want {
				t.Errorf("%s: got %v, want status %d", c.source, err, c.want.Status())
			}
		})
	}
}

// TestParseRequestWaits: every beginning of a valid head is waited for, and seen bytes need not be searched again.
func TestParseRequestWaits(t *testing.T) {
	const head = "GET /pets HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n"
	for i := range len(head) {
		var req message.Request
		var f fields
		if _, err := parseRequest([]byte(head[:i]), 0, testLimits, &req, &f); !errors.Is(err, errIncomplete) {
			t.Fatalf("%q: %v", head[:i], err)
		}
		if n, err := parseRequest([]byte(head), i, testLimits, &req, &f); err != nil || n != len(head) {
			t.Fatalf("after %d bytes: %d, %v", i, n, err)
		}
	}
}

// TestStringsOutliveTheBuffer: what a handler keeps does not change when the buffer is used again.
func TestStringsOutliveTheBuffer(t *testing.T) {
	b := []byte("GET /pets?a=b HTTP/1.1\r\nHost: example\r\n\r\n")
	var req message.Request
	var f fields
	if _, err := parseRequest(b, 0, testLimits, &req, &f); err != nil {
		t.Fatal(err)
	}
	clear(b)
	if got := req.Method + req.Target + req.Path + req.RawQuery + req.Host + req.Header[0].Name; got != "GET/pets?a=b/petsa=bexampleHost" {
		t.Errorf("got %q", got)
	}
}

func requestSeeds(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a/b?c HTTP/1.1\r\nHost: a\r\nX: \tb \r\n\r\n",
		"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"OPTIONS * HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
		"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
		"GET / HTTP/1.1\nHost: a\n\n",
	} {
		f.Add([]byte(s))
	}
}

// FuzzParseRequest: what we accept, net/http's reader accepts too, and understands alike; written out again, it reads
// the same. (The reverse does not hold: we are stricter.)
func FuzzParseRequest(f *testing.F) {
	requestSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var req message.Request
		var got fields
		n, err := parseRequest(b, 0, requestLimits{1 << 12, 1 << 12}, &req, &got)
		if err != nil {
			return
		}
		compareWithNetHTTP(t, b[:n], &req, &got)
		again := rewrite(&req)
		var second message.Request
		if _, err := parseRequest(again, 0, requestLimits{1 << 13, 1 << 13}, &second, &got); err != nil {
			t.Fatalf("%q does not read again: %v", again, err)
		}
		second.Proto, second.Host = req.Proto, req.Host
		if diff := cmp.Diff(req, second, cmpopts.EquateComparable(req.RemoteAddr)); diff != "" {
			t.Fatalf("reads differently again (-first +second):\n%s", diff)
		}
	})
}

func rewrite(req *message.Request) []byte {
	b := []byte(req.Method + " " + req.Target + " " + req.Proto + "\r\n")
	for _, h := range req.Header {
		b = append(b, h.Name+": "+h.Value+"\r\n"...)
	}
	return append(b, "\r\n"...)
}

func compareWithNetHTTP(t *testing.T, head []byte, req *message.Request, f *fields) {
	if bytes.HasPrefix(head, []byte("\r\n")) || bytes.Contains(head, []byte("HTTP/1.")) && !bytes.Contains(head, []byte("HTTP/1.1\r\n")) {
		return // minor versions that net/http does not know
	}
	theirs, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head), strings.NewReader("0\r\n\r\n"))))
	if err != nil {
		if strings.Contains(err.Error(), "parse ") || strings.Contains(err.Error(), "invalid URI") {
			return // net/http decodes targets, we do not
		}
		t.Fatalf("net/http refuses %q: %v", head, err)
	}
	if theirs.Method != req.Method || theirs.Host != req.Host && f.hosts > 0 {
		t.Fatalf("%q: method %q or %q, host %q or %q", head, req.Method, theirs.Method, req.Host, theirs.Host)
	}
	if chunked := len(theirs.TransferEncoding) > 0; chunked != (f.codings > 0) {
		t.Fatalf("%q: chunked %t or %t", head, f.codings > 0, chunked)
	}
	if f.length >= 0 && theirs.ContentLength != f.length {
		t.Fatalf("%q: length %d or %d", head, f.length, theirs.ContentLength)
	}
}

func BenchmarkParseRequest(b *testing.B) {
	head := []byte("GET /prod/pets/7?type=dog HTTP/1.1\r\nHost: abcdef.execute-api.us-east-1.amazonaws.com\r\n" +
		"User-Agent: curl/8.5.0\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\nX-Api-Key: 0123456789abcdef0123456789\r\n\r\n")
	var req message.Request
	var f fields
	b.ReportAllocs()
	b.SetBytes(int64(len(head)))
	for b.Loop() {
		req.Header = req.Header[:0]
		if _, err := parseRequest(head, 0, requestLimits{10240, 10240}, &req, &f); err != nil {
			b.Fatal(err)
		}
	}
}

func TestValidRequest(t *testing.T) {
	for _, test := range []struct {
		method, target, host string
		want                 bool
	}{
		{"GET", "/pets?type=dog", "api.example.com:8443", true},
		{"OPTIONS", "*", "x", true},
		{"GET", "*", "x", false},
		{"CONNECT", "", "x", false},
		{"G\"ET", "/", "x", false},
		{"GET", "/a b", "x", false},
		{"GET", "/a#b", "x", false},
		{"GET", "http://x/", "x", false},
		{"GET", "/", "", false},
		{"GET", "/", "x\",\"admin\":\"true", false},
		{"GET", "/", "a b/c?d#e", false},
	} {
		if got := ValidRequest(test.method, test.target, test.host); got != test.want {
			t.Errorf("%s %s of %s: %v", test.method, test.target, test.host, got)
		}
	}
}
