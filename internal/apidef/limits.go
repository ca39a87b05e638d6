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
	}
}
