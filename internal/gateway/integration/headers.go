package integration

import (
	"strings"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// longestName is longer than any header name with a disposition of its own.
const longestName = 32

// lowered writes name in lower case into buf; names that are too long to be in a table come out empty.
func lowered(buf *[longestName]byte, name string) []byte {
	if len(name) > len(buf) {
		return nil
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(name)]
}

// PassesToBackend tells whether HTTP_PROXY passes a client's header on, without any mapping.
//
// Host and Content-Length are the endpoint's and the body's; the two X-Amzn headers are the gateway's. Keep-Alive and
// Proxy-Connection concern one connection only (RFC 9110, section 7.6.1; unrecorded).
// Source: recorded AWS answer (every header of the guide's table sent through HTTP_PROXY).
func PassesToBackend(name, value string) bool {
	var buf [longestName]byte
	switch string(lowered(&buf, name)) {
	case "connection", "content-encoding", "content-length", "content-md5", "expect", "host", "keep-alive", "max-forwards",
		"proxy-authenticate", "proxy-connection", "server", "te", "trailer", "transfer-encoding", "upgrade", "via",
		"www-authenticate", "x-amzn-trace-id", "x-amzn-apigateway-api-id":
		return false
	case "authorization":
		// A signature was meant for the gateway (developer guide: Amazon API Gateway important notes).
		return !strings.HasPrefix(value, "AWS4-")
	}
	return true
}

// FilterMapped removes from h, the headers that mappings and overrides set for an HTTP or HTTP_PROXY integration, those
// that AWS does not send, and fails for those that break the call.
// Source: recorded AWS answer (every header of the guide's table set by requestParameters).
func FilterMapped(h *message.Pairs) error {
	kept := (*h)[:0]
	for _, p := range *h {
		var buf [longestName]byte
		switch string(lowered(&buf, p.Name)) {
		case "content-length", "transfer-encoding":
			return gatewayresponse.Configuration("Invalid header " + p.Name)
		case "x-amzn-trace-id", "x-amzn-apigateway-api-id":
			return gatewayresponse.Configuration(p.Name + " header already present")
		case "connection", "expect", "proxy-authenticate", "te", "via":
			continue
		}
		kept = append(kept, p)
	}
	clear((*h)[len(kept):])
	*h = kept
	return nil
}

// RefuseMapped fails for the headers that mappings and overrides must not set for an AWS or AWS_PROXY integration: they
// are the signature's or the connection's. Unlike FilterMapped it drops none.
// Source: recorded AWS answer (every header of the guide's table set by requestParameters).
func RefuseMapped(h message.Pairs) error {
	for i := range h {
		var buf [longestName]byte
		switch string(lowered(&buf, h[i].Name)) {
		case "authorization", "connection", "content-length", "expect", "proxy-authenticate", "te", "transfer-encoding":
			return gatewayresponse.Configuration("Invalid header " + h[i].Name)
		case "x-amzn-trace-id", "x-amzn-apigateway-api-id":
			return gatewayresponse.Configuration(h[i].Name + " header already present")
		}
	}
	return nil
}

// remappedPrefix marks headers of a backend that a client must not take for the gateway's own.
const remappedPrefix = "x-amzn-Remapped-"

// RemapProxied renames, in the headers that a proxied backend answered, those that belong to the gateway or to its
// connection, and drops those that mean nothing to the client.
// Sources: recorded AWS answer (HTTP_PROXY) for Connection, Content-Length, Date, Server and x-amzn-RequestId; developer
// guide, "Amazon API Gateway important notes", for the rest.
func RemapProxied(h *message.Pairs) {
	kept := (*h)[:0]
	for _, p := range *h {
		var buf [longestName]byte
		switch string(lowered(&buf, p.Name)) {
		case "connection", "content-length", "date", "server", "x-amzn-requestid", "x-amz-apigw-id",
			"authorization", "content-md5", "max-forwards", "user-agent", "www-authenticate":
			p.Name = remapped(p.Name)
		case "expect", "host", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding",
			"upgrade", "via":
			continue
		}
		kept = append(kept, p)
	}
	clear((*h)[len(kept):])
	*h = kept
}

// mappedResponseName is the name under which a header that responseParameters or an override set leaves the gateway; ""
// drops it. Source: recorded AWS answer (every header of the guide's table set by responseParameters), which differs
// from the table of the developer guide's "Amazon API Gateway important notes".
func mappedResponseName(name string) string {
	var buf [longestName]byte
	switch string(lowered(&buf, name)) {
	case "authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
		"proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate",
		"x-amzn-requestid", "x-amz-apigw-id": // the last two as a proxied backend's (inferred)
		return remapped(name)
	case "transfer-encoding":
		return ""
	}
	return name
}

// remapped names a header anew. The usual spellings are constants, so that they cost no memory per request.
func remapped(name string) string {
	switch name {
	case "Connection":
		return remappedPrefix + "Connection"
	case "Content-Length":
		return remappedPrefix + "Content-Length"
	case "Date":
		return remappedPrefix + "Date"
	case "Server":
		return remappedPrefix + "Server"
	case "x-amzn-RequestId":
		return remappedPrefix + "x-amzn-RequestId"
	case "WWW-Authenticate":
		return remappedPrefix + "WWW-Authenticate"
	}
	return remappedPrefix + name
}
