package gatewayresponse

// kind is a gateway response type.
type kind uint8

const (
	accessDenied kind = iota
	apiConfigurationError
	authorizerConfigurationError
	authorizerFailure
	badRequestBody
	badRequestParameters
	default4XX
	default5XX
	expiredToken
	integrationFailure
	integrationTimeout
	invalidAPIKey
	invalidSignature
	missingAuthenticationToken
	quotaExceeded
	requestTooLarge
	resourceNotFound
	throttled
	unauthorized
	unsupportedMediaType
	wafFiltered
	kinds // how many there are
)

// kindTable holds what AWS answers for each type unless an error or a customer says otherwise.
// Sources: recorded AWS answer (gateway response CRUD) for names and statuses; captured replies for error types, of
// which those of expiredToken, requestTooLarge, resourceNotFound, unsupportedMediaType and wafFiltered are inferred.
var kindTable = [kinds]struct {
	name      string
	status    int
	errorType string // x-amzn-ErrorType
}{
	accessDenied:                 {"ACCESS_DENIED", 403, "AccessDeniedException"},
	apiConfigurationError:        {"API_CONFIGURATION_ERROR", 500, "InternalServerErrorException"},
	authorizerConfigurationError: {"AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException"},
	authorizerFailure:            {"AUTHORIZER_FAILURE", 500, "InternalServerErrorException"},
	badRequestBody:               {"BAD_REQUEST_BODY", 400, "BadRequestException"},
	badRequestParameters:         {"BAD_REQUEST_PARAMETERS", 400, "BadRequestException"},
	default4XX:                   {"DEFAULT_4XX", 400, "BadRequestException"},
	default5XX:                   {"DEFAULT_5XX", 500, "InternalServerErrorException"},
	expiredToken:                 {"EXPIRED_TOKEN", 403, "ExpiredTokenException"},
	integrationFailure:           {"INTEGRATION_FAILURE", 504, "InternalServerErrorException"},
	integrationTimeout:           {"INTEGRATION_TIMEOUT", 504, "InternalServerErrorException"},
	invalidAPIKey:                {"INVALID_API_KEY", 403, "ForbiddenException"},
	invalidSignature:             {"INVALID_SIGNATURE", 403, "InvalidSignatureException"},
	missingAuthenticationToken:   {"MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException"},
	quotaExceeded:                {"QUOTA_EXCEEDED", 429, "LimitExceededException"},
	requestTooLarge:              {"REQUEST_TOO_LARGE", 413, "RequestEntityTooLargeException"},
	resourceNotFound:             {"RESOURCE_NOT_FOUND", 404, "ResourceNotFoundException"},
	throttled:                    {"THROTTLED", 429, "TooManyRequestsException"},
	unauthorized:                 {"UNAUTHORIZED", 401, "UnauthorizedException"},
	unsupportedMediaType:         {"UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException"},
	wafFiltered:                  {"WAF_FILTERED", 403, "ForbiddenException"},
}

func kindOf(name string) (kind, bool) {
	for k := range kinds {
		if kindTable[k].name == name {
			return k, true
		}
	}
	return 0, false
}

// class is the DEFAULT type that speaks for k when k itself is not customized.
func (k kind) class() kind {
	if kindTable[k].status >= 500 {
		return default5XX
	}
	return default4XX
}
