// Package observe tells of exchanges: in access logs, execution logs, metrics and traces.
//
// What comes in: what a stage wants observed, compiled with it, and an exchange at the points named by the functions. What
// goes out: lines and figures at the Outlets. It never changes what an exchange answers, and never makes a request wait:
// what is off costs a comparison, and what is on is appended to memory and carried away by package delivery.
//
// The lines of the execution log are AWS's. Sources: recorded AWS answers (TestInvokeMethod, failed TestInvokeMethod) and
// captured logs of stages, which carry the same lines; developer guide, "Set up CloudWatch logging for REST APIs in API
// Gateway" for masks.
package observe

import (
	"strings"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe/accesslog"
)

// lineLimit is where AWS cuts a line, in bytes; truncated then follows (recorded AWS answer).
const lineLimit = 1024

const truncated = " [TRUNCATED]"

// Started tells what was asked, after authorization and before validation.
func Started(x *message.Exchange) {
	if !x.Trace.On() {
		return
	}
	line(x, "Starting execution for request: ", x.RequestID)
	line(x, "HTTP Method: ", x.Request.Method+", Resource Path: "+x.Path)
	if !x.Trace.Full() {
		return
	}
	data(x, "Method request path: ", pairs(x.PathParameters))
	data(x, "Method request query string: ", pairs(x.Query))
	data(x, "Method request headers: ", pairs(x.Request.Header))
	data(x, "Method request body before transformations: ", string(x.Request.Body))
}

// Sending tells what the backend at uri is sent.
func Sending(x *message.Exchange, uri string, header message.Pairs, body []byte) {
	if !x.Trace.Full() {
		return
	}
	data(x, "Endpoint request URI: ", uri)
	data(x, "Endpoint request headers: ", pairs(header))
	data(x, "Endpoint request body after transformations: ", string(body))
	data(x, "Sending request to ", uri)
}

// Received tells what the backend answered, and after how long.
func Received(x *message.Exchange, status int, header message.Pairs, body []byte, latency time.Duration) {
	if !x.Trace.Full() {
		return
	}
	x.Trace.Dataf("Received response. Status: %d, Integration latency: %d ms", status, latency.Milliseconds())
	data(x, "Endpoint response headers: ", pairs(header))
	data(x, "Endpoint response body before transformations: ", string(body))
}

// Succeeded tells what the client is answered.
func Succeeded(x *message.Exchange) {
	if !x.Trace.On() {
		return
	}
	if x.Trace.Full() {
		data(x, "Method response body after transformations: ", string(x.Response.Body))
		data(x, "Method response headers: ", pairs(x.Response.Header))
	}
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
	if x.Test {
		return
	}
	if x.AWSEndpointRequestID != "" {
		line(x, "AWS Integration Endpoint RequestId : ", x.AWSEndpointRequestID)
	}
	if root := accesslog.TraceRoot(x.TraceID); x.Observed.SegmentID != 0 && root != "" {
		line(x, "X-ray Tracing ID : Root=", root)
	}
}

// line appends one line, cut as AWS cuts it.
func line(x *message.Exchange, label, text string) {
	x.Trace.Lines = append(x.Trace.Lines, message.Line{At: time.Now(), Text: cut(label, text)})
}

// data is line for what only stages with data tracing log (which lines those are is inferred from captured logs of
// stages without it).
func data(x *message.Exchange, label, text string) {
	x.Trace.Lines = append(x.Trace.Lines, message.Line{At: time.Now(), Text: cut(label, text), Data: true})
}

func cut(label, text string) string {
	if len(label)+len(text) <= lineLimit {
		return label + text
	}
	if room := lineLimit - len(label); len(text) > room {
		text = text[:room]
	}
	return (label + text)[:lineLimit] + truncated
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
