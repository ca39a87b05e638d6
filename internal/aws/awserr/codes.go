package awserr

import "net/http"

// The exceptions that the API Gateway model declares.
// Source: API Gateway API reference, errors of each operation.
var (
	BadRequest         = Code{"BadRequestException", http.StatusBadRequest}
	Unauthorized       = Code{"UnauthorizedException", http.StatusUnauthorized}
	NotFound           = Code{"NotFoundException", http.StatusNotFound}
	Conflict           = Code{"ConflictException", http.StatusConflict}
	LimitExceeded      = Code{"LimitExceededException", http.StatusTooManyRequests}
	TooManyRequests    = Code{"TooManyRequestsException", http.StatusTooManyRequests}
	ServiceUnavailable = Code{"ServiceUnavailableException", http.StatusServiceUnavailable}
)

// The errors that every AWS service may answer with, which no model declares.
// Source: API Gateway API reference, Common Errors; Validation and Serialization: recorded AWS answers.
var (
	Validation                 = Code{"ValidationException", http.StatusBadRequest}
	Serialization              = Code{"SerializationException", http.StatusBadRequest}
	AccessDenied               = Code{"AccessDeniedException", http.StatusForbidden}
	ExpiredToken               = Code{"ExpiredTokenException", http.StatusForbidden}
	IncompleteSignature        = Code{"IncompleteSignature", http.StatusForbidden}
	InvalidSignature           = Code{"InvalidSignatureException", http.StatusForbidden}
	MissingAuthenticationToken = Code{"MissingAuthenticationTokenException", http.StatusForbidden}
	UnrecognizedClient         = Code{"UnrecognizedClientException", http.StatusForbidden}
	UnknownOperation           = Code{"UnknownOperationException", http.StatusNotFound}
	RequestEntityTooLarge      = Code{"RequestEntityTooLargeException", http.StatusRequestEntityTooLarge}
	InternalFailure            = Code{"InternalFailure", http.StatusInternalServerError}
)

// The errors that every service of the query protocol may answer with, which no model declares.
// Source: IAM API reference, Common Errors; recorded AWS answers.
var (
	InvalidAction   = Code{"InvalidAction", http.StatusBadRequest}
	MissingAction   = Code{"MissingAction", http.StatusBadRequest}
	MalformedInput  = Code{"MalformedInput", http.StatusBadRequest}
	ValidationError = Code{"ValidationError", http.StatusBadRequest}
)

// NotImplemented is Postern's own: AWS has the operation, Postern does not have it yet.
var NotImplemented = Code{"NotImplementedException", http.StatusNotImplemented}
