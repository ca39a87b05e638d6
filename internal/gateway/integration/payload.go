package integration

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// The values of contentHandling. Source: API Gateway API reference, Integration, contentHandling.
const (
	toBinary = "CONVERT_TO_BINARY"
	toText   = "CONVERT_TO_TEXT"
)

// BinaryMediaTypes is an API's binaryMediaTypes: which payloads are bytes and which are text.
type BinaryMediaTypes []string

// Match reports whether a media type, or the first entry of an Accept header, is binary: listed as it is, or covered by
// type/* or */*. Parameters do not count, wildcards on the left have no effect.
// Source: recorded AWS answer (binary responses).
func (b BinaryMediaTypes) Match(header string) bool {
	if len(b) == 0 {
		return false
	}
	if i := strings.IndexAny(header, ",;"); i >= 0 {
		header = header[:i]
	}
	header = strings.TrimSpace(header)
	for _, listed := range b {
		switch {
		case listed == "*/*":
			return true
		case strings.HasPrefix(listed, "*"):
		case message.EqualFold(listed, header):
			return true
		case strings.HasSuffix(listed, "/*"):
			if n := len(listed) - 1; len(header) >= n && message.EqualFold(header[:n], listed[:n]) {
				return true
			}
		}
	}
	return false
}

// requestPayload is the payload encoding of an integration request.
// Source: recorded AWS answers; developer guide, "Content type conversions in API Gateway".
type requestPayload struct {
	binary   BinaryMediaTypes
	handling string // contentHandling, or "" for none
}

// isBytes reports whether the converted payload is bytes, which no template can read.
func (p *requestPayload) isBytes(x *message.Exchange, contentType string) bool {
	if x.Test {
		return false
	}
	switch p.handling {
	case toBinary:
		return true
	case toText:
		return false
	}
	return p.binary.Match(contentType)
}

// convert returns the body that goes on. A test invocation applies no binary handling (public report).
func (p *requestPayload) convert(x *message.Exchange) ([]byte, error) {
	body := x.Request.Body
	if len(body) == 0 || x.Test {
		return body, nil
	}
	contentType, _ := x.Request.Header.GetFold("Content-Type")
	if p.binary.Match(contentType) {
		if p.handling == toText {
			return toBase64(body), nil
		}
		return body, nil
	}
	if p.handling == toBinary {
		return fromBase64(body)
	}
	return asText(body), nil
}

// responsePayload is the payload encoding of an integration response. Sources as for requestPayload.
type responsePayload struct {
	binary   BinaryMediaTypes
	handling string
}

// convert returns the backend's body as it goes on, and whether it is bytes. Nothing, as MOCK has, is never bytes: CORS
// preflights with a response template are answered with binaryMediaTypes */*, too (Serverless Framework's).
func (p *responsePayload) convert(x *message.Exchange) (body []byte, isBytes bool, err error) {
	body = x.IntegrationResponse.Body
	if x.Test || len(body) == 0 || len(p.binary) == 0 && p.handling != toBinary {
		return asText(body), false, nil
	}
	contentType, _ := x.IntegrationResponse.Header.GetFold("Content-Type")
	accept, _ := x.Request.Header.GetFold("Accept")
	return convertResponse(body, p.binary.Match(contentType), p.binary.Match(accept), p.handling)
}

// ProxyPayload is the payload encoding of what a proxied HTTP backend answers: that of an integration response without
// contentHandling.
type ProxyPayload struct{ Binary BinaryMediaTypes }

// Convert converts the body of x.Response, which the backend's answer lies in.
func (p *ProxyPayload) Convert(x *message.Exchange) error {
	out := x.Response
	if coded(out.Header) {
		return nil
	}
	if x.Test || len(p.Binary) == 0 {
		out.Body = asText(out.Body)
		return nil
	}
	contentType, _ := out.Header.GetFold("Content-Type")
	accept, _ := x.Request.Header.GetFold("Accept")
	body, _, err := convertResponse(out.Body, p.Binary.Match(contentType), p.Binary.Match(accept), "")
	out.Body = body
	return err
}

// coded tells that a body is in a content coding, gzip for one, which is neither text nor any media type: it passes as it
// is. Source: developer guide, "Payload compression for REST APIs in API Gateway"; that binaryMediaTypes do not count then is
// inferred.
func coded(h message.Pairs) bool {
	coding, ok := h.GetFold("Content-Encoding")
	return ok && coding != "" && !message.EqualFold(coding, "identity")
}

// convertResponse is the table of the guide: is the payload binary, does the client want it binary, contentHandling.
func convertResponse(body []byte, isBinary, wantBinary bool, handling string) (out []byte, isBytes bool, err error) {
	if handling == toBinary || handling == "" && wantBinary {
		if isBinary {
			return body, true, nil
		}
		out, err = fromBase64(body)
		return out, true, err
	}
	if isBinary {
		return toBase64(body), false, nil
	}
	return asText(body), false, nil
}

// asText is body as UTF-8, invalid bytes replaced: that is what AWS does to bytes it was not told of.
func asText(body []byte) []byte {
	if utf8.Valid(body) {
		return body
	}
	var out bytes.Buffer
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		out.WriteRune(r)
		body = body[n:]
	}
	return out.Bytes()
}

func toBase64(body []byte) []byte {
	return base64.StdEncoding.AppendEncode(nil, body)
}

func fromBase64(body []byte) ([]byte, error) {
	out, err := base64.StdEncoding.AppendDecode(nil, body)
	if err != nil {
		return nil, gatewayresponse.Configuration("Unable to base64 decode the body.")
	}
	return out, nil
}
