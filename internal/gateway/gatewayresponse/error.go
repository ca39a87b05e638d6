package gatewayresponse

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// Error is an early end of an exchange: a gateway response type with its message. Errors are never changed; the With
// methods return changed copies.
type Error struct {
	kind kind
	// status replaces the type's own status unless zero.
	status int
	// errorType replaces the type's own x-amzn-ErrorType unless empty.
	errorType string
	message   string
	form      form
	// validation is $context.error.validationErrorString.
	validation string
	log        string
	// fixed is the whole body of an answer that customers cannot change, and contentType its type.
	fixed       string
	contentType string
}

// form is how the default body shows the message.
type form uint8

const (
	// The zero form is that of errors before the execution of the method: {"message":"Forbidden"}.
	_ form = iota
	// spaced is the form of errors of the execution: {"message": "Internal server error"}. It is messageString itself
	// that starts with the blank (captured access log).
	spaced
	// capital is the form of ACCESS_DENIED: {"Message":"..."}.
	capital
)

// Error is the message that the client sees.
func (e *Error) Error() string { return e.message }

// Type is the gateway response type, "MISSING_AUTHENTICATION_TOKEN".
func (e *Error) Type() string { return kindTable[e.kind].name }

// Log is the line that the error leaves in the execution log, or "".
func (e *Error) Log() string { return e.log }

// WithMessage returns e with another message.
func (e *Error) WithMessage(message string) *Error {
	c := *e
	c.message = message
	return &c
}

// WithStatus returns e with another status than its type's.
func (e *Error) WithStatus(status int) *Error {
	c := *e
	c.status = status
	return &c
}

// WithLog returns e with a line for the execution log.
func (e *Error) WithLog(line string) *Error {
	c := *e
	c.log = line
	return &c
}

// WithValidation returns e with a $context.error.validationErrorString.
func (e *Error) WithValidation(detail string) *Error {
	c := *e
	c.validation = detail
	return &c
}

const internalServerError = "Internal server error"

// The early ends that have one text. Sources: the package's; texts of captured replies.
var (
	// AccessDenied answers whom a policy refuses. Its log line was captured where a resource policy did; that other policies
	// leave the same is inferred.
	AccessDenied = &Error{
		kind: accessDenied, message: "User is not authorized to access this resource", form: capital,
		log: "The client is not authorized to perform this operation.",
	}
	AuthorizerConfiguration    = &Error{kind: authorizerConfigurationError}
	AuthorizerFailure          = &Error{kind: authorizerFailure, message: internalServerError}
	InvalidRequestBody         = &Error{kind: badRequestBody, message: "Invalid request body", form: spaced}
	ExpiredToken               = &Error{kind: expiredToken, message: "The security token included in the request is expired"}
	InvalidAPIKey              = &Error{kind: invalidAPIKey, message: "Forbidden"}
	InvalidSignature           = &Error{kind: invalidSignature, message: "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
	MissingAuthenticationToken = &Error{kind: missingAuthenticationToken, message: "Missing Authentication Token"}
	QuotaExceeded              = &Error{kind: quotaExceeded, message: "Limit Exceeded"}
	ResourceNotFound           = &Error{kind: resourceNotFound, message: "Not Found"}
	Throttled                  = &Error{kind: throttled, message: "Too Many Requests"}
	Unauthorized               = &Error{kind: unauthorized, message: "Unauthorized"}
	UnsupportedMediaType       = &Error{kind: unsupportedMediaType, message: "Unsupported Media Type", form: spaced}
	WAFFiltered                = &Error{kind: wafFiltered, message: "Forbidden"}

	// Forbidden answers a request for a stage that is not there, or for an API whose default endpoint is disabled.
	Forbidden = &Error{kind: default4XX, status: 403, errorType: "ForbiddenException", message: "Forbidden"}
	// RequestTooLarge answers a body over 10 MB: plain text that no customer can change (captured replies).
	RequestTooLarge = &Error{
		kind: requestTooLarge, message: "HTTP content length exceeded 10485760 bytes",
		fixed: "HTTP content length exceeded 10485760 bytes.", contentType: "text/plain",
	}
	// RequestTooLong answers a request that is larger, as the event of a function, than Lambda takes (captured reply).
	RequestTooLong = &Error{kind: requestTooLarge, errorType: "BadRequestException", message: "Request Too Long", form: spaced}
	// URITooLong answers a URL or a method ARN that is too long. Source: developer guide, "Quotas for configuring and
	// running a REST API in API Gateway".
	URITooLong = &Error{kind: default4XX, status: 414, errorType: "RequestURITooLongException", message: "Request URI too long"}

	// IntegrationTimeout is an integration that did not answer within its timeout (captured reply and log).
	IntegrationTimeout = &Error{
		kind: integrationTimeout, message: "Endpoint request timed out", form: spaced,
		log: "Execution failed due to a timeout error",
	}
	// NotPOST is an AWS_PROXY integration whose httpMethod is another than POST: 500, although the guide gives 504 for
	// INTEGRATION_FAILURE (recorded AWS answer).
	NotPOST = &Error{
		kind: integrationFailure, status: 500, message: internalServerError, form: spaced,
		log: "Execution failed due to configuration error: Unable to determine service/operation name to be authorized",
	}
	// Internal is a fault of the gateway itself.
	Internal = &Error{kind: default5XX, message: internalServerError, form: spaced}
)

// HeadersTooLarge answers header lines that have more bytes together than limit: plain text that no customer can change
// (public report: "HTTP header is larger than 10240 bytes."; the status is inferred).
func HeadersTooLarge(limit int) *Error {
	text := "HTTP header is larger than " + strconv.Itoa(limit) + " bytes"
	return &Error{
		kind: default4XX, status: 431, errorType: "RequestHeaderFieldsTooLargeException", message: text,
		fixed: text + ".", contentType: "text/plain",
	}
}

// Configuration is a method that cannot be executed as it is configured: 500 for the client, the reason in the log.
func Configuration(reason string) *Error {
	return &Error{
		kind: apiConfigurationError, message: internalServerError, form: spaced,
		log: "Execution failed due to configuration error: " + reason,
	}
}

// Refused is a backend that was called, and would not do what it was asked or did not answer as it must. The client is
// answered the status, 500 or 502, and the log gets the line. Source: public reports (access logs of functions that failed
// and that were throttled) for INTEGRATION_FAILURE.
func Refused(status int, log string) *Error {
	return &Error{kind: integrationFailure, status: status, message: internalServerError, form: spaced, log: log}
}

// Transformation is a template that cannot be compiled or rendered. Source: captured execution logs.
func Transformation() *Error { return Configuration("Unable to transform request") }

// Network is a connection to the backend that broke. Sources: captured reply (504, 56 bytes) and log.
func Network(reason string) *Error {
	return &Error{
		kind: integrationFailure, message: "Network error communicating with endpoint", form: spaced,
		log: "Execution failed due to a network error communicating with endpoint: " + reason,
	}
}

// MissingParameters is a request without parameters that the method requires, named in order.
// Source: recorded AWS answer (request validator).
func MissingParameters(names []string) *Error {
	list := "[" + strings.Join(names, ", ") + "]"
	return &Error{kind: badRequestParameters, message: "Missing required request parameters: " + list, form: spaced, validation: list}
}

// InvalidJSONBody is a request whose body a parameter mapping reads, and which is not JSON (observed by an emulator's
// authors).
func InvalidJSONBody() *Error {
	return &Error{kind: badRequestBody, message: "Invalid JSON in request body", form: spaced}
}

// IncompleteSignature is what an Authorization header that is no AWS signature gets on an unknown route. AWS reads the
// header as a signature: an algorithm, then key=value pairs. Source: captured replies; which part of the header AWS
// hashes is not known, the whole value is taken here.
func IncompleteSignature(authorization string) *Error {
	e := &Error{kind: default4XX, status: 403, errorType: "IncompleteSignatureException"}
	algorithm, pairs, _ := strings.Cut(authorization, " ")
	if strings.TrimSpace(pairs) != "" && !strings.Contains(pairs, "=") {
		sum := sha256.Sum256([]byte(authorization))
		e.message = "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'."
		return e
	}
	e.message = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
		"Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
		"'X-Amz-Date' or a 'Date' header. Authorization=" + algorithm
	return e
}

// NotRun answers for a method that AWS would run and Postern cannot run yet; what completes "Postern does not run ...
// yet". No customer's gateway response hides it.
func NotRun(what string) *Error {
	text := "Postern does not run " + what + " yet"
	return &Error{
		kind: default5XX, status: 501, errorType: "NotImplementedException", message: text,
		fixed: `{"message":"` + text + `"}`, contentType: "application/json", log: text,
	}
}
