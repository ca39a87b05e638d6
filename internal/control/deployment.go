package control

import (
	"context"
	"fmt"
	"maps"
	"sort"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// deployment is a deployment as it is stored: with its place in the order in which they were made.
type deployment struct {
	apidef.Deployment
	Sequence int64 `json:"sequence"`
}

// position orders deployments, the oldest first.
func (d *deployment) position() string { return fmt.Sprintf("%019d", d.Sequence) }

// CreateDeployment freezes an API into a snapshot, and points a stage to it when one is named.
func (c *Control) CreateDeployment(ctx context.Context, call *wire.Call, in *apigateway.CreateDeploymentRequest) (*apigateway.Deployment, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.Deployment, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		stage, err := c.deploymentStage(r, in)
		if err != nil {
			return nil, err
		}
		d, err := c.freeze(r, call, in)
		if err != nil {
			return nil, err
		}
		if stage != nil {
			if err := c.stageDeployment(r, in, stage, d); err != nil {
				return nil, err
			}
		}
		return new(deploymentAnswer(d, nil)), nil
	})
}

// deploymentStage is the stage that a deployment goes to: nil when none is named, one without a name yet when it is to
// be made. A canary needs one that is there. Recorded AWS answers: CreateDeployment with canarySettings.
func (c *Control) deploymentStage(r records, in *apigateway.CreateDeploymentRequest) (*apidef.Stage, error) {
	name := value(in.StageName)
	if name == "" {
		if in.CanarySettings != nil {
			shown := ""
			if in.StageName == nil {
				shown = "null"
			}
			return nil, awserr.BadRequest.Errorf("Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is %s", shown)
		}
		return nil, nil
	}
	stage, err := get[apidef.Stage](r, kindStage, in.RestAPIID+"/"+name)
	if !notFound(err) {
		return stage, err
	}
	if in.CanarySettings != nil {
		return nil, awserr.BadRequest.Errorf("Invalid deployment content specified.Stage %s must already be created before making a canary release deployment", name)
	}
	return &apidef.Stage{}, apidef.CheckStageName(name, *c.options.Limits)
}

// freeze stores a new deployment with its snapshot.
func (c *Control) freeze(r records, call *wire.Call, in *apigateway.CreateDeploymentRequest) (*deployment, error) {
	definition, err := r.definition(in.RestAPIID)
	if err != nil {
		return nil, err
	}
	id, err := c.newID(r, kindDeployment, in.RestAPIID+"/", resourceIDLength)
	if err != nil {
		return nil, err
	}
	snapshot, err := definition.Freeze(id, c.owner(call, in.RestAPIID))
	if err != nil {
		return nil, err
	}
	sequence, err := r.nextSequence(in.RestAPIID + "/" + kindDeployment)
	if err != nil {
		return nil, err
	}
	d := &deployment{Deployment: apidef.Deployment{ID: id, Description: value(in.Description), CreatedDate: c.now()}, Sequence: sequence}
	if err := put(r, kindSnapshot, in.RestAPIID+"/"+id, snapshot); err != nil {
		return nil, err
	}
	return d, put(r, kindDeployment, in.RestAPIID+"/"+id, d)
}

// stageDeployment points the stage to the deployment: a new stage, an old one, or an old one's canary. A deployment
// without canary settings ends a canary; its variables are laid over the stage's.
func (c *Control) stageDeployment(r records, in *apigateway.CreateDeploymentRequest, stage *apidef.Stage, d *deployment) error {
	if stage.StageName == "" {
		return c.newStage(r, in.RestAPIID, &apidef.Stage{
			StageName: *in.StageName, DeploymentID: d.ID, Description: value(in.StageDescription),
			CacheClusterEnabled: value(in.CacheClusterEnabled), CacheClusterSize: value(in.CacheClusterSize),
			Variables: in.Variables, TracingEnabled: value(in.TracingEnabled),
		})
	}
	before := *stage
	if canary := in.CanarySettings; canary != nil {
		stage.CanarySettings = &apidef.CanarySettings{
			DeploymentID: d.ID, PercentTraffic: value(canary.PercentTraffic), UseStageCache: value(canary.UseStageCache),
			StageVariableOverrides: maps.Clone(canary.StageVariableOverrides),
		}
	} else {
		stage.DeploymentID, stage.CanarySettings = d.ID, nil
	}
	overlayStage(stage, in)
	if err := stage.Settle(&before, c.stagePlace(r, in.RestAPIID)); err != nil {
		return err
	}
	stage.LastUpdatedDate = c.now()
	return r.putStage(in.RestAPIID, stage)
}

// overlayStage sets what a deployment says about the stage that it goes to.
func overlayStage(stage *apidef.Stage, in *apigateway.CreateDeploymentRequest) {
	for name, v := range in.Variables {
		if stage.Variables == nil {
			stage.Variables = make(map[string]string)
		}
		stage.Variables[name] = v
	}
	if in.StageDescription != nil && *in.StageDescription != "" {
		stage.Description = *in.StageDescription
	}
	if in.CacheClusterEnabled != nil {
		stage.CacheClusterEnabled = *in.CacheClusterEnabled
	}
	if in.CacheClusterSize != nil {
		stage.CacheClusterSize = *in.CacheClusterSize
	}
	if in.TracingEnabled != nil {
		stage.TracingEnabled = *in.TracingEnabled
	}
}

func (r records) deployment(api, id string) (*deployment, error) {
	if _, err := r.restAPI(api); err != nil {
		return nil, err
	}
	return find[deployment](r, kindDeployment, api+"/"+id, apidef.ErrNoDeployment)
}

// GetDeployment answers a deployment; embed=apisummary adds its methods.
func (c *Control) GetDeployment(ctx context.Context, call *wire.Call, in *apigateway.GetDeploymentRequest) (*apigateway.Deployment, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Deployment, error) {
		d, err := r.deployment(in.RestAPIID, in.DeploymentID)
		if err != nil {
			return nil, err
		}
		if !embeds(in.Embed, "apisummary") {
			return new(deploymentAnswer(d, nil)), nil
		}
		snapshot, err := get[apidef.Snapshot](r, kindSnapshot, in.RestAPIID+"/"+in.DeploymentID)
		if err != nil {
			return nil, err
		}
		return new(deploymentAnswer(d, snapshot)), nil
	})
}

// GetDeployments lists an API's deployments, the oldest first. Recorded AWS answer: GetDeployments.
func (c *Control) GetDeployments(ctx context.Context, call *wire.Call, in *apigateway.GetDeploymentsRequest) (*apigateway.Deployments, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Deployments, error) {
		all, err := listIn[deployment](r, kindDeployment, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		sort.Slice(all, func(i, j int) bool { return all[i].position() < all[j].position() })
		cut, next, err := page(all, (*deployment).position, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(d *deployment) apigateway.Deployment { return deploymentAnswer(d, nil) })
		return &apigateway.Deployments{Items: items, Position: next}, nil
	})
}

// UpdateDeployment patches a deployment's description.
func (c *Control) UpdateDeployment(ctx context.Context, call *wire.Call, in *apigateway.UpdateDeploymentRequest) (*apigateway.Deployment, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Deployment, error) {
		d, err := r.deployment(in.RestAPIID, in.DeploymentID)
		if err != nil {
			return nil, err
		}
		patched, err := d.Patch(patchOperations(in.PatchOperations))
		if err != nil {
			return nil, err
		}
		d.Deployment = *patched
		return new(deploymentAnswer(d, nil)), put(r, kindDeployment, in.RestAPIID+"/"+d.ID, d)
	})
}

// DeleteDeployment removes a deployment that no stage points to. Recorded AWS answer: DeleteDeployment in use.
func (c *Control) DeleteDeployment(ctx context.Context, call *wire.Call, in *apigateway.DeleteDeploymentRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		d, err := r.deployment(in.RestAPIID, in.DeploymentID)
		if err != nil {
			return none, err
		}
		stages, err := list[apidef.Stage](r, kindStage, in.RestAPIID+"/")
		if err != nil {
			return none, err
		}
		for _, s := range stages {
			if s.DeploymentID == d.ID || s.CanarySettings != nil && s.CanarySettings.DeploymentID == d.ID {
				return none, awserr.BadRequest.Errorf("Active stages pointing to this deployment must be moved or deleted")
			}
		}
		if err := r.delete(kindSnapshot, in.RestAPIID+"/"+d.ID); err != nil {
			return none, err
		}
		return none, r.delete(kindDeployment, in.RestAPIID+"/"+d.ID)
	})
	return err
}

func deploymentAnswer(d *deployment, snapshot *apidef.Snapshot) apigateway.Deployment {
	out := apigateway.Deployment{ID: &d.ID, Description: optional(d.Description), CreatedDate: new(wire.Timestamp(d.CreatedDate))}
	if snapshot == nil {
		return out
	}
	out.APISummary = make(map[string]map[string]apigateway.MethodSnapshot)
	for path, methods := range snapshot.Summary() {
		out.APISummary[path] = make(map[string]apigateway.MethodSnapshot, len(methods))
		for verb, m := range methods {
			out.APISummary[path][verb] = apigateway.MethodSnapshot{AuthorizationType: &m.AuthorizationType, APIKeyRequired: &m.APIKeyRequired}
		}
	}
	return out
}
