package apidef

import "errors"

// ErrNoStage is what loading a stage answers when there is no such API, stage or deployment.
var ErrNoStage = errors.New("apidef: no such stage")

// StageKey names one stage of one API; API ids are unique over all accounts and regions.
type StageKey struct{ APIID, Stage string }

// Deployed is what a gateway node needs of one stage: its settings and the snapshots that it runs.
type Deployed struct {
	AccountID string
	Region    string
	Stage     *Stage
	// Snapshot is the stage's deployment; Canary the canary's, nil when the stage has none.
	Snapshot *Snapshot
	Canary   *Snapshot
}

// Changes is what one revision of the store changed, as far as stages are concerned. A revision that changed no stage
// is told too, with nothing but its number.
type Changes struct {
	Revision int64
	// Stages were created, changed or deleted.
	Stages []StageKey
	// APIs were changed in a way that concerns all their stages.
	APIs []string
	// All says that anything may have changed: the feed has a gap before this revision.
	All bool
}
