package accesslog

import (
	"strconv"
	"strings"
	"time"

	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
	"postern/java"
)

// variable is the part that shows a variable: one that only access logs have, or any $context variable of templates.
func variable(name string, stage Stage) part {
	if read := late(name); read != nil {
		return part{text: name, read: read, late: true}
	}
	if read := own(name, stage); read != nil {
		return part{text: name, read: read}
	}
	read := mapping.CompileContextVariable(name)
	if name == "error.messageString" { // a JSON text already
		return part{text: name, read: func(dst []byte, x *message.Exchange) []byte {
			value, _ := read(x)
			return append(dst, value...)
		}}
	}
	return part{text: name, read: text(func(x *message.Exchange) string {
		value, _ := read(x)
		return value
	})}
}

// late are the variables that only the end of an answer tells.
func late(name string) reader {
	switch name {
	case "responseLength":
		return func(dst []byte, x *message.Exchange) []byte {
			return strconv.AppendInt(dst, x.Observed.ResponseLength, 10)
		}
	case "responseLatency":
		return func(dst []byte, x *message.Exchange) []byte { return appendMillis(dst, x.Observed.End.Sub(x.Start)) }
	case "integrationLatency", "integration.latency":
		return since(func(o *message.Observed) time.Time { return o.CallEnd })
	case "integration.timeToFirstContent":
		return since(func(o *message.Observed) time.Time { return o.ContentAt })
	}
	return nil
}

// own are the other variables that templates do not have, or that access logs show in another way.
func own(name string, stage Stage) reader {
	switch name {
	case "requestId":
		return text(requestID)
	case "requestTime":
		return func(dst []byte, x *message.Exchange) []byte {
			return x.Start.UTC().AppendFormat(dst, "02/Jan/2006:15:04:05 +0000")
		}
	case "requestTimeEpoch":
		return func(dst []byte, x *message.Exchange) []byte {
			return strconv.AppendInt(dst, x.Start.UnixMilli(), 10)
		}
	case "status":
		return status(func(x *message.Exchange) int { return x.Response.Status })
	case "endpointType":
		return text(func(*message.Exchange) string { return stage.EndpointType })
	case "xrayTraceId":
		return text(func(x *message.Exchange) string {
			if !stage.Tracing {
				return ""
			}
			return TraceRoot(x.TraceID)
		})
	case "tlsVersion":
		return text(func(x *message.Exchange) string { return tlsVersion(x.Request.TLS) })
	case "cipherSuite":
		return text(func(x *message.Exchange) string { return cipherSuite(x.Request.TLS) })
	case "customDomain.basePathMatched":
		return text(func(x *message.Exchange) string { return x.Observed.BasePathMatched })
	case "customDomain.routingRuleIdMatched":
		return text(func(x *message.Exchange) string { return x.Observed.RoutingRuleID })
	case "wafResponseCode":
		return text(func(x *message.Exchange) string { return x.Observed.WAFResponseCode })
	case "webaclArn":
		return text(func(x *message.Exchange) string { return x.Observed.WebACLARN })
	}
	if read := ofIntegration(name); read != nil {
		return read
	}
	if read := ofPhase(name); read != nil {
		return read
	}
	return ofOverride(name)
}

// text reads a value that is escaped.
func text(value func(*message.Exchange) string) reader {
	return func(dst []byte, x *message.Exchange) []byte { return appendEscaped(dst, value(x)) }
}

// status reads a status; 0 is none.
func status(value func(*message.Exchange) int) reader {
	return func(dst []byte, x *message.Exchange) []byte {
		if n := value(x); n != 0 {
			return strconv.AppendInt(dst, int64(n), 10)
		}
		return dst
	}
}

// requestID hides a client's own id that is no UUID, whether it was taken or not.
// Source: developer guide, "Set up CloudWatch logging for REST APIs in API Gateway".
func requestID(x *message.Exchange) string {
	if sent, ok := x.Request.Header.GetFold("x-amzn-RequestId"); ok && !isUUID(sent) {
		return "UUID_REPLACED_INVALID_REQUEST_ID"
	}
	return x.RequestID
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !isHex(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// TraceRoot is the trace id in an X-Amzn-Trace-Id header, "1-5759e988-bd862e3fe1be46a994272793".
func TraceRoot(header string) string {
	_, root, ok := strings.Cut(header, "Root=")
	if !ok {
		return ""
	}
	root, _, _ = strings.Cut(root, ";")
	return root
}

// ofIntegration are the variables of the integration's call, but for those that only its end tells.
func ofIntegration(name string) reader {
	switch name {
	case "integration.timeToAllHeaders":
		return since(headersAt)
	case "integrationStatus", "integration.integrationStatus":
		return status(func(x *message.Exchange) int { return x.Observed.IntegrationStatus })
	case "integration.status":
		return status(integrationStatus)
	case "integration.error", "integrationErrorMessage":
		return text(func(x *message.Exchange) string { return x.Observed.IntegrationError })
	case "integration.requestId":
		return text(func(x *message.Exchange) string { return x.AWSEndpointRequestID })
	case "integration.responseTransferMode":
		return text(transferMode)
	}
	return nil
}

// headersAt is when the headers of a streamed answer had arrived; zero for any other.
func headersAt(o *message.Observed) time.Time {
	if o.Streamed && o.IntegrationStatus != 0 {
		return o.CallEnd
	}
	return time.Time{}
}

// transferMode names how the answer of the integration that was called came.
// Source: developer guide, "Troubleshoot issues with response streaming in API Gateway".
func transferMode(x *message.Exchange) string {
	switch o := &x.Observed; {
	case o.CallStart.IsZero():
		return ""
	case o.Streamed:
		return "STREAMED"
	}
	return "BUFFERED"
}

// since reads the time from the call of the integration until a moment.
func since(moment func(*message.Observed) time.Time) reader {
	return func(dst []byte, x *message.Exchange) []byte {
		begin, end := x.Observed.CallStart, moment(&x.Observed)
		if begin.IsZero() || end.IsZero() {
			return dst
		}
		return appendMillis(dst, end.Sub(begin))
	}
}

// integrationStatus is what a Lambda function answered, or the endpoint of any other integration.
func integrationStatus(x *message.Exchange) int {
	if x.Observed.Function {
		return x.Observed.FunctionStatus
	}
	return x.Observed.IntegrationStatus
}

// ofPhase are the variables of the phases before the integration.
func ofPhase(name string) reader {
	first, member, _ := strings.Cut(name, ".")
	var phase func(*message.Observed) *message.Phase
	switch first {
	case "waf":
		phase = func(o *message.Observed) *message.Phase { return &o.WAF }
	case "authenticate":
		phase = func(o *message.Observed) *message.Phase { return &o.Authenticate }
	case "authorize":
		phase = func(o *message.Observed) *message.Phase { return &o.Authorize }
	case "authorizer":
		phase = func(o *message.Observed) *message.Phase { return &o.Authorizer }
	default:
		return nil
	}
	switch member {
	case "error":
		return text(func(x *message.Exchange) string { return phase(&x.Observed).Error })
	case "status":
		return status(func(x *message.Exchange) int { return phase(&x.Observed).Status })
	case "latency":
		return func(dst []byte, x *message.Exchange) []byte {
			if p := phase(&x.Observed); p.Status != 0 || p.Latency != 0 {
				return appendMillis(dst, p.Latency)
			}
			return dst
		}
	}
	if first == "authorizer" {
		return ofAuthorizer(member)
	}
	return nil
}

func ofAuthorizer(member string) reader {
	switch member {
	case "requestId":
		return text(func(x *message.Exchange) string { return x.Observed.AuthorizerRequestID })
	case "integrationStatus":
		return status(func(x *message.Exchange) int { return x.Observed.AuthorizerIntegrationStatus })
	case "integrationLatency":
		return func(dst []byte, x *message.Exchange) []byte {
			if o := &x.Observed; o.AuthorizerIntegrationStatus != 0 || o.AuthorizerIntegrationLatency != 0 {
				return appendMillis(dst, o.AuthorizerIntegrationLatency)
			}
			return dst
		}
	}
	return nil
}

// ofOverride are $context.requestOverride and $context.responseOverride, as a template left them.
func ofOverride(name string) reader {
	first, below, nested := strings.Cut(name, ".")
	var root func(*message.Exchange) *java.Map
	switch first {
	case "requestOverride":
		root = func(x *message.Exchange) *java.Map { return x.RequestOverride }
	case "responseOverride":
		root = func(x *message.Exchange) *java.Map { return x.ResponseOverride }
	}
	if root == nil || !nested {
		return nil
	}
	return text(func(x *message.Exchange) string {
		m, key := root(x), below
		if group, member, deeper := strings.Cut(below, "."); deeper && m != nil {
			value, _ := m.Get(group)
			m, _ = value.(*java.Map)
			key = member
		}
		if m == nil {
			return ""
		}
		value, ok := m.Get(key)
		if !ok || value == nil {
			return ""
		}
		return java.String(value)
	})
}
