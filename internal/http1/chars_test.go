package http1

import (
	"strings"
	"testing"
)

// What looks at eight bytes at a time says the same as the definitions of RFC 9110, byte by byte, wherever a byte stands.
func TestCharsAtEveryPlace(t *testing.T) {
	for length := 1; length <= 24; length++ {
		for at := range length {
			for c := range 256 {
				b := []byte(strings.Repeat("a", length))
				b[at] = byte(c)
				s := string(b)
				control := c < ' ' || c == 0x7f
				if got, want := token(s), strings.ContainsRune(alphanumeric+"!#$%&'*+-.^_`|~", rune(c)) && c < 0x80; got != want {
					t.Fatalf("token(%q) = %t", s, got)
				}
				if got, want := visible(b), !control || c == '\t'; got != want {
					t.Fatalf("visible(%q) = %t", s, got)
				}
				if got, want := validTarget(s), !control && c != ' '; got != want {
					t.Fatalf("validTarget(%q) = %t", s, got)
				}
			}
		}
	}
	for _, empty := range []bool{token(""), validTarget(""), !visible(nil)} {
		if empty {
			t.Error("only a value may be empty")
		}
	}
}

func BenchmarkHead(b *testing.B) {
	head := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 16:00:00 GMT\r\nContent-Type: application/json\r\n" +
		"Content-Length: 59\r\nConnection: keep-alive\r\nX-Amzn-Apigateway-Api-Id: abcdefghij\r\n\r\n")
	x := exchanges.Get().(*exchange)
	b.ReportAllocs()
	for b.Loop() {
		x.resp.Header = x.resp.Header[:0]
		if _, _, err := parseResponse(head, 0, &x.resp, &x.head); err != nil {
			b.Fatal(err)
		}
		out := lendBuffer()
		for i := range x.resp.Header {
			out.b = appendField(out.b, x.resp.Header[i].Name, x.resp.Header[i].Value)
		}
		giveBack(out)
	}
}
