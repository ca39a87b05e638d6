// Package observe writes the execution log: the lines that explain an exchange, in AWS's words.
//
// What comes in: an exchange at the points named by the functions. What goes out: lines in x.Trace. With no trace the
// functions return at once; they never change an exchange.
//
// Sources: recorded AWS answers (TestInvokeMethod, failed TestInvokeMethod), which carry the same lines as the execution
// log of a stage; developer guide, "Set up CloudWatch logging for REST APIs in API Gateway" for masks.
package observe

import (
	"strings"
	"time"

	"postern/internal/gateway/message"
)

// lineLimit is where AWS cuts a line, in bytes.
const lineLimit = 1024

const truncated = " [TRUNCATED]"

// Started tells what was asked, after authorization and before validation.
func Started(x *message.Exchange) {
	if !x.Trace.On() {
		return
	}
	if !x.Test {
		line(x, "Extended Request Id: ", x.ExtendedRequestID)
	}
	line(x, "Starting execution for request: ", x.RequestID)
	line(x, "HTTP Method: ", x.Request.Method+", Resource Path: "+x.Path)
	line(x, "Method request path: ", pairs(x.PathParameters))
	line(x, "Method request query string: ", pairs(x.Query))
	line(x, "Method request headers: ", pairs(x.Request.Header))
	line(x, "Method request body before transformations: ", string(x.Request.Body))
}

// Sending tells what the backend at uri is sent.
func Sending(x *message.Exchange, uri string, header message.Pairs, body []byte) {
	if !x.Trace.On() {
		return
	}
	line(x, "Endpoint request URI: ", uri)
	line(x, "Endpoint request headers: ", pairs(header))
	line(x, "Endpoint request body after transformations: ", string(body))
	line(x, "Sending request to ", uri)
}

// Received tells what the backend answered, and after how long.
func Received(x *message.Exchange, status int, header message.Pairs, body []byte, latency time.Duration) {
	if !x.Trace.On() {
		return
	}
	x.Trace.Addf("Received response. Status: %d, Integration latency: %d ms", status, latency.Milliseconds())
	line(x, "Endpoint response headers: ", pairs(header))
	line(x, "Endpoint response body before transformations: ", string(body))
}

// Succeeded tells what the client is answered.
func Succeeded(x *message.Exchange) {
	if !x.Trace.On() {
		return
	}
	line(x, "Method response body after transformations: ", string(x.Response.Body))
	line(x, "Method response headers: ", pairs(x.Response.Header))
	line(x, "Successfully completed execution", "")
	completed(x)
}

// Failed tells why the exchange ended early; reason may be empty.
func Failed(x *message.Exchange, reason string) {
	if !x.Trace.On() {
		return
	}
	if reason != "" {
		line(x, reason, "")
	}
	completed(x)
}

func completed(x *message.Exchange) {
	x.Trace.Addf("Method completed with status: %d", x.Response.Status)
}

// line appends one line, cut as AWS cuts it.
func line(x *message.Exchange, label, text string) {
	text = label + text
	if len(text) > lineLimit {
		text = text[:lineLimit-len(truncated)] + truncated
	}
	x.Trace.Addf("%s", text)
}

// pairs shows a map as Java does: {a=1, b=2}.
func pairs(list message.Pairs) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, p := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(masked(p.Name, p.Value))
	}
	b.WriteByte('}')
	return b.String()
}

// masked hides all but the last six characters of what gives access.
func masked(name, value string) string {
	const shown = 6
	for _, secret := range [...]string{"Authorization", "X-Api-Key", "X-Amz-Security-Token"} {
		if message.EqualFold(name, secret) {
			hidden := max(len(value)-shown, 0)
			return strings.Repeat("*", hidden) + value[hidden:]
		}
	}
	return value
}
