// Package apidef is an API's definition: RestAPI, Resource, Method, Integration, Model, Deployment, Stage and the rest,
// with the rules that make a definition legal and the PATCH rules that change one.
//
// What comes in: definitions from the control plane or an OpenAPI import. What goes out: legal definitions, or the
// error that AWS answers. It never stores anything and knows no HTTP.
//
// The types are the stored documents too: their JSON uses the member names of the API Gateway API reference. A nil
// pointer, map or slice means "never set"; an empty one means "set to empty", which AWS echoes in places.
package apidef

// RestAPI is the API's own settings, without its resource tree.
// Source: API Gateway API reference, RestApi.
type RestAPI struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Version     string `json:"version,omitempty"`
	// CreatedDate is in seconds since the epoch, as on the wire.
	CreatedDate      int64    `json:"createdDate"`
	BinaryMediaTypes []string `json:"binaryMediaTypes,omitempty"`
	// MinimumCompressionSize is in bytes, 0 to 10485760; nil turns compression off, 0 compresses everything.
	MinimumCompressionSize    *int                  `json:"minimumCompressionSize,omitempty"`
	APIKeySource              string                `json:"apiKeySource,omitempty"` // HEADER or AUTHORIZER
	EndpointConfiguration     EndpointConfiguration `json:"endpointConfiguration"`
	Policy                    string                `json:"policy,omitempty"`
	DisableExecuteAPIEndpoint bool                  `json:"disableExecuteApiEndpoint,omitempty"`
	Tags                      map[string]string     `json:"tags,omitempty"`
	RootResourceID            string                `json:"rootResourceId"`
	SecurityPolicy            string                `json:"securityPolicy,omitempty"`
	EndpointAccessMode        string                `json:"endpointAccessMode,omitempty"`
	Warnings                  []string              `json:"warnings,omitempty"`
}

// EndpointConfiguration tells how an API is reached.
type EndpointConfiguration struct {
	Types          []string `json:"types,omitempty"`         // EDGE, REGIONAL or PRIVATE; one of them
	IPAddressType  string   `json:"ipAddressType,omitempty"` // ipv4 or dualstack
	VPCEndpointIDs []string `json:"vpcEndpointIds,omitempty"`
}

// Resource is one node of the path tree, with its methods.
type Resource struct {
	ID       string `json:"id"`
	ParentID string `json:"parentId,omitempty"` // empty for the root
	PathPart string `json:"pathPart,omitempty"` // empty for the root
	// Path is the full template, "/pets/{petId}"; "/" for the root.
	Path    string             `json:"path"`
	Methods map[string]*Method `json:"resourceMethods,omitempty"` // by verb or ANY
}

// Method is a verb on a resource.
// Source: API Gateway API reference, Method.
type Method struct {
	HTTPMethod          string                     `json:"httpMethod"`
	AuthorizationType   string                     `json:"authorizationType"` // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS
	AuthorizerID        string                     `json:"authorizerId,omitempty"`
	AuthorizationScopes []string                   `json:"authorizationScopes,omitempty"`
	APIKeyRequired      bool                       `json:"apiKeyRequired,omitempty"`
	RequestValidatorID  string                     `json:"requestValidatorId,omitempty"`
	OperationName       string                     `json:"operationName,omitempty"`
	RequestParameters   map[string]bool            `json:"requestParameters,omitempty"`
	RequestModels       map[string]string          `json:"requestModels,omitempty"`
	MethodResponses     map[string]*MethodResponse `json:"methodResponses,omitempty"` // by status code
	Integration         *Integration               `json:"methodIntegration,omitempty"`
}

// MethodResponse declares one status that a method may answer with.
type MethodResponse struct {
	StatusCode         string            `json:"statusCode"`
	ResponseParameters map[string]bool   `json:"responseParameters"` // nil: never set; empty: set to {}
	ResponseModels     map[string]string `json:"responseModels"`     // likewise
}

// The values of Integration.Type. Source: API Gateway API reference, Integration, type.
const (
	HTTP      = "HTTP"
	HTTPProxy = "HTTP_PROXY"
	AWS       = "AWS"
	AWSProxy  = "AWS_PROXY"
	Mock      = "MOCK"
)

// Integration is what a method calls.
// Source: API Gateway API reference, PutIntegration and Integration.
type Integration struct {
	Type string `json:"type"`
	// HTTPMethod is the backend's verb; empty for MOCK.
	HTTPMethod        string            `json:"httpMethod,omitempty"`
	URI               string            `json:"uri,omitempty"`
	ConnectionType    string            `json:"connectionType,omitempty"` // INTERNET or VPC_LINK; HTTP and HTTP_PROXY only
	ConnectionID      string            `json:"connectionId,omitempty"`
	Credentials       string            `json:"credentials,omitempty"`
	RequestParameters map[string]string `json:"requestParameters"` // destination to source; nil: never set
	RequestTemplates  map[string]string `json:"requestTemplates"`  // content type to VTL; nil: never set
	// PassthroughBehavior is WHEN_NO_MATCH, WHEN_NO_TEMPLATES or NEVER.
	PassthroughBehavior string   `json:"passthroughBehavior"`
	CacheNamespace      string   `json:"cacheNamespace"`
	CacheKeyParameters  []string `json:"cacheKeyParameters"`
	ContentHandling     string   `json:"contentHandling,omitempty"` // CONVERT_TO_BINARY or CONVERT_TO_TEXT
	// TimeoutInMillis is how long the integration may take before the caller gets 504. Milliseconds.
	TimeoutInMillis      int                             `json:"timeoutInMillis"`
	TLSConfig            *TLSConfig                      `json:"tlsConfig,omitempty"`
	ResponseTransferMode string                          `json:"responseTransferMode,omitempty"` // BUFFERED or STREAM
	IntegrationTarget    string                          `json:"integrationTarget,omitempty"`
	Responses            map[string]*IntegrationResponse `json:"integrationResponses,omitempty"` // by status code
}

// TLSConfig bounds what is checked of an HTTPS upstream.
type TLSConfig struct {
	InsecureSkipVerification bool `json:"insecureSkipVerification"`
}

// IntegrationResponse maps what the integration answered to a method response.
type IntegrationResponse struct {
	StatusCode string `json:"statusCode"`
	// SelectionPattern is matched, whole, against the backend's status (Lambda: the error message). nil and ""
	// both mark the default response; only "" is echoed.
	SelectionPattern   *string           `json:"selectionPattern,omitempty"`
	ResponseParameters map[string]string `json:"responseParameters"` // destination to source; nil: never set
	// ResponseTemplates maps content type to VTL; nil: never set. AWS shows an empty template as null.
	ResponseTemplates map[string]string `json:"responseTemplates"`
	ContentHandling   string            `json:"contentHandling,omitempty"`
}

// Model is a JSON schema (draft 4) with a name.
type Model struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"contentType"`
	Schema      string `json:"schema"`
}

// RequestValidator tells which parts of a request are validated.
type RequestValidator struct {
	ID                        string `json:"id"`
	Name                      string `json:"name"`
	ValidateRequestBody       bool   `json:"validateRequestBody"`
	ValidateRequestParameters bool   `json:"validateRequestParameters"`
}

// GatewayResponse is a customer's own answer for one kind of gateway error.
type GatewayResponse struct {
	ResponseType       string            `json:"responseType"`
	StatusCode         string            `json:"statusCode,omitempty"`
	ResponseParameters map[string]string `json:"responseParameters,omitempty"`
	ResponseTemplates  map[string]string `json:"responseTemplates"` // nil: the built-in one; empty: none
}

// Authorizer decides who may call a method.
type Authorizer struct {
	ID                           string   `json:"id"`
	Name                         string   `json:"name"`
	Type                         string   `json:"type"` // TOKEN, REQUEST or COGNITO_USER_POOLS
	ProviderARNs                 []string `json:"providerARNs,omitempty"`
	AuthType                     string   `json:"authType,omitempty"`
	AuthorizerURI                string   `json:"authorizerUri,omitempty"`
	AuthorizerCredentials        string   `json:"authorizerCredentials,omitempty"`
	IdentitySource               string   `json:"identitySource,omitempty"`
	IdentityValidationExpression string   `json:"identityValidationExpression,omitempty"`
	AuthorizerResultTTLInSeconds *int     `json:"authorizerResultTtlInSeconds,omitempty"`
}

// Deployment names one snapshot.
type Deployment struct {
	ID          string `json:"id"`
	Description string `json:"description,omitempty"`
	CreatedDate int64  `json:"createdDate"`
}

// Snapshot is an API's definition as CreateDeployment froze it. It is never changed.
type Snapshot struct {
	DeploymentID      string              `json:"deploymentId"`
	AccountID         string              `json:"accountId"`
	Region            string              `json:"region"`
	RestAPI           RestAPI             `json:"restApi"`
	Resources         []*Resource         `json:"resources"`
	Models            []*Model            `json:"models,omitempty"`
	RequestValidators []*RequestValidator `json:"requestValidators,omitempty"`
	GatewayResponses  []*GatewayResponse  `json:"gatewayResponses,omitempty"`
	Authorizers       []*Authorizer       `json:"authorizers,omitempty"`
}

// Stage is a named reference to a deployment, with the settings it runs under.
// Source: API Gateway API reference, Stage.
type Stage struct {
	StageName            string                    `json:"stageName"`
	DeploymentID         string                    `json:"deploymentId"`
	Description          string                    `json:"description,omitempty"`
	ClientCertificateID  string                    `json:"clientCertificateId,omitempty"`
	CacheClusterEnabled  bool                      `json:"cacheClusterEnabled,omitempty"`
	CacheClusterSize     string                    `json:"cacheClusterSize,omitempty"`
	MethodSettings       map[string]*MethodSetting `json:"methodSettings,omitempty"` // by "{resource path}/{verb}" or "*/*"
	Variables            map[string]string         `json:"variables,omitempty"`
	DocumentationVersion string                    `json:"documentationVersion,omitempty"`
	AccessLogSettings    *AccessLogSettings        `json:"accessLogSettings,omitempty"`
	CanarySettings       *CanarySettings           `json:"canarySettings,omitempty"`
	TracingEnabled       bool                      `json:"tracingEnabled,omitempty"`
	WebACLARN            string                    `json:"webAclArn,omitempty"`
	Tags                 map[string]string         `json:"tags,omitempty"`
	CreatedDate          int64                     `json:"createdDate"`
	LastUpdatedDate      int64                     `json:"lastUpdatedDate"`
	// EndpointDisabled is the API's disableExecuteApiEndpoint when one of its stages was last changed, which puts it into
	// effect on all of them; nil: as the stage's deployment has it.
	// Source: developer guide, "Disable the default endpoint for REST APIs".
	EndpointDisabled *bool `json:"endpointDisabled,omitempty"`
	// CacheClusterChange is what was last done to the cache cluster, as the status in which it then is for a while, and
	// CacheClusterChanged when: in seconds since the epoch.
	CacheClusterChange  string `json:"cacheClusterChange,omitempty"`
	CacheClusterChanged int64  `json:"cacheClusterChanged,omitempty"`
	// CacheGeneration and AuthorizerCacheGeneration count the flushes of the stage's two caches: what was cached under
	// another generation is forgotten.
	CacheGeneration           int64 `json:"cacheGeneration,omitempty"`
	AuthorizerCacheGeneration int64 `json:"authorizerCacheGeneration,omitempty"`
}

// MethodSetting is how one method, or every method, runs on a stage.
type MethodSetting struct {
	MetricsEnabled                         bool    `json:"metricsEnabled"`
	LoggingLevel                           string  `json:"loggingLevel,omitempty"` // OFF, ERROR, INFO; empty: never set
	DataTraceEnabled                       bool    `json:"dataTraceEnabled"`
	ThrottlingBurstLimit                   int     `json:"throttlingBurstLimit"`
	ThrottlingRateLimit                    float64 `json:"throttlingRateLimit"`
	CachingEnabled                         bool    `json:"cachingEnabled"`
	CacheTTLInSeconds                      int     `json:"cacheTtlInSeconds"`
	CacheDataEncrypted                     bool    `json:"cacheDataEncrypted"`
	RequireAuthorizationForCacheControl    bool    `json:"requireAuthorizationForCacheControl"`
	UnauthorizedCacheControlHeaderStrategy string  `json:"unauthorizedCacheControlHeaderStrategy"`
}

// AccessLogSettings tells where access log lines go and how they look.
type AccessLogSettings struct {
	Format         string `json:"format,omitempty"`
	DestinationARN string `json:"destinationArn,omitempty"`
}

// CanarySettings sends a share of a stage's requests to another deployment.
type CanarySettings struct {
	PercentTraffic         float64           `json:"percentTraffic"`
	DeploymentID           string            `json:"deploymentId,omitempty"`
	StageVariableOverrides map[string]string `json:"stageVariableOverrides,omitempty"`
	UseStageCache          bool              `json:"useStageCache"`
}
