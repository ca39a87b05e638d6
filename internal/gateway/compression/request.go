// Package compression decodes the content coding of requests and applies that of responses.
//
// What comes in: an exchange before its route is known, or with its response made. What goes out: the same with its body
// decoded or encoded, or a *gatewayresponse.Error. It never looks into a body otherwise.
//
// Sources: developer guide, "Payload compression for REST APIs in API Gateway" with its pages on requests and responses.
package compression

import (
	"bytes"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// DecodeRequest replaces a body in the coding gzip or deflate by what it holds, whether the API compresses its own
// responses or not. It fails with 415 for any other coding but identity and for a body that is not in the coding, and with
// 413 for a body that holds more than limit bytes.
func DecodeRequest(req *message.Request, limit int) error {
	coding, ok := req.Header.GetFold("Content-Encoding")
	if !ok {
		return nil
	}
	coding = strings.ToLower(strings.TrimSpace(coding))
	if coding == "identity" || coding == "" {
		return nil
	}
	open, ok := decoders[coding]
	if !ok {
		return gatewayresponse.UnsupportedMediaType
	}
	if len(req.Body) == 0 {
		return nil
	}
	r, err := open(req.Body)
	if err != nil {
		return gatewayresponse.UnsupportedMediaType
	}
	body, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return gatewayresponse.UnsupportedMediaType
	}
	if len(body) > limit {
		return gatewayresponse.RequestTooLarge
	}
	req.SentBody, req.Body = req.Body, body
	return nil
}

// decoders by coding. Never written.
var decoders = map[string]func(body []byte) (io.Reader, error){
	"gzip":    openGzip,
	"deflate": openDeflate,
}

func openGzip(body []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(body)) }

// openDeflate reads what RFC 9110 calls deflate, and the bare form of it that some clients send.
func openDeflate(body []byte) (io.Reader, error) {
	if r, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
		return r, nil
	}
	return flate.NewReader(bytes.NewReader(body)), nil
}
