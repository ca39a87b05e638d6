package integration

import (
	"testing"

	"postern/internal/gateway/message"
)

func TestBinaryMediaTypes(t *testing.T) {
	tests := []struct {
		listed, header string
		want           bool
	}{
		{"image/png", "image/png", true},
		{"image/png", "image/png,image/*", true},
		{"image/png", "image/png;q=1", true},
		{"image/png", "image/webp,image/png", false},
		{"image/png", "image/*", false},
		{"image/png", "*/*", false},
		{"image/png", "", false},
		{"application/*", "application/whatever", true},
		{"application/*", "application/*", true},
		{"*/test", "random/test", false},
		{"*/test", "*/test", false},
		{"*/*", "anything", true},
	}
	for _, tt := range tests {
		if got := (BinaryMediaTypes{tt.listed}).Match(tt.header); got != tt.want {
			t.Errorf("%s covers %q: %v, want %v (recorded AWS answer: binary responses)", tt.listed, tt.header, got, tt.want)
		}
	}
}

// Source: developer guide, "Content type conversions in API Gateway"; recorded AWS answers, cases 96 to 98.
func TestRequestPayload(t *testing.T) {
	const failed = "500"
	tests := []struct {
		contentType, handling, body, want string
	}{
		{"text/plain", "", "caf\xe9", "caf\uFFFD"},
		{"text/plain", toText, "caf\xe9", "caf\uFFFD"},
		{"text/plain", toBinary, "/w==", "\xff"},
		{"text/plain", toBinary, "not base64!", failed},
		{"image/png", "", "\xff", "\xff"},
		{"image/png", toBinary, "\xff", "\xff"},
		{"image/png", toText, "\xff", "/w=="},
	}
	for _, tt := range tests {
		p := requestPayload{BinaryMediaTypes{"image/png"}, tt.handling}
		got, err := p.convert(&message.Exchange{Request: &message.Request{
			Header: message.Pairs{{Name: "content-type", Value: tt.contentType}}, Body: []byte(tt.body),
		}})
		if (err != nil) != (tt.want == failed) || err == nil && string(got) != tt.want {
			t.Errorf("%s, %s: %q becomes %q, %v; want %q", tt.contentType, tt.handling, tt.body, got, err, tt.want)
		}
	}
}

// Source: developer guide, "Content type conversions in API Gateway".
func TestResponsePayload(t *testing.T) {
	const text, binary, failed = "application/json", "image/png", "500"
	tests := []struct {
		payload, accept, handling, body, want string
	}{
		{text, text, "", "caf\xe9", "caf\uFFFD"},
		{text, binary, "", "/w==", "\xff"},
		{text, binary, "", "not base64!", failed},
		{text, text, toBinary, "/w==", "\xff"},
		{text, binary, toBinary, "not base64!", failed},
		{text, binary, toText, "caf\xe9", "caf\uFFFD"},
		{binary, text, "", "\xff", "/w=="},
		{binary, binary, "", "\xff", "\xff"},
		{binary, text, toBinary, "\xff", "\xff"},
		{binary, binary, toText, "\xff", "/w=="},
	}
	for _, tt := range tests {
		p := responsePayload{BinaryMediaTypes{binary}, tt.handling}
		got, _, err := p.convert(&message.Exchange{
			Request: &message.Request{Header: message.Pairs{{Name: "accept", Value: tt.accept}}},
			IntegrationResponse: message.IntegrationResponse{
				Header: message.Pairs{{Name: "content-type", Value: tt.payload}}, Body: []byte(tt.body),
			},
		})
		if (err != nil) != (tt.want == failed) || err == nil && string(got) != tt.want {
			t.Errorf("%s for %s, %s: %q becomes %q, %v; want %q", tt.payload, tt.accept, tt.handling, tt.body, got, err, tt.want)
		}
	}
}
