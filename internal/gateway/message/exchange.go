package message

import (
	"time"

	"postern/java"
)

// Exchange is one request's way through the gateway: what it asked, what is known of it, what it will be answered.
// Every step reads and writes the exchange and nothing else. Exchanges are reused: nothing may keep one, or a byte
// slice of one, after the pipeline has returned.
type Exchange struct {
	Request  *Request
	Response *Response

	// Set by the router.
	AccountID    string
	Region       string
	APIID        string
	Stage        string
	DeploymentID string
	ResourceID   string
	// ResourcePath is the resource's template, "/pets/{petId}".
	ResourcePath string
	// Path is the request path below the stage, as sent: "/pets/7".
	Path string
	// ContextPath is $context.path: with the stage (or base path) in front.
	ContextPath string
	DomainName  string
	// DomainPrefix is the first label of DomainName.
	DomainPrefix string
	// PathParameters holds the values as sent, not decoded.
	PathParameters Pairs
	// Query holds the query parameters, form-decoded, in order.
	Query Pairs
	// StageVariables are the stage's, with a canary's overrides applied. Never written.
	StageVariables map[string]string

	// RequestID is $context.requestId; ExtendedRequestID is x-amz-apigw-id.
	RequestID         string
	ExtendedRequestID string
	// TraceID is the X-Amzn-Trace-Id that goes to the integration.
	TraceID string
	// Start is when the request had been read.
	Start time.Time
	// SourceIP and UserAgent are $context.identity.sourceIp and .userAgent.
	SourceIP  string
	UserAgent string
	// Identity is the rest of $context.identity.
	Identity Identity
	// Authorizer is nil when the method has no authorizer.
	Authorizer *Authorizer
	// Permissions are the caller's own; nil when nothing is known of it, which permits nothing.
	Permissions Permissions
	// Canary is "true" or "false" on a stage with a canary, for the deployment that serves this request; else empty.
	Canary string
	// MethodHTTP is the method that matched on the resource: a verb or ANY.
	MethodHTTP string

	// IntegrationRequest and IntegrationResponse are what the integration is sent and what it answered.
	IntegrationRequest  IntegrationRequest
	IntegrationResponse IntegrationResponse
	// AWSEndpointRequestID is the request id that an AWS integration's endpoint answered.
	AWSEndpointRequestID string
	// Called is true once the integration's backend was called: the answer then carries the trace id.
	Called bool
	// RequestOverride and ResponseOverride are $context.requestOverride and $context.responseOverride, made when a
	// template first touches them. They live as long as the exchange: what a request template sets there, the
	// response template of a MOCK integration reads.
	RequestOverride  *java.Map
	ResponseOverride *java.Map
	// Error is set once the exchange ends early.
	Error *Error

	// Observed is what is noted for access logs, metrics and traces.
	Observed Observed

	// Test is true in a test invocation: no stage, no binary handling.
	Test bool
	// Trace explains the exchange step by step; nil when nobody reads it.
	Trace *Trace
}

// Reset empties x and keeps its memory, so that it can serve another exchange.
func (x *Exchange) Reset() {
	x.PathParameters.Reset()
	x.Query.Reset()
	x.IntegrationRequest.Reset()
	x.IntegrationResponse.Reset()
	parameters, query, sent, received := x.PathParameters, x.Query, x.IntegrationRequest, x.IntegrationResponse
	*x = Exchange{} // at once, which a literal that names fields of x would not be
	x.PathParameters, x.Query, x.IntegrationRequest, x.IntegrationResponse = parameters, query, sent, received
}

// Now is the time. It costs half of what time.Now does, which reads two clocks.
func (x *Exchange) Now() time.Time {
	if x.Start.IsZero() {
		return time.Now()
	}
	return x.Start.Add(time.Since(x.Start))
}
