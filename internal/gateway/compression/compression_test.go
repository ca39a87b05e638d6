package compression

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

func packed(t testing.TB, text string, open func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	_, err := io.WriteString(w, text)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipWriter(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibWriter(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func flateWriter(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, 6)
	return f
}

// Source: developer guide, "Call an API method with a compressed payload in API Gateway"; case 76.
func TestDecodeRequest(t *testing.T) {
	tests := []struct {
		name, coding string
		body         []byte
		want         string
		err          error
	}{
		{"none", "", []byte("plain"), "plain", nil},
		{"identity", "identity", []byte("plain"), "plain", nil},
		{"gzip", "GZIP", packed(t, "text", gzipWriter), "text", nil},
		{"deflate", "deflate", packed(t, "text", zlibWriter), "text", nil},
		{"bare deflate", "deflate", packed(t, "text", flateWriter), "text", nil},
		{"an empty body", "gzip", nil, "", nil},
		{"another coding", "br", []byte("x"), "", gatewayresponse.UnsupportedMediaType},
		{"not what it says", "gzip", []byte("plain"), "", gatewayresponse.UnsupportedMediaType},
		{"cut off", "gzip", packed(t, "text", gzipWriter)[:12], "", gatewayresponse.UnsupportedMediaType},
		{"a bomb", "gzip", packed(t, strings.Repeat("x", 1001), gzipWriter), "", gatewayresponse.RequestTooLarge},
	}
	for _, tt := range tests {
		req := &message.Request{Header: message.Pairs{{Name: "content-encoding", Value: tt.coding}}, Body: tt.body}
		err := DecodeRequest(req, 1000)
		if err != tt.err || err == nil && string(req.Body) != tt.want { //nolint:errorlint // sentinels, never wrapped
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, req.Body, err, tt.want, tt.err)
		}
	}
}

// Source: developer guide, "Receive an API response with a compressed payload in API Gateway"; case 75.
func TestPreferred(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                "",
		"*":                               "",
		"gzip":                            "gzip",
		"gzip, deflate, br":               "gzip",
		"br, gzip":                        "gzip",
		"deflate":                         "deflate",
		"gzip;q=1.0,identity;q=0.5,*;q=0": "gzip",
		"deflate;q=0.5, gzip;q=1.0":       "gzip",
		"br;q=1, gzip;q=0.5":              "",
		"identity, gzip;q=0.5":            "",
		"gzip;q=0":                        "",
		"gzip;q=x":                        "",
	} {
		if got := preferred(accept); got != want {
			t.Errorf("%q prefers %q, want %q", accept, got, want)
		}
	}
}

func TestEncode(t *testing.T) {
	text := strings.Repeat("text ", 100)
	tests := []struct {
		name    string
		minimum int
		header  message.Pairs
		want    bool
	}{
		{"large enough", 500, nil, true},
		{"too small", 501, nil, false},
		{"encoded by the backend", 0, message.Pairs{{Name: "content-encoding", Value: "br"}}, false},
	}
	for _, tt := range tests {
		x := &message.Exchange{
			Request:  &message.Request{Header: message.Pairs{{Name: "accept-encoding", Value: "gzip"}}},
			Response: &message.Response{Header: tt.header, Body: []byte(text)},
		}
		if err := (&Response{tt.minimum}).Encode(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		if !tt.want {
			if string(x.Response.Body) != text {
				t.Errorf("%s: was compressed", tt.name)
			}
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(x.Response.Body))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); string(got) != text {
			t.Errorf("%s: holds %q", tt.name, got)
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add("gzip", packed(f, "text", gzipWriter))
	f.Add("deflate", packed(f, "text", flateWriter))
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		req := &message.Request{Header: message.Pairs{{Name: "Content-Encoding", Value: coding}}, Body: body}
		if err := DecodeRequest(req, 1<<16); err == nil && coding == "gzip" && len(req.Body) > 1<<16 {
			t.Fatal("more than the limit")
		}
	})
}
