package control

import (
	"context"
	"maps"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// CreateStage points a new stage to a deployment.
func (c *Control) CreateStage(ctx context.Context, call *wire.Call, in *apigateway.CreateStageRequest) (*apigateway.Stage, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.Stage, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		stage := &apidef.Stage{
			StageName:            value(in.StageName),
			DeploymentID:         value(in.DeploymentID),
			Description:          value(in.Description),
			CacheClusterEnabled:  value(in.CacheClusterEnabled),
			CacheClusterSize:     value(in.CacheClusterSize),
			Variables:            in.Variables,
			DocumentationVersion: value(in.DocumentationVersion),
			TracingEnabled:       value(in.TracingEnabled),
			Tags:                 in.Tags,
		}
		if canary := in.CanarySettings; canary != nil {
			stage.CanarySettings = &apidef.CanarySettings{
				DeploymentID: value(canary.DeploymentID), PercentTraffic: value(canary.PercentTraffic),
				UseStageCache: value(canary.UseStageCache), StageVariableOverrides: maps.Clone(canary.StageVariableOverrides),
			}
		}
		if err := c.newStage(r, in.RestAPIID, stage); err != nil {
			return nil, err
		}
		return new(c.stageAnswer(stage)), nil
	})
}

// newStage checks and stores a stage that is not there yet.
func (c *Control) newStage(r records, api string, stage *apidef.Stage) error {
	_, err := get[apidef.Stage](r, kindStage, api+"/"+stage.StageName)
	if err == nil {
		return awserr.Conflict.Errorf("Stage already exists")
	}
	if !notFound(err) {
		return err
	}
	checked, err := apidef.NewStage(*stage, c.stagePlace(r, api))
	if err != nil {
		return err
	}
	if err := apidef.CheckTags(nil, stage.Tags, *c.options.Limits); err != nil {
		return err
	}
	n, err := r.count(kindStage, api+"/")
	if err != nil {
		return err
	}
	if n >= c.options.Limits.Stages {
		return awserr.LimitExceeded.Errorf("Maximum number of Stages for this API has been reached.  Please contact AWS if you need additional Stages.")
	}
	*stage = *checked
	stage.CreatedDate = c.now()
	stage.LastUpdatedDate = stage.CreatedDate
	// A stage of this name may have been there before: what was cached for that one is not this one's.
	stage.CacheGeneration = c.options.Clock().UnixNano()
	stage.AuthorizerCacheGeneration = stage.CacheGeneration
	return r.putStage(api, stage)
}

// putStage stores a stage with settings that are new. Whether the API's default endpoint is disabled takes effect with it,
// on every stage.
// Source: developer guide, "Disable the default endpoint for REST APIs".
func (r records) putStage(api string, stage *apidef.Stage) error {
	definition, err := r.restAPI(api)
	if err != nil {
		return err
	}
	stages, err := list[apidef.Stage](r, kindStage, api+"/")
	if err != nil {
		return err
	}
	disabled := definition.DisableExecuteAPIEndpoint
	for _, other := range stages {
		if other.StageName == stage.StageName || other.EndpointDisabled != nil && *other.EndpointDisabled == disabled {
			continue
		}
		other.EndpointDisabled = &disabled
		if err := put(r, kindStage, api+"/"+other.StageName, other); err != nil {
			return err
		}
	}
	stage.EndpointDisabled = &disabled
	return put(r, kindStage, api+"/"+stage.StageName, stage)
}

// stagePlace is what an API's stages may refer to.
func (c *Control) stagePlace(r records, api string) apidef.StagePlace {
	at := apidef.StagePlace{Limits: *c.options.Limits, MayLog: true, Now: c.now()}
	at.HasDeployment = func(id string) bool {
		_, err := r.tx.Get(r.key(kindDeployment, api+"/"+id))
		return err == nil
	}
	at.HasClientCertificate = func(id string) bool {
		_, err := r.tx.Get(r.key(kindClientCertificate, id))
		return err == nil
	}
	if c.options.LogRole != nil {
		role, err := c.options.LogRole(r.tx, r.scope)
		at.MayLog = err == nil && role != ""
	}
	return at
}

func (r records) stage(api, name string) (*apidef.Stage, error) {
	if _, err := r.restAPI(api); err != nil {
		return nil, err
	}
	return find[apidef.Stage](r, kindStage, api+"/"+name, apidef.ErrNoStageID)
}

// GetStage answers one stage.
func (c *Control) GetStage(ctx context.Context, call *wire.Call, in *apigateway.GetStageRequest) (*apigateway.Stage, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Stage, error) {
		stage, err := r.stage(in.RestAPIID, in.StageName)
		if err != nil {
			return nil, err
		}
		return new(c.stageAnswer(stage)), nil
	})
}

// GetStages lists an API's stages, by name; or those of one deployment. It never pages.
func (c *Control) GetStages(ctx context.Context, call *wire.Call, in *apigateway.GetStagesRequest) (*apigateway.Stages, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Stages, error) {
		all, err := listIn[apidef.Stage](r, kindStage, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		var stages []*apidef.Stage
		for _, s := range all {
			if wanted := value(in.DeploymentID); wanted == "" || s.DeploymentID == wanted {
				stages = append(stages, s)
			}
		}
		return &apigateway.Stages{Item: answers(stages, c.stageAnswer)}, nil
	})
}

// UpdateStage patches a stage.
func (c *Control) UpdateStage(ctx context.Context, call *wire.Call, in *apigateway.UpdateStageRequest) (*apigateway.Stage, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.Stage, error) {
		stage, err := r.stage(in.RestAPIID, in.StageName)
		if err != nil {
			return nil, err
		}
		if stage, err = stage.Patch(patchOperations(in.PatchOperations), c.stagePlace(r, in.RestAPIID)); err != nil {
			return nil, err
		}
		stage.LastUpdatedDate = c.now()
		return new(c.stageAnswer(stage)), r.putStage(in.RestAPIID, stage)
	})
}

// DeleteStage removes a stage. Its deployment stays.
func (c *Control) DeleteStage(ctx context.Context, call *wire.Call, in *apigateway.DeleteStageRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		if _, err := r.stage(in.RestAPIID, in.StageName); err != nil {
			return none, err
		}
		if err := r.checkStageNotMapped(in.RestAPIID, in.StageName); err != nil {
			return none, err
		}
		return none, r.delete(kindStage, in.RestAPIID+"/"+in.StageName)
	})
	return err
}

// FlushStageCache forgets every cached response of a stage.
func (c *Control) FlushStageCache(ctx context.Context, call *wire.Call, in *apigateway.FlushStageCacheRequest) error {
	return c.flush(ctx, call, in.RestAPIID, in.StageName, func(s *apidef.Stage) { s.FlushCache(c.now()) })
}

// FlushStageAuthorizersCache forgets every cached authorizer result of a stage.
func (c *Control) FlushStageAuthorizersCache(ctx context.Context, call *wire.Call, in *apigateway.FlushStageAuthorizersCacheRequest) error {
	return c.flush(ctx, call, in.RestAPIID, in.StageName, func(s *apidef.Stage) { s.AuthorizerCacheGeneration++ })
}

func (c *Control) flush(ctx context.Context, call *wire.Call, api, name string, forget func(*apidef.Stage)) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		stage, err := r.stage(api, name)
		if err != nil {
			return none, err
		}
		forget(stage)
		return none, put(r, kindStage, api+"/"+name, stage)
	})
	return err
}

func (c *Control) stageAnswer(s *apidef.Stage) apigateway.Stage {
	out := apigateway.Stage{
		DeploymentID:         &s.DeploymentID,
		ClientCertificateID:  optional(s.ClientCertificateID),
		StageName:            &s.StageName,
		Description:          optional(s.Description),
		CacheClusterEnabled:  &s.CacheClusterEnabled,
		CacheClusterSize:     optional(s.CacheClusterSize),
		CacheClusterStatus:   new(s.CacheClusterStatus(c.now())),
		MethodSettings:       make(map[string]apigateway.MethodSetting, len(s.MethodSettings)),
		Variables:            unlessEmpty(s.Variables),
		DocumentationVersion: optional(s.DocumentationVersion),
		TracingEnabled:       &s.TracingEnabled,
		WebACLARN:            optional(s.WebACLARN),
		Tags:                 unlessEmpty(s.Tags),
		CreatedDate:          new(wire.Timestamp(s.CreatedDate)),
		LastUpdatedDate:      new(wire.Timestamp(s.LastUpdatedDate)),
	}
	for key, m := range s.MethodSettings {
		out.MethodSettings[key] = methodSettingAnswer(m)
	}
	if log := s.AccessLogSettings; log != nil {
		out.AccessLogSettings = &apigateway.AccessLogSettings{Format: optional(log.Format), DestinationARN: optional(log.DestinationARN)}
	}
	if canary := s.CanarySettings; canary != nil {
		out.CanarySettings = &apigateway.CanarySettings{
			PercentTraffic: &canary.PercentTraffic, DeploymentID: &canary.DeploymentID,
			StageVariableOverrides: unlessEmpty(canary.StageVariableOverrides), UseStageCache: &canary.UseStageCache,
		}
	}
	return out
}

func methodSettingAnswer(m *apidef.MethodSetting) apigateway.MethodSetting {
	return apigateway.MethodSetting{
		MetricsEnabled:                         &m.MetricsEnabled,
		LoggingLevel:                           optional(m.LoggingLevel),
		DataTraceEnabled:                       &m.DataTraceEnabled,
		ThrottlingBurstLimit:                   &m.ThrottlingBurstLimit,
		ThrottlingRateLimit:                    &m.ThrottlingRateLimit,
		CachingEnabled:                         &m.CachingEnabled,
		CacheTTLInSeconds:                      &m.CacheTTLInSeconds,
		CacheDataEncrypted:                     &m.CacheDataEncrypted,
		RequireAuthorizationForCacheControl:    &m.RequireAuthorizationForCacheControl,
		UnauthorizedCacheControlHeaderStrategy: &m.UnauthorizedCacheControlHeaderStrategy,
	}
}
