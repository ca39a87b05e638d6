package http1

import (
	"bytes"
	"errors"
	"io"
	"net/http/httputil"
	"strings"
	"testing"
)

func TestChunkedCoding(t *testing.T) {
	for _, c := range []struct {
		sentence, coded, body string
		err                   error
	}{
		{"two chunks", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde", nil},
		{"nothing", "0\r\n\r\n", "", nil},
		{"sizes in both cases, with leading zeros", "00a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789", nil},
		{"extensions are dropped", "3;a=b;c=\"d\" ;e\r\nabc\r\n0 ;x\r\n\r\n", "abc", nil},
		{"trailers are dropped", "1\r\na\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n", "a", nil},
		{"a size that is no number", "x\r\n", "", errChunk},
		{"an empty size", "\r\n", "", errChunk},
		{"a negative size", "-1\r\n", "", errChunk},
		{"a size with a prefix", "0x3\r\nabc\r\n", "", errChunk},
		{"a size beyond 60 bits", "1000000000000000\r\n", "", errChunk},
		{"space before the size", " 3\r\nabc\r\n", "", errChunk},
		{"space after the size", "3 \r\nabc\r\n", "", errChunk},
		{"a bare line feed after the size", "3\nabc\r\n", "", errChunk},
		{"a bare line feed in an extension", "3;a\nabc\r\n", "", errChunk},
		{"a bare line feed after the data", "3\r\nabc\n0\r\n\r\n", "abc", errChunk},
		{"more data than announced", "3\r\nabcd\r\n0\r\n\r\n", "abc", errChunk},
		{"a trailer without a name", "0\r\n: a\r\n\r\n", "", errChunk},
		{"a folded trailer", "0\r\nX: a\r\n b\r\n\r\n", "", errChunk},
		{"a bare line feed at the end", "0\r\n\n", "", errChunk},
		{"a NUL in a trailer", "0\r\nX: \x00\r\n\r\n", "", errChunk},
		{"endless extensions", "1;" + strings.Repeat("a", maxChunkExcess) + "\r\n", "", errChunkExcess},
		{"endless trailers", "0\r\n" + strings.Repeat("a: b\r\n", maxChunkExcess/4+1) + "\r\n", "", errChunkExcess},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			for _, step := range []int{1, 2, 3, 7, len(c.coded)} {
				body, rest, err := decodeBy(c.coded+"rest", step)
				if string(body) != c.body || !errors.Is(err, c.err) {
					t.Fatalf("RFC 9112, 7.1, %d bytes at a time: %q, %v; want %q, %v", step, body, err, c.body, c.err)
				}
				if c.err == nil && rest != len("rest") {
					t.Fatalf("%d bytes are left over", rest)
				}
			}
		})
	}
}

// decodeBy decodes coded in steps of some bytes, each in place.
func decodeBy(coded string, step int) (body []byte, rest int, err error) {
	var d chunked
	for coded != "" && !d.done() {
		piece := []byte(coded[:min(step, len(coded))])
		part, n, err := d.decode(piece[:0], piece)
		body = append(body, part...)
		if err != nil {
			return body, len(coded), err
		}
		coded = coded[n:]
	}
	if !d.done() {
		return body, 0, io.ErrUnexpectedEOF
	}
	return body, len(coded), nil
}

// TestChunkedFillsWhatItIsGiven: a full destination stops the decoder without losing a byte.
func TestChunkedFillsWhatItIsGiven(t *testing.T) {
	var d chunked
	var body []byte
	src := []byte("5\r\nhello\r\n0\r\n\r\n")
	for !d.done() {
		part, n, err := d.decode(make([]byte, 0, 2), src)
		if err != nil {
			t.Fatal(err)
		}
		body, src = append(body, part...), src[n:]
	}
	if string(body) != "hello" {
		t.Errorf("got %q", body)
	}
}

// FuzzChunked: what we accept, net/http/httputil's reader decodes alike; and what is coded decodes to itself.
func FuzzChunked(f *testing.F) {
	f.Add([]byte("3\r\nabc\r\n0\r\n\r\n"), 2)
	f.Add([]byte("3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n"), 7)
	f.Add([]byte("3 \r\nabc"), 1)
	f.Fuzz(func(t *testing.T, coded []byte, step int) {
		if step <= 0 {
			return
		}
		body, _, err := decodeBy(string(coded), step)
		if err == nil {
			theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(coded)))
			if err != nil || !bytes.Equal(theirs, body) {
				t.Fatalf("%q: %q, but net/http says %q, %v", coded, body, theirs, err)
			}
		}
		var out bytes.Buffer
		w := httputil.NewChunkedWriter(&out)
		w.Write(coded)
		w.Close()
		out.WriteString("\r\n")
		if body, _, err := decodeBy(out.String(), step); err != nil || !bytes.Equal(body, coded) {
			t.Fatalf("%q came back as %q, %v", coded, body, err)
		}
	})
}
