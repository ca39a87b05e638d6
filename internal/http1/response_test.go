package http1

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func TestParseResponse(t *testing.T) {
	for _, c := range []struct {
		sentence, source, head string
		status                 int // 0: malformed
		header                 message.Pairs
	}{
		{
			"an answer", "RFC 9112, 4", "HTTP/1.1 200 OK\r\nA: b\r\na: c\r\n\r\n", 200,
			message.Pairs{{Name: "A", Value: "b"}, {Name: "a", Value: "c"}},
		},
		{"an unknown status with a phrase of several words", "RFC 9112, 4", "HTTP/1.1 799 very odd\r\n\r\n", 799, nil},
		{"no reason", "RFC 9112, 4", "HTTP/1.1 404 \r\n\r\n", 404, nil},
		{"no reason and no space", "inferred from servers that do so", "HTTP/1.0 404\r\n\r\n", 404, nil},
		{"space before a colon is dropped", "RFC 9112, 5.1", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", 200, message.Pairs{{Name: "A", Value: "b"}}},
		{"a folded line", "RFC 9112, 5.2", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 0, nil},
		{"a bare line feed", "RFC 9112, 2.2", "HTTP/1.1 200 OK\nA: b\n\n", 0, nil},
		{"a line feed before anything else", "found by FuzzParseResponse", "\n\r\n\r\n", 0, nil},
		{"another protocol", "RFC 9112, 2.3", "SSH-2.0-OpenSSH_9.6\r\n", 0, nil},
		{"HTTP/2", "RFC 9112, 2.3", "HTTP/2.0 200 OK\r\n\r\n", 0, nil},
		{"a status of two digits", "RFC 9112, 4", "HTTP/1.1 20 OK\r\n\r\n", 0, nil},
		{"a status of four digits", "RFC 9112, 4", "HTTP/1.1 2000 OK\r\n\r\n", 0, nil},
		{"a status below 100", "RFC 9110, 15", "HTTP/1.1 099 OK\r\n\r\n", 0, nil},
		{"a control character in the reason", "RFC 9112, 4", "HTTP/1.1 200 O\x01K\r\n\r\n", 0, nil},
		{"lengths that differ", "RFC 9112, 6.3", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 0, nil},
		{"a length that is no number", "RFC 9112, 6.3", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", 0, nil},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			var resp message.Response
			var f fields
			_, _, err := parseResponse([]byte(c.head), 0, &resp, &f)
			if c.status == 0 {
				if _, ok := errors.AsType[*refused](err); !ok {
					t.Fatalf("%s: accepted, or %v", c.source, err)
				}
				return
			}
			if err != nil || resp.Status != c.status {
				t.Fatalf("%s: status %d, %v", c.source, resp.Status, err)
			}
			if diff := cmp.Diff(c.header, resp.Header); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.source, diff)
			}
		})
	}
}

func TestFraming(t *testing.T) {
	for _, c := range []struct {
		sentence, method, head string
		want                   framing
		bad                    bool
	}{
		{"a length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", byLength, false},
		{"the same length twice", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", byLength, false},
		{"chunks", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", byChunks, false},
		{"neither", "GET", "HTTP/1.1 200 OK\r\n\r\n", byClose, false},
		{"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", noBody, false},
		{"204", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", noBody, false},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", noBody, false},
		{"both", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", noBody, true},
		{"another coding", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", noBody, true},
		{"chunked twice", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", noBody, true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			var resp message.Response
			var f fields
			if _, _, err := parseResponse([]byte(c.head), 0, &resp, &f); err != nil {
				t.Fatal(err)
			}
			got, err := frame(c.method, resp.Status, &f)
			if got != c.want || (err != nil) != c.bad {
				t.Errorf("RFC 9112, 6.3: got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

// FuzzParseResponse: what we accept, net/http accepts, with the same status and number of header lines.
func FuzzParseResponse(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 404\r\nA : b\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var resp message.Response
		var got fields
		n, _, err := parseResponse(b, 0, &resp, &got)
		if err != nil {
			return
		}
		if _, err := frame("GET", resp.Status, &got); err != nil || spaced(b[:n]) {
			return
		}
		theirs, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
		if err != nil {
			t.Fatalf("net/http refuses %q: %v", b[:n], err)
		}
		defer theirs.Body.Close()
		if theirs.StatusCode != resp.Status {
			t.Fatalf("%q: status %d or %d", b[:n], resp.Status, theirs.StatusCode)
		}
	})
}

// spaced reports a field name with space behind, which net/http refuses.
func spaced(head []byte) bool {
	return bytes.Contains(head, []byte(" :")) || bytes.Contains(head, []byte("\t:"))
}
