package apidef

import "errors"

// ErrNoStage is what a source of stages answers for an API or a stage that does not exist.
var ErrNoStage = errors.New("apidef: no such stage")

// StageKey names a stage. API ids are unique over accounts and regions.
type StageKey struct{ APIID, Stage string }

// Deployed is all that a gateway node needs to run one stage: settings that are live, definitions that are frozen.
type Deployed struct {
	AccountID, Region string
	// Stage holds the live settings: variables, method settings, canary, access log.
	Stage *Stage
	// Snapshot is the definition that the stage's deployment froze.
	Snapshot *Snapshot
	// Canary is the definition of the canary's deployment; nil without a canary.
	Canary *Snapshot
	// ClientCertificate is what the stage shows to HTTP backends, with its key; nil when the stage names none, or one that
	// is not there.
	ClientCertificate *ClientCertificate
	// CloudwatchRoleARN is the role of the account's settings with which execution logs are written; without one there
	// are none.
	CloudwatchRoleARN string
}

// Header is one header line of a test invocation.
type Header struct{ Name, Value string }

// Changes says which stages may have to be compiled again.
type Changes struct {
	// Revision is the store's revision that these changes bring the reader to.
	Revision int64
	// Stages were created, changed or deleted, or point to a deployment that was.
	Stages []StageKey
	// APIs were created, changed or deleted themselves.
	APIs []string
	// VPCLinks says that VPC links were created, changed or deleted.
	VPCLinks bool
	// Domains says that custom domain names or their mappings were created, changed or deleted.
	Domains bool
	// All says that the reader may have missed changes: everything that it holds is in doubt.
	All bool
}
