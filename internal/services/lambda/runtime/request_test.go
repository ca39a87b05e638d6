package runtime

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestParseRequest(t *testing.T) {
	for _, c := range []struct {
		name, head string
		length     int64
		bad        bool
		check      func(*request) bool
	}{
		{name: "wait", head: "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x", check: func(r *request) bool { return string(r.path) == pathNext && !r.close }},
		{name: "a length", head: "POST / HTTP/1.1\r\ncontent-length:  12 ", length: 12},
		{name: "chunks", head: "POST / HTTP/1.1\r\nTRANSFER-ENCODING: Chunked", length: -1},
		{name: "HTTP/1.0 closes", head: "GET / HTTP/1.0", check: func(r *request) bool { return r.close }},
		{name: "HTTP/1.0 that is kept", head: "GET / HTTP/1.0\r\nConnection: keep-alive", check: func(r *request) bool { return !r.close }},
		{name: "closes", head: "GET / HTTP/1.1\r\nConnection: close", check: func(r *request) bool { return r.close }},
		{name: "an error's type", head: "POST / HTTP/1.1\r\nLambda-Runtime-Function-Error-Type: A.B", check: func(r *request) bool { return r.errorType == "A.B" }},
		{name: "streams", head: "POST / HTTP/1.1\r\nLambda-Runtime-Function-Response-Mode: streaming", check: func(r *request) bool { return r.streams }},
		{name: "lines that end with LF alone", head: "GET / HTTP/1.1\nConnection: close", check: func(r *request) bool { return r.close }},
		{name: "two lengths", head: "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1", bad: true},
		{name: "a length and chunks", head: "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", bad: true},
		{name: "another coding", head: "POST / HTTP/1.1\r\nTransfer-Encoding: gzip", bad: true},
		{name: "a negative length", head: "POST / HTTP/1.1\r\nContent-Length: -1", bad: true},
		{name: "no method", head: " / HTTP/1.1", bad: true},
		{name: "no path", head: "GET", bad: true},
		{name: "another protocol", head: "GET / SPDY/3", bad: true},
		{name: "a header without a name", head: "GET / HTTP/1.1\r\n: x", bad: true},
	} {
		var r request
		err := r.parse([]byte(c.head))
		if (err != nil) != c.bad || err == nil && (r.length != c.length || c.check != nil && !c.check(&r)) {
			t.Errorf("%s: %v, %+v", c.name, err, r)
		}
	}
}

// feed is a connection whose other end sends this and closes.
func feed(t testing.TB, text string) *conn {
	t.Helper()
	here, there := net.Pipe()
	go func() {
		_, _ = there.Write([]byte(text))
		there.Close()
	}()
	t.Cleanup(func() { here.Close() })
	_ = here.SetDeadline(time.Now().Add(10 * time.Second))
	return newConn(&process{conns: map[*conn]struct{}{}}, here)
}

func TestReadBody(t *testing.T) {
	const chunks = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		name, text, want string
		err              error
	}{
		{name: "none", text: "GET / HTTP/1.1\r\n\r\n"},
		{name: "a length", text: "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef", want: "abc"},
		{name: "cut short", text: "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", want: "ab", err: io.ErrUnexpectedEOF},
		{name: "chunks", text: chunks + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", want: "abc0123456789"},
		{name: "chunks with trailers", text: chunks + "1\r\na\r\n0\r\nX: y\r\n\r\n", want: "a"},
		{name: "a chunk cut short", text: chunks + "3\r\nab", want: "ab", err: io.ErrUnexpectedEOF},
		{name: "no last chunk", text: chunks + "1\r\na\r\n", want: "a", err: io.ErrUnexpectedEOF},
		{name: "a chunk of more than it says", text: chunks + "1\r\nab\r\n0\r\n\r\n", want: "a", err: errMalformed},
		{name: "no size", text: chunks + "x\r\n", err: errMalformed},
		{name: "a negative size", text: chunks + "-1\r\n", err: errMalformed},
	} {
		k := feed(t, c.text)
		if err := k.readRequest(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := io.ReadAll(&k.body)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// A runtime that fails while it streams says so in the trailers.
// Source: Lambda developer guide, "Response streaming" for custom runtimes.
func TestErrorTrailers(t *testing.T) {
	k := feed(t, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nLambda-Runtime-Function-Error-Type: A\r\nLambda-Runtime-Function-Error-Body: e30=\r\n\r\n")
	if err := k.readRequest(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(&k.body); err != nil || k.body.errorType != "A" || k.body.errorBody != "{}" {
		t.Errorf("%v %q %q", err, k.body.errorType, k.body.errorBody)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte("POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k := newConn(&process{conns: map[*conn]struct{}{}}, script{bytes.NewReader(text)})
		read := 0
		for range 100 {
			if err := k.readRequest(); err != nil {
				return
			}
			k.request.answers()
			n, err := io.Copy(io.Discard, &k.body)
			if read += int(n); read > len(text) {
				t.Fatalf("%d bytes were read of %d", read, len(text))
			}
			if err != nil {
				return
			}
		}
	})
}

// script is a connection that sends bytes and takes everything.
type script struct{ *bytes.Reader }

func (s script) Read(b []byte) (int, error)       { return s.Reader.Read(b) }
func (s script) Write(b []byte) (int, error)      { return len(b), nil }
func (s script) WriteTo(io.Writer) (int64, error) { return 0, nil }
func (s script) Close() error                     { return nil }
func (s script) LocalAddr() net.Addr              { return nil }
func (s script) RemoteAddr() net.Addr             { return nil }
func (s script) SetDeadline(time.Time) error      { return nil }
func (s script) SetReadDeadline(time.Time) error  { return nil }
func (s script) SetWriteDeadline(time.Time) error { return nil }

// Lines are events; what has no end is one when the invocation ends; a line that is too long is several.
func TestLines(t *testing.T) {
	o := &output{}
	o.consume([]byte("one\ntw"))
	o.consume([]byte("o\n\nthr"))
	o.consume([]byte(strings.Repeat("x", maxLine) + "ee"))
	o.cut()
	var got []string
	for _, e := range o.pending {
		got = append(got, e.Message)
	}
	want := []string{"one", "two", "", "thr" + strings.Repeat("x", maxLine-3), "xxxee"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%d events", len(got))
	}
}

func TestTail(t *testing.T) {
	k := new(tail)
	for i := range 20000 {
		k.add([]byte{byte(i)})
	}
	text := k.text()
	if len(text) != maxTail || text[maxTail-1] != byte(19999%256) || text[0] != byte((20000-maxTail)%256) {
		t.Errorf("%d bytes", len(text))
	}
}

func TestAppendMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.00", 4 * time.Microsecond: "0.00", 5 * time.Microsecond: "0.01", 1234567 * time.Nanosecond: "1.23", 3 * time.Second: "3000.00",
	} {
		if got := string(appendMillis(nil, d)); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
