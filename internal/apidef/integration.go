package apidef

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

// ErrNoIntegration is what operations on a method without integration answer. Recorded AWS answer: GetIntegration.
var ErrNoIntegration = awserr.NotFound.Errorf("Invalid Integration identifier specified")

// The values of Integration.ConnectionType, PassthroughBehavior, ContentHandling and ResponseTransferMode.
const (
	OverInternet     = "INTERNET"
	OverVPCLink      = "VPC_LINK"
	WhenNoMatch      = "WHEN_NO_MATCH"
	WhenNoTemplates  = "WHEN_NO_TEMPLATES"
	Never            = "NEVER"
	ConvertToBinary  = "CONVERT_TO_BINARY"
	ConvertToText    = "CONVERT_TO_TEXT"
	Buffered         = "BUFFERED"
	Stream           = "STREAM"
	CallerIdentity   = "arn:aws:iam::*:user/*" // Integration.Credentials: call the backend as the caller
	defaultTimeout   = 29000
	streamedTimeout  = 300000 // of HTTP_PROXY with STREAM
	shortestTimeout  = 50
	connectionIDHint = "ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK"
)

var connectionID = regexp.MustCompile(`^(?:[a-zA-Z0-9]+|\$\{stageVariables\.[a-zA-Z0-9_]+\})$`)

// Place is where an integration stands, and what bounds it.
type Place struct {
	ResourceID string // the default of cacheNamespace
	// Method declares the parameters that the integration may read.
	Method *Method
	// AccountID is the caller's account: a role of another one is refused. "" allows every role.
	AccountID string
	Limits    Limits
}

// NewIntegration checks what PutIntegration was given, in AWS's order, and fills in the defaults. timeout is
// timeoutInMillis as sent; nil is the default.
// Recorded AWS answers: PutIntegration.
func NewIntegration(in Integration, timeout *int, at Place) (*Integration, error) {
	if err := in.checkTarget(); err != nil {
		return nil, err
	}
	in.setDefaults(at.ResourceID, timeout)
	checks := []func(Place) error{
		in.checkCredentials, in.checkConnection, in.checkParameters,
		in.checkTemplates, in.checkTimeout, in.checkEnums, in.checkCacheKeys,
	}
	for _, check := range checks {
		if err := check(at); err != nil {
			return nil, err
		}
	}
	in.Responses = nil
	return &in, nil
}

// checkTarget checks the backend's verb, then its address; MOCK has neither, and drops what was sent.
func (in *Integration) checkTarget() error {
	if in.Type == Mock {
		in.HTTPMethod, in.URI = "", ""
		return nil
	}
	if in.HTTPMethod == "" {
		return awserr.BadRequest.Errorf("Enumeration value for HttpMethod must be non-empty")
	}
	if err := CheckHTTPMethod(in.HTTPMethod); err != nil {
		return err
	}
	return in.checkURI()
}

func (in *Integration) isHTTP() bool { return in.Type == HTTP || in.Type == HTTPProxy }

// defaultTimeout is timeoutInMillis unless it is set. Source: developer guide, "Set up an HTTP proxy integration with payload
// response streaming in API Gateway".
func (in *Integration) defaultTimeout() int {
	if in.ResponseTransferMode == Stream && in.Type == HTTPProxy {
		return streamedTimeout
	}
	return defaultTimeout
}

func (in *Integration) setDefaults(resourceID string, timeout *int) {
	in.TimeoutInMillis = in.defaultTimeout()
	if timeout != nil {
		in.TimeoutInMillis = *timeout
	}
	if in.PassthroughBehavior == "" {
		in.PassthroughBehavior = WhenNoMatch
	}
	if in.CacheNamespace == "" {
		in.CacheNamespace = resourceID
	}
	if in.CacheKeyParameters == nil {
		in.CacheKeyParameters = []string{}
	}
	if len(in.RequestParameters) == 0 {
		in.RequestParameters = nil
	}
	if len(in.RequestTemplates) == 0 {
		in.RequestTemplates = nil
	}
	in.settleConnection()
}

// settleConnection: AWS shows INTERNET for HTTP and HTTP_PROXY only, and for these whether it was sent or not.
// Recorded AWS answers: PutIntegration of each type.
func (in *Integration) settleConnection() {
	switch {
	case in.isHTTP() && in.ConnectionType == "":
		in.ConnectionType = OverInternet
	case !in.isHTTP() && in.ConnectionType == OverInternet:
		in.ConnectionType = ""
	}
}

// checkCredentials: a role must be an ARN, and of the caller's account; only Lambda functions are called without one.
func (in *Integration) checkCredentials(at Place) error {
	role := in.Credentials
	if role == "" {
		if in.Type == AWS && !in.callsLambda() {
			return awserr.BadRequest.Errorf("Role ARN must be specified for AWS integrations")
		}
		return nil
	}
	if !isARN(role) && stageVariable.FindString(role) != role {
		return awserr.BadRequest.Errorf("Invalid ARN specified in the request")
	}
	a, err := arn.Parse(role)
	//nolint:nilerr // a stage variable may complete what is no ARN yet
	if err != nil || strings.Contains(role, "${") || at.AccountID == "" {
		return nil
	}
	if a.Account != "*" && a.Account != at.AccountID {
		return awserr.AccessDenied.Errorf("Cross-account pass role is not allowed.")
	}
	return nil
}

// checkConnection checks connectionType, connectionId, integrationTarget, tlsConfig and responseTransferMode against
// the type. The refusals by type are inferred from the API reference, which restricts them.
func (in *Integration) checkConnection(Place) error {
	if in.ConnectionType == OverVPCLink {
		if !in.isHTTP() {
			return awserr.BadRequest.Errorf("Connection type VPC_LINK is only supported for HTTP and HTTP_PROXY integrations")
		}
		if !connectionID.MatchString(in.ConnectionID) {
			return awserr.BadRequest.Errorf(connectionIDHint)
		}
	}
	if in.IntegrationTarget != "" {
		if in.ConnectionType != OverVPCLink {
			return awserr.BadRequest.Errorf("IntegrationTarget is only supported on connection type VPC_LINK")
		}
		if !isARN(in.IntegrationTarget) {
			return awserr.BadRequest.Errorf("Invalid ARN specified in the request")
		}
	}
	if in.TLSConfig != nil && !in.isHTTP() {
		return awserr.BadRequest.Errorf("TlsConfig is only supported for HTTP and HTTP_PROXY integrations")
	}
	if in.ResponseTransferMode == Stream && in.Type != HTTPProxy && in.Type != AWSProxy {
		return awserr.BadRequest.Errorf("Response transfer mode STREAM is only supported for HTTP_PROXY and AWS_PROXY integrations")
	}
	return nil
}

func (in *Integration) checkParameters(at Place) error {
	var found faults
	for _, key := range slices.Sorted(maps.Keys(in.RequestParameters)) {
		checkRequestMapping(&found, key, in.RequestParameters[key], at.Method)
	}
	return found.err()
}

func checkRequestMapping(found *faults, key, value string, method *Method) {
	found.checkKey(key, IntegrationRequest, InPath, InQueryString, InHeader)
	if e, ok := found.checkValue(value, MethodRequest); ok {
		found.checkDeclared(e, value, method)
	}
}

func (in *Integration) checkTemplates(at Place) error {
	return checkTemplates(in.RequestTemplates, at.Limits.TemplateBytes)
}

func (in *Integration) checkTimeout(at Place) error {
	longest := at.Limits.IntegrationTimeout
	if in.ResponseTransferMode == Stream {
		longest = max(longest, at.Limits.StreamTimeout)
	}
	if in.TimeoutInMillis < shortestTimeout || in.TimeoutInMillis > longest {
		return awserr.BadRequest.Errorf("Timeout should be between %d ms and %d ms", shortestTimeout, longest)
	}
	return nil
}

// checkEnums checks what the service model leaves as plain strings, and what a patch may set.
func (in *Integration) checkEnums(Place) error {
	for _, member := range []struct {
		name, value string
		legal       []string
	}{
		{"passthrough behavior", in.PassthroughBehavior, []string{WhenNoMatch, WhenNoTemplates, Never}},
		{"content handling", in.ContentHandling, []string{"", ConvertToBinary, ConvertToText}},
		{"connection type", in.ConnectionType, []string{"", OverInternet, OverVPCLink}},
		{"response transfer mode", in.ResponseTransferMode, []string{"", Buffered, Stream}},
	} {
		if !slices.Contains(member.legal, member.value) {
			return awserr.BadRequest.Errorf("Invalid %s specified", member.name)
		}
	}
	return nil
}

// checkCacheKeys checks the form only: at put time a cache key need not be declared on the method yet.
func (in *Integration) checkCacheKeys(Place) error {
	for _, key := range in.CacheKeyParameters {
		if _, err := parseCacheKey(key); err != nil {
			return err
		}
	}
	return nil
}

func parseCacheKey(key string) (Expression, error) {
	e, fault := ParseExpression(key)
	if fault != 0 || e.Source != MethodRequest && e.Source != IntegrationRequest || e.Location == InBody {
		return e, awserr.BadRequest.Errorf("Invalid cache key parameter specified")
	}
	return e, nil
}
