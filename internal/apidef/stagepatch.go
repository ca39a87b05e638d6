package apidef

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// stagePatch is a stage being patched, with what it may refer to.
type stagePatch struct {
	*Stage
	at StagePlace
}

var stagePaths = PatchTable[stagePatch]{
	Refuse: refuseStage,
	Paths:  slices.Concat(stageMembers, canaryMembers, methodSettingMembers()),
}

var stageMembers = []PatchPath[stagePatch]{
	{Pattern: "/accessLogSettings", Ops: Remove, Apply: func(s *stagePatch, _ Change) error {
		s.AccessLogSettings = nil
		return nil
	}},
	{Pattern: "/accessLogSettings/destinationArn", Ops: Add | Replace, Apply: (*stagePatch).setDestination},
	{Pattern: "/accessLogSettings/format", Ops: Add | Replace, Apply: (*stagePatch).setLogFormat},
	{Pattern: "/cacheClusterEnabled", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.CacheClusterEnabled = c.Bool()
		return nil
	}},
	{Pattern: "/cacheClusterSize", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.CacheClusterSize = c.Value
		return nil
	}},
	{Pattern: "/clientCertificateId", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		if c.Value != "" && s.at.HasClientCertificate != nil && !s.at.HasClientCertificate(c.Value) {
			return errNoSuchClientCertificate
		}
		s.ClientCertificateID = c.Value
		return nil
	}},
	{Pattern: "/deploymentId", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		if !s.at.HasDeployment(c.Value) {
			return errNoSuchDeployment
		}
		s.DeploymentID = c.Value
		return nil
	}},
	{Pattern: "/deploymentId", Ops: Copy, Apply: (*stagePatch).promote},
	{Pattern: "/description", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.Description = c.Value
		return nil
	}},
	{Pattern: "/documentationVersion", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.DocumentationVersion = c.Value
		return nil
	}},
	{Pattern: "/tracingEnabled", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.TracingEnabled = c.Bool()
		return nil
	}},
	{Pattern: "/variables", Ops: Remove, Apply: func(s *stagePatch, _ Change) error {
		s.Variables = nil
		return nil
	}},
	{Pattern: "/variables", Ops: Copy, Apply: (*stagePatch).promote},
	{Pattern: "/variables/{name}", Ops: Replace | Remove, Apply: (*stagePatch).setVariable},
}

var canaryMembers = []PatchPath[stagePatch]{
	{Pattern: "/canarySettings", Ops: Remove, Apply: func(s *stagePatch, _ Change) error {
		s.CanarySettings = nil
		return nil
	}},
	{Pattern: "/canarySettings/deploymentId", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.canary().DeploymentID = c.Value
		return s.canary().check(s.at)
	}},
	{Pattern: "/canarySettings/percentTraffic", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		percent, err := strconv.ParseFloat(c.Value, 64)
		if err != nil || percent != percent {
			percent = -1 // out of range, so the check's message answers
		}
		s.canary().PercentTraffic = percent
		return s.canary().check(s.at)
	}},
	{Pattern: "/canarySettings/stageVariableOverrides", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		var overrides map[string]string
		if err := json.Unmarshal([]byte(c.Value), &overrides); err != nil {
			return awserr.BadRequest.Errorf("Invalid stageVariableOverrides specified, must be a JSON object of strings")
		}
		s.canary().StageVariableOverrides = overrides
		return s.canary().check(s.at)
	}},
	{Pattern: "/canarySettings/stageVariableOverrides/{name}", Ops: Replace | Remove, Apply: (*stagePatch).setOverride},
	{Pattern: "/canarySettings/useStageCache", Ops: Replace, Apply: func(s *stagePatch, c Change) error {
		s.canary().UseStageCache = c.Bool()
		return nil
	}},
}

// methodSettingMembers are a line for each setting, and one that removes an entry.
func methodSettingMembers() []PatchPath[stagePatch] {
	var lines []PatchPath[stagePatch]
	for _, t := range settingTails {
		lines = append(lines, PatchPath[stagePatch]{
			Pattern: "/{method...}/" + t.tail, Ops: Replace,
			Apply: func(s *stagePatch, c Change) error { return s.setMethodSetting(t, c) },
		})
	}
	return append(lines, PatchPath[stagePatch]{Pattern: "/{method...}", Ops: Remove, Apply: (*stagePatch).removeSetting})
}

func (s *stagePatch) setMethodSetting(t settingTail, c Change) error {
	if !isSettingKey(c.RawKeys[0]) {
		return unknownStagePath(c.Path)
	}
	if t.tail == "logging/loglevel" && c.Value != "OFF" && !s.at.MayLog {
		return awserr.BadRequest.Errorf("CloudWatch Logs role ARN must be set in account settings to enable logging")
	}
	return t.set(s.setting(c.RawKeys[0]), c)
}

func (s *stagePatch) removeSetting(c Change) error {
	key, there := s.settingKey(c.RawKeys[0])
	if !there {
		return cannotRemoveSetting(c.Path)
	}
	delete(s.MethodSettings, key)
	return nil
}

func (s *stagePatch) accessLog(c Change) (*AccessLogSettings, error) {
	if c.Value == "" {
		return nil, awserr.BadRequest.Errorf("Access Log value must not be empty")
	}
	if s.AccessLogSettings == nil {
		s.AccessLogSettings = &AccessLogSettings{}
	}
	return s.AccessLogSettings, nil
}

func (s *stagePatch) setDestination(c Change) error {
	log, err := s.accessLog(c)
	if err != nil {
		return err
	}
	log.DestinationARN = c.Value
	return checkDestination(c.Value)
}

func (s *stagePatch) setLogFormat(c Change) error {
	log, err := s.accessLog(c)
	if err != nil {
		return err
	}
	log.Format = c.Value
	return checkLogFormat(c.Value, s.at.Limits)
}

func (s *stagePatch) setVariable(c Change) error {
	if c.Op == Remove {
		if _, there := s.Variables[c.Key()]; !there {
			return cannotRemoveSetting(c.Path)
		}
		delete(s.Variables, c.Key())
		if len(s.Variables) == 0 {
			s.Variables = nil
		}
		return nil
	}
	if s.Variables == nil {
		s.Variables = make(map[string]string)
	}
	s.Variables[c.Key()] = c.Value
	return checkVariables(s.Variables, s.at.Limits)
}

// canary is the stage's canary; a patch that finds none makes one that takes no traffic.
// Recorded AWS answers: UpdateStage, /canarySettings/deploymentId and /percentTraffic without a canary.
func (s *stagePatch) canary() *CanarySettings {
	if s.CanarySettings == nil {
		s.CanarySettings = &CanarySettings{DeploymentID: s.DeploymentID}
	}
	return s.CanarySettings
}

// setOverride sets or takes back what the canary puts in the place of a stage variable.
// Developer guide: "Update a canary release".
func (s *stagePatch) setOverride(c Change) error {
	if c.Op == Remove {
		if s.CanarySettings == nil {
			return cannotRemoveSetting(c.Path)
		}
		overrides := s.CanarySettings.StageVariableOverrides
		if _, there := overrides[c.Key()]; !there {
			return cannotRemoveSetting(c.Path)
		}
		delete(overrides, c.Key())
		return nil
	}
	canary := s.canary()
	if canary.StageVariableOverrides == nil {
		canary.StageVariableOverrides = make(map[string]string)
	}
	canary.StageVariableOverrides[c.Key()] = c.Value
	return canary.check(s.at)
}

// promote copies from the canary to the stage; the canary stays. Overrides are laid over the variables.
func (s *stagePatch) promote(c Change) error {
	switch {
	case c.Path == "/deploymentId" && c.From == "/canarySettings/deploymentId":
	case c.Path == "/variables" && c.From == "/canarySettings/stageVariableOverrides":
	default:
		return invalidCopy(c.Path, cmp.Or(c.From, "null"))
	}
	canary := s.CanarySettings
	if canary == nil {
		return awserr.BadRequest.Errorf("Promotion not available. Canary does not exist.")
	}
	if c.Path == "/deploymentId" {
		s.DeploymentID = canary.DeploymentID
		return nil
	}
	for name, value := range canary.StageVariableOverrides {
		if s.Variables == nil {
			s.Variables = make(map[string]string)
		}
		s.Variables[name] = value
	}
	return checkVariables(s.Variables, s.at.Limits)
}

// stagePathList is AWS's list, with its missing commas. Recorded AWS answer: UpdateStage with an unknown path.
const stagePathList = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled"

func unknownStagePath(path string) error {
	return awserr.BadRequest.Errorf("Invalid method setting path: %s. Must be one of: [%s]", path, stagePathList)
}

func cannotRemoveSetting(path string) error {
	return awserr.BadRequest.Errorf("Cannot remove method setting %s because there is no method setting for this method ", strings.TrimPrefix(path, "/"))
}

func invalidCopy(path, from string) error {
	return awserr.BadRequest.Errorf("Invalid copy operation with path: %s and from %s. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]", path, from)
}

// refuseStage is family (c) of AWS's answers, which UpdateStage alone gives. Recorded AWS answers: UpdateStage.
func refuseStage(r Refused) error {
	path := r.PathText()
	switch {
	case r.Op == "remove":
		return cannotRemoveSetting(path)
	case r.Op == "copy":
		from := "null"
		if r.From != nil {
			from = *r.From
		}
		return invalidCopy(path, from)
	case path == "/accessLogSettings" || strings.HasPrefix(path, "/accessLogSettings/"):
		return awserr.BadRequest.Errorf("Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]")
	case r.Op != "replace" && r.Allowed&^Remove != 0: // any path may be removed, were there an entry
		return awserr.BadRequest.Errorf("Invalid %s operation with path: %s", r.Op, path)
	}
	return unknownStagePath(path)
}

// Patch returns the stage with the operations applied, in order. Recorded AWS answers: UpdateStage.
func (s *Stage) Patch(ops []PatchOperation, at StagePlace) (*Stage, error) {
	next := clone(s)
	if err := stagePaths.Apply(&stagePatch{next, at}, ops); err != nil {
		return nil, err
	}
	if err := next.settleCache(s, at.Now); err != nil {
		return nil, err
	}
	return next, nil
}
