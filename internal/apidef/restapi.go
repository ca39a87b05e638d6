package apidef

import (
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// The values of EndpointConfiguration.Types, IPAddressType, RestAPI.APIKeySource and EndpointAccessMode.
const (
	Edge      = "EDGE"
	Regional  = "REGIONAL"
	Private   = "PRIVATE"
	IPv4      = "ipv4"
	DualStack = "dualstack"

	KeyFromHeader     = "HEADER"
	KeyFromAuthorizer = "AUTHORIZER"

	AccessBasic  = "BASIC"
	AccessStrict = "STRICT"
)

const (
	maxCompressionSize = 10485760
	onlyDualStack      = "Only dualstack ipAddressType is supported for Private APIs."
	onlyPrivate        = "VPCEndpoints can only be specified with PRIVATE apis."
)

// EndpointType is the API's one endpoint type.
func (a *RestAPI) EndpointType() string {
	if len(a.EndpointConfiguration.Types) == 0 {
		return Edge
	}
	return a.EndpointConfiguration.Types[0]
}

// NewRestAPI checks what CreateRestApi was given, in AWS's order, and fills in the defaults. sent tells about
// members whose empty value differs from an absent one.
// Recorded AWS answers: CreateRestApi.
func NewRestAPI(a RestAPI, sent Sent, owner Owner) (*RestAPI, error) {
	if sent.EmptyDescription {
		return nil, awserr.BadRequest.Errorf("Description cannot be an empty string")
	}
	if a.Name == "" {
		return nil, awserr.BadRequest.Errorf("Name cannot be empty")
	}
	if err := checkCompressionSize(a.MinimumCompressionSize); err != nil {
		return nil, err
	}
	if err := a.EndpointConfiguration.setDefaults(sent.EmptyTypes); err != nil {
		return nil, err
	}
	if a.APIKeySource == "" {
		a.APIKeySource = KeyFromHeader
	}
	if err := checkAPIKeySource(a.APIKeySource); err != nil {
		return nil, err
	}
	if len(a.BinaryMediaTypes) == 0 {
		a.BinaryMediaTypes = nil
	}
	if err := a.settle(); err != nil {
		return nil, err
	}
	if err := a.setPolicy(a.Policy, owner); err != nil {
		return nil, err
	}
	return &a, nil
}

// Sent tells which members of a request were there, though empty.
type Sent struct {
	EmptyDescription bool // description: ""
	EmptyTypes       bool // endpointConfiguration.types: []
}

func checkCompressionSize(size *int) error {
	if size != nil && (*size < 0 || *size > maxCompressionSize) {
		return awserr.BadRequest.Errorf("Invalid minimum compression size, must be between 0 and %d", maxCompressionSize)
	}
	return nil
}

// checkAPIKeySource checks what a definition or a patch may say; the model's enum answers to requests. The text is inferred.
func checkAPIKeySource(source string) error {
	if source != KeyFromHeader && source != KeyFromAuthorizer {
		return awserr.BadRequest.Errorf("Invalid ApiKeySource specified. Valid options are HEADER,AUTHORIZER")
	}
	return nil
}

// checkEndpointType is likewise. Recorded AWS answer: UpdateRestApi.
func checkEndpointType(endpointType string) error {
	if !slices.Contains([]string{Regional, Edge, Private}, endpointType) {
		return awserr.BadRequest.Errorf("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
	}
	return nil
}

func (e *EndpointConfiguration) setDefaults(emptyTypes bool) error {
	switch {
	case emptyTypes:
		return awserr.BadRequest.Errorf("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
	case len(e.Types) > 1:
		return awserr.BadRequest.Errorf("Cannot create an api with multiple Endpoint Types.")
	case len(e.Types) == 0:
		e.Types = []string{Edge}
	}
	if e.IPAddressType == "" {
		e.IPAddressType = IPv4
		if e.Types[0] == Private {
			e.IPAddressType = DualStack
		}
	}
	if len(e.VPCEndpointIDs) == 0 {
		e.VPCEndpointIDs = nil
	}
	return nil
}

// settle checks what depends on several members at once.
func (a *RestAPI) settle() error {
	e := &a.EndpointConfiguration
	if err := checkEndpointType(e.Types[0]); err != nil {
		return err
	}
	if e.Types[0] == Private && e.IPAddressType == IPv4 {
		return awserr.BadRequest.Errorf(onlyDualStack)
	}
	if len(e.VPCEndpointIDs) > 0 && e.Types[0] != Private {
		return awserr.BadRequest.Errorf(onlyPrivate)
	}
	return a.settleSecurity()
}

// settleSecurity: the policies named SecurityPolicy_... go with an endpoint access mode, the older ones without.
// Source: developer guide, "Security policies for REST APIs in API Gateway"; the texts are inferred.
func (a *RestAPI) settleSecurity() error {
	enhanced := strings.HasPrefix(a.SecurityPolicy, "SecurityPolicy_")
	if !enhanced && !slices.Contains([]string{"", "TLS_1_0", "TLS_1_2"}, a.SecurityPolicy) {
		return awserr.BadRequest.Errorf("Invalid security policy specified: %s", a.SecurityPolicy)
	}
	if !slices.Contains([]string{"", AccessBasic, AccessStrict}, a.EndpointAccessMode) {
		return awserr.BadRequest.Errorf("Invalid endpoint access mode specified. Valid options are BASIC,STRICT")
	}
	if enhanced && a.EndpointAccessMode == "" {
		return awserr.BadRequest.Errorf("Endpoint access mode must be specified with security policy %s", a.SecurityPolicy)
	}
	if !enhanced && a.EndpointAccessMode != "" {
		return awserr.BadRequest.Errorf("Endpoint access mode can only be specified with an enhanced security policy")
	}
	return nil
}
