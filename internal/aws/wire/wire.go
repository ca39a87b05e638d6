// Package wire is AWS's wire: it tells which service a request addresses, and carries a call from the bytes of a
// request to a typed handler and back to the bytes of an answer.
//
// What comes in: a message.Request and who calls. What goes out: a filled message.Response, always; an error becomes
// AWS's error answer here and nowhere else. The types and the route table of each service are generated from its model
// (folders named after the service); how they look on the wire is a Protocol (restjson). This package never verifies a
// signature, never decides what an operation does, and knows no HTTP library.
package wire

import "postern/internal/gateway/message"

// Call is who calls, from where, and under which id the answer goes out.
type Call struct {
	// Account is the twelve digits of the account that the call acts on.
	Account string
	// Region is the region that the call addresses, "us-east-1".
	Region string
	// AccessKeyID is the key that the call was signed with; empty when it was not.
	AccessKeyID string
	// PrincipalARN names who signed the call, a user's, a role session's or the account's root; empty when nobody verified it.
	PrincipalARN string
	// RequestID goes out as x-amzn-RequestId.
	RequestID string
	// ExtendedRequestID goes out as x-amz-apigw-id, which API Gateway sends; empty sends none.
	ExtendedRequestID string
	// Operation is AWS's name of the operation, "PutIntegration". Set by Service.Serve.
	Operation string
	// Request is the request as it arrived. Set by Service.Serve. Its body is valid until the call ends.
	Request *message.Request
}

// Timestamp is a point in time in seconds since the epoch, as API Gateway writes it in JSON bodies.
type Timestamp int64

// Millis is a point in time in milliseconds since the epoch, for services that write fractions of a second.
type Millis int64
