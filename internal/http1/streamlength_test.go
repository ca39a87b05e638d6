package http1

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"postern/internal/gateway/message"
)

// TestStreamLength: a stream of known length is sent with its Content-Length, and never looks whole when it is not.
func TestStreamLength(t *testing.T) {
	for _, c := range []struct {
		sentence string
		length   int64
		pieces   []string
		want     error
		reused   bool
	}{
		{"as long as it says", 10, []string{"hello", "world"}, nil, true},
		{"shorter", 11, []string{"hello", "world"}, io.ErrUnexpectedEOF, false},
		{"longer", 9, []string{"hello", "world"}, io.ErrUnexpectedEOF, false},
		{"of no known length", 0, []string{"hello", "world"}, nil, true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			leakCheck(t)
			d := dial(t, start(t, &Server{Handler: HandlerFunc(func(_ *message.Request, resp *message.Response) {
				resp.Stream, resp.StreamLength = pieces(c.pieces...), c.length
			})}))
			d.send(get)
			resp, err := http.ReadResponse(d.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if known := c.length > 0; known != (resp.ContentLength == c.length) || known == (len(resp.TransferEncoding) > 0) {
				t.Errorf("Content-Length %d, Transfer-Encoding %q", resp.ContentLength, resp.TransferEncoding)
			}
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, c.want) {
				t.Errorf("reading it ends with %v, want %v", err, c.want)
			}
			if c.reused {
				d.send(get)
				again, err := http.ReadResponse(d.r, nil)
				if err != nil {
					t.Fatalf("the connection is of no more use: %v", err)
				}
				again.Body.Close()
			}
		})
	}
}

// TestStreamLengthOfUpstream: what an upstream says of its length goes on with the stream.
func TestStreamLengthOfUpstream(t *testing.T) {
	leakCheck(t)
	a := upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
		for request(r) != nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
		}
	})
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	var resp message.Response
	if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/", Stream: true}, soon(), &resp); err != nil {
		t.Fatal(err)
	}
	defer resp.Stream.Close()
	if resp.StreamLength != 5 {
		t.Errorf("length %d", resp.StreamLength)
	}
}

// TestVia: a connection may go elsewhere than the name says, and requests that go to different places share none.
func TestVia(t *testing.T) {
	leakCheck(t)
	answers := func(name string) Address {
		return upstreamOf(t, func(c net.Conn, r *bufio.Reader) {
			for req := request(r); req != nil; req = request(r) {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Target: "+name+"\r\nX-Host: "+req.Host+"\r\nContent-Length: 0\r\n\r\n")
			}
		})
	}
	one, two := answers("one"), answers("two")
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	for _, c := range []struct {
		via  Address
		want string
	}{{one, "one"}, {two, "two"}, {one, "one"}} {
		a := Address{Scheme: "http", Host: "pets.internal", Via: net.JoinHostPort(c.via.Host, portText(c.via))}
		var resp message.Response
		if err := tr.Do(&UpstreamRequest{Address: a, Method: "GET", Target: "/"}, soon(), &resp); err != nil {
			t.Fatal(err)
		}
		target, _ := resp.Header.GetFold("X-Target")
		host, _ := resp.Header.GetFold("X-Host")
		if target != c.want || host != "pets.internal" {
			t.Errorf("reached %s as %s", target, host)
		}
	}
	var resp message.Response
	err := tr.Do(&UpstreamRequest{Address: Address{Scheme: "http", Host: "h", Via: "no-port"}, Method: "GET", Target: "/"}, soon(), &resp)
	if !errors.Is(err, ErrConnect) {
		t.Errorf("an address that is none gives %v", err)
	}
	err = tr.Do(&UpstreamRequest{Address: Address{Scheme: "http", Host: "h", Via: "169.254.169.254:80"}, Method: "GET", Target: "/"}, soon(), &resp)
	if !errors.Is(err, ErrFenced) {
		t.Errorf("a fenced address gives %v", err)
	}
}

func portText(a Address) string {
	_, port, _ := net.SplitHostPort(a.String()[len("http://"):])
	return port
}
