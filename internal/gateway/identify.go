package gateway

import (
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"postern/internal/gateway/message"
)

// identify gives an exchange its request id, extended request id and trace id, and notes who called. The three ids and
// the caller's address lie in one string.
//
// A client may set the request id in x-amzn-RequestId, a UUID or not. Source: developer guide, "Set up CloudWatch logging for
// REST APIs in API Gateway"; public bug report, awsdocs/amazon-api-gateway-developer-guide issue 71 (eight digits).
func identify(x *message.Exchange) {
	x.Start = time.Now()
	b := make([]byte, 0, 160)
	b = appendUUID(b)
	request := len(b)
	b = appendExtendedID(b)
	extended := len(b)
	sent, _ := x.Request.Header.GetFold("X-Amzn-Trace-Id")
	b = appendTraceID(b, sent, x.Start)
	trace := len(b)
	if addr := x.Request.RemoteAddr.Addr(); addr.IsValid() {
		b = addr.Unmap().AppendTo(b)
	}
	ids := string(b)
	x.RequestID, x.ExtendedRequestID = ids[:request], ids[request:extended]
	x.TraceID, x.SourceIP = ids[extended:trace], ids[trace:]
	if own, ok := x.Request.Header.GetFold("x-amzn-RequestId"); ok && isRequestID(own) {
		x.RequestID = own
	}
	x.UserAgent, _ = x.Request.Header.GetFold("User-Agent")
}

// appendUUID appends a random UUID, RFC 9562 version 4.
func appendUUID(dst []byte) []byte {
	high, low := rand.Uint64(), rand.Uint64()
	dst = appendHex(dst, high>>32, 8)
	dst = appendHex(append(dst, '-'), high>>16, 4)
	dst = appendHex(append(dst, '-'), high&0x0fff|0x4000, 4)
	dst = appendHex(append(dst, '-'), low>>48&0x3fff|0x8000, 4)
	return appendHex(append(dst, '-'), low, 12)
}

// maxRequestID bounds, in bytes, the request id that a client may set. The bound is inferred.
const maxRequestID = 256

// isRequestID tells whether a client's request id can be taken: letters, digits, "-" and "_", since templates write it into
// bodies and logs as it is.
func isRequestID(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxRequestID
}

// ExtendedRequestID is a new extended request id, for answers of API Gateway that no stage gives.
func ExtendedRequestID() string { return string(appendExtendedID(nil)) }

// appendExtendedID appends 16 characters of Base64, in its alphabet for URLs (captured ids), that end in "=", the form of x-amz-apigw-id.
func appendExtendedID(dst []byte) []byte {
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], rand.Uint64())
	return base64.URLEncoding.AppendEncode(dst, raw[:11])
}

// appendTraceID appends the trace id that goes to the backend: the client's own if it names Root and Parent, with a Parent
// put behind Root if it names Root only, a new Root otherwise.
// Source: recorded AWS answer (trace id).
func appendTraceID(dst []byte, sent string, now time.Time) []byte {
	root := strings.Index(sent, "Root=")
	switch {
	case root < 0 || len(sent) > 256:
		dst = append(dst, "Root=1-"...)
		dst = appendHex(dst, uint64(now.Unix()), 8)
		dst = append(dst, '-')
		dst = appendHex(dst, rand.Uint64(), 16)
		return appendHex(dst, rand.Uint64(), 8)
	case strings.Contains(sent, "Parent="):
		return append(dst, sent...)
	}
	end := len(sent)
	if i := strings.IndexByte(sent[root:], ';'); i >= 0 {
		end = root + i
	}
	dst = append(dst, sent[:end]...)
	dst = append(dst, ";Parent="...)
	dst = appendHex(dst, rand.Uint64(), 16)
	return append(dst, sent[end:]...)
}

// appendHex appends the lowest digits of n, up to 16.
func appendHex(dst []byte, n uint64, digits int) []byte {
	var text [16]byte
	binary.BigEndian.PutUint64(text[:8], hexDigits(uint32(n>>32)))
	binary.BigEndian.PutUint64(text[8:], hexDigits(uint32(n)))
	return append(dst, text[16-digits:]...)
}

// hexDigits gives the eight digits of n, the first in the highest byte: all at once, since every request has some fifty.
func hexDigits(n uint32) uint64 {
	const each = 0x0101010101010101
	x := uint64(n)
	x = (x<<16 | x) & 0x0000ffff0000ffff
	x = (x<<8 | x) & 0x00ff00ff00ff00ff
	x = (x<<4 | x) & (0x0f * each)
	letters := (x + 6*each) >> 4 & each // those from ten on
	return x + '0'*each + letters*('a'-'0'-10)
}
