package gatewayresponse

// ExplicitDeny answers a caller whom the policy of a Lambda authorizer denies the method.
// Source: knowledge center, "HTTP 403 errors". Newer answers end in " in an identity-based policy".
var ExplicitDeny = AccessDenied.WithMessage(AccessDenied.message + " with an explicit deny")

// The refusals of a signed request that have no type of their own. Sources: captured replies; the error types are those
// of AWS's other services.
var (
	// TokenExpired answers a Cognito user pool's token that is no longer good. Source: public reports.
	TokenExpired = Unauthorized.WithMessage("The incoming token has expired")
	// UnrecognizedClient answers an access key that nobody knows, or a session token that is not the key's. The knowledge
	// center's article on 403 errors lists this text under AccessDeniedException; replies carry the type below.
	UnrecognizedClient = &Error{
		kind: default4XX, status: 403, errorType: "UnrecognizedClientException",
		message: "The security token included in the request is invalid.",
	}
)

// MalformedSignature answers a signature that has not all its parts.
func MalformedSignature(message string) *Error {
	return &Error{kind: default4XX, status: 403, errorType: "IncompleteSignatureException", message: message}
}
