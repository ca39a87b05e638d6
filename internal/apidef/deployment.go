package apidef

import (
	"maps"
	"slices"

	"postern/internal/aws/awserr"
)

// ErrNoDeployment is what operations on an unknown deployment answer.
var ErrNoDeployment = awserr.NotFound.Errorf("Invalid Deployment identifier specified")

// Freeze makes the snapshot of a definition that can be deployed. The snapshot shares the definition's parts: encode
// it before either is changed.
// Source: API Gateway API reference, CreateDeployment; the texts are AWS's.
func (d *Definition) Freeze(deploymentID string, owner Owner) (*Snapshot, error) {
	if err := d.checkDeployable(); err != nil {
		return nil, err
	}
	return d.Snapshot(deploymentID, owner.AccountID, owner.Region), nil
}

// Snapshot is the definition as it stands, whether it can be deployed or not.
func (d *Definition) Snapshot(deploymentID, account, region string) *Snapshot {
	d.Sort()
	return &Snapshot{
		DeploymentID:      deploymentID,
		AccountID:         account,
		Region:            region,
		RestAPI:           *d.RestAPI,
		Resources:         d.Resources,
		Models:            d.Models,
		RequestValidators: d.RequestValidators,
		GatewayResponses:  d.GatewayResponses,
		Authorizers:       d.Authorizers,
	}
}

func (d *Definition) checkDeployable() error {
	methods, callers := 0, false
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			methods++
			if m.Integration == nil {
				return awserr.BadRequest.Errorf("No integration defined for method")
			}
			callers = callers || m.Integration.Credentials == CallerIdentity
		}
	}
	switch {
	case methods == 0:
		return awserr.BadRequest.Errorf("The REST API doesn't contain any methods")
	case d.RestAPI.Policy != "" && callers:
		return awserr.BadRequest.Errorf("Caller provided credentials not allowed when resource policy is set")
	case d.RestAPI.Policy == "" && d.RestAPI.EndpointType() == Private:
		return awserr.BadRequest.Errorf("Private REST API doesn't have a resource policy attached to it")
	}
	return nil
}

// MethodSummary is what a deployment tells about one method.
type MethodSummary struct {
	AuthorizationType string
	APIKeyRequired    bool
}

// Summary tells the methods of a snapshot by path and verb.
func (s *Snapshot) Summary() map[string]map[string]MethodSummary {
	summary := make(map[string]map[string]MethodSummary)
	for _, r := range s.Resources {
		for _, verb := range slices.Sorted(maps.Keys(r.Methods)) {
			if summary[r.Path] == nil {
				summary[r.Path] = make(map[string]MethodSummary)
			}
			m := r.Methods[verb]
			summary[r.Path][verb] = MethodSummary{m.AuthorizationType, m.APIKeyRequired}
		}
	}
	return summary
}

var deploymentPaths = PatchTable[Deployment]{
	Refuse: refuseListing,
	Paths: []PatchPath[Deployment]{
		{Pattern: "/description", Ops: Replace, Apply: func(d *Deployment, c Change) error {
			d.Description = c.Value
			return nil
		}},
	},
}

// Patch returns the deployment with the operations applied.
func (d *Deployment) Patch(ops []PatchOperation) (*Deployment, error) {
	next := clone(d)
	return next, deploymentPaths.Apply(next, ops)
}
