package apidef

// Limits are the quotas that the control plane enforces.
// Source: developer guide, "Quotas for configuring and running a REST API in API Gateway" and "Amazon API Gateway quotas".
type Limits struct {
	RegionalAPIs, EdgeAPIs, PrivateAPIs int // per region
	Resources                           int // per API
	Stages                              int // per API
	ModelBytes                          int // all models of one API together
	PolicyBytes                         int
	TemplateBytes                       int // one mapping template
	AccessLogFormatBytes                int
	StageVariables                      int // per stage
	StageVariableName                   int // characters
	StageVariableValue                  int // characters
	StageName                           int // characters
	Tags                                int // per resource
	TagKey, TagValue                    int // characters
	// IntegrationTimeout is the longest timeoutInMillis, StreamTimeout the longest with STREAM. Milliseconds.
	IntegrationTimeout, StreamTimeout int
	// ImportBytes is the largest definition that is imported.
	ImportBytes int

	Authorizers, DocumentationParts     int // per API
	RequestValidators                   int // per API; public report: serverless/serverless issue 9291
	APIKeys, UsagePlans                 int // per region
	UsagePlansPerKey                    int
	MethodThrottles                     int // per stage of a usage plan
	ClientCertificates, VPCLinks        int // per region
	PublicDomainNames                   int // per region
	PrivateDomainNames                  int // per region
	AccessAssociations                  int // per region
	APIKeyName, APIKeyDescription       int // characters
	APIKeyValueShortest, APIKeyValueMax int // characters
}

// DefaultLimits are AWS's own figures.
func DefaultLimits() Limits {
	return Limits{
		RegionalAPIs: 600, EdgeAPIs: 120, PrivateAPIs: 600,
		Resources: 300, Stages: 10,
		ModelBytes: 400 << 10, PolicyBytes: 8192, TemplateBytes: 300 << 10, AccessLogFormatBytes: 3 << 10,
		StageVariables: 100, StageVariableName: 64, StageVariableValue: 512, StageName: 128,
		Tags: 50, TagKey: 128, TagValue: 256,
		IntegrationTimeout: 29000, StreamTimeout: 900000,
		ImportBytes: 6 << 20,

		Authorizers: 10, DocumentationParts: 2000, RequestValidators: 20,
		APIKeys: 10000, UsagePlans: 300, UsagePlansPerKey: 10, MethodThrottles: 20,
		ClientCertificates: 60, VPCLinks: 20,
		PublicDomainNames: 120, PrivateDomainNames: 50, AccessAssociations: 100,
		APIKeyName: 1024, APIKeyDescription: 125000, APIKeyValueShortest: 20, APIKeyValueMax: 128,
	}
}
