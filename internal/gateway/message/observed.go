package message

import "time"

// Observed is what the steps note along the way for access logs, metrics and traces. A step fills in its own part, and
// only that; what stays zero is shown as "-" and counted nowhere.
// Source: developer guide, "Variables for access logging for API Gateway".
type Observed struct {
	// CallStart is when the integration's endpoint was called, and CallEnd when it had answered or failed; zero if it was
	// not called. Fill them with observe.CallStarted and observe.CallEnded. $context.integrationLatency is between them.
	CallStart, CallEnd time.Time
	// Streamed tells that the integration's response transfer mode is STREAM. CallEnd is then when all headers of the answer
	// had arrived, and ContentAt when the first byte of its body had, which observe.Watch sets.
	Streamed  bool
	ContentAt time.Time
	// IntegrationStatus is the status that the endpoint answered, $context.integrationStatus; for Lambda functions it is
	// that of Lambda itself.
	IntegrationStatus int
	// Function tells that the integration is a Lambda proxy, and FunctionStatus is the statusCode that its function
	// answered, $context.integration.status; other integrations show IntegrationStatus there.
	Function       bool
	FunctionStatus int
	// IntegrationError is $context.integration.error and $context.integrationErrorMessage.
	IntegrationError string

	// Cache is what the stage cache did for this exchange.
	Cache CacheResult

	// WAF, Authenticate and Authorize are the phases of these names: the web ACL, the check of the caller's signature or
	// token, the decision on what it may do.
	WAF, Authenticate, Authorize Phase
	// Authorizer is the Lambda or Cognito authorizer, $context.authorizer.error, .latency, .status.
	Authorizer Phase
	// AuthorizerRequestID is the request id that a Lambda authorizer's endpoint answered.
	AuthorizerRequestID string
	// AuthorizerIntegrationStatus and AuthorizerIntegrationLatency are of the call of the authorizer's function.
	AuthorizerIntegrationStatus  int
	AuthorizerIntegrationLatency time.Duration
	// WAFResponseCode is WAF_ALLOW or WAF_BLOCK, and WebACLARN the web ACL that said so.
	WAFResponseCode string
	WebACLARN       string

	// BasePathMatched is the base path mapping that a custom domain's request matched, "(none)" for the empty one, and
	// RoutingRuleID the routing rule.
	BasePathMatched string
	RoutingRuleID   string

	// End is when the answer was complete, and ResponseLength how long its body is, in bytes. Set by observe.Watch.
	End            time.Time
	ResponseLength int64

	// SegmentID and CallID are the spans of a traced exchange and of its integration call, zero when it is not traced.
	SegmentID, CallID uint64
}

// Phase is how one phase of an exchange went.
type Phase struct {
	// Status is an HTTP status; zero: the phase was not run.
	Status  int
	Latency time.Duration
	// Error is why it failed, or "".
	Error string
}

// CacheResult is what the stage cache did for an exchange.
type CacheResult uint8

const (
	// NotCached is an exchange whose method has no cache, or that went around it.
	NotCached CacheResult = iota
	// CacheHit was answered from the cache.
	CacheHit
	// CacheMiss asked the integration.
	CacheMiss
)
