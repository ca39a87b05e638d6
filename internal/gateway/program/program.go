// Package program compiles what was deployed to a stage into a Program, and keeps the programs that are in use.
//
// What comes in: an apidef.Deployed from the control plane, and the feed of changes. What goes out: immutable Programs,
// each swapped for its successor by one atomic pointer. Requests under way keep the program they hold. It knows neither the
// steps of a method, which an Assembler makes, nor where definitions are stored.
package program

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/route"
	"postern/internal/gateway/validate"
)

// Step is one thing that happens to an exchange. An error ends the exchange: see package gatewayresponse.
type Step func(ctx context.Context, x *message.Exchange) error

// An Assembler returns the steps that a method needs, in AWS's order. It never fails: a method that cannot run gets the
// step that answers so.
type Assembler func(m *Definition) []Step

// Definition is a method with all that its steps may be compiled from.
type Definition struct {
	Stage       *apidef.Stage
	Snapshot    *apidef.Snapshot
	Resource    *apidef.Resource
	Method      *apidef.Method
	Environment *integration.Environment
	// Models are those of the deployment, shared by its methods.
	Models *validate.Models
}

// Program is a stage, compiled. It is never changed.
type Program struct {
	Key       apidef.StageKey
	AccountID string
	Region    string

	production *Deployment
	// canary is nil when the stage has none; percent is its share, 0 to 100.
	canary  *Deployment
	percent float64
}

// Deployment is one deployment as a stage runs it: with the stage's variables.
type Deployment struct {
	ID        string
	Variables map[string]string
	Responses *gatewayresponse.Responses
	// Canary is $context.isCanaryRequest: "true", "false", or "" when the stage has no canary.
	Canary string
	// EndpointDisabled tells that the API does not answer on its default endpoint.
	EndpointDisabled bool
	// Watch is what the stage wants observed of the exchanges that the deployment serves. Set by Program.Observe.
	Watch *observe.Stage

	tree *route.Tree[*Method]
	// methods finds what a definition was compiled to, until Observe has been called.
	methods map[*apidef.Method]*Method
}

// Method is one method, compiled.
type Method struct {
	ResourceID   string
	ResourcePath string
	// HTTPMethod is a verb or ANY.
	HTTPMethod string
	Steps      []Step
	// Watch is what the stage wants observed of the method's exchanges. Set by Program.Observe.
	Watch *observe.Method
}

// Compile compiles a stage. The error is a stage without a deployment, or names methods that have no place in a path
// tree; in the second case the program runs all the others.
func Compile(key apidef.StageKey, d *apidef.Deployed, assemble Assembler) (*Program, error) {
	if d.Stage == nil || d.Snapshot == nil {
		return nil, fmt.Errorf("compile stage %s of %s: %w", key.Stage, key.APIID, apidef.ErrNoStage)
	}
	p := &Program{Key: key, AccountID: d.AccountID, Region: d.Region}
	variables := d.Stage.Variables
	var err error
	settings := d.Stage.CanarySettings
	if settings == nil || d.Canary == nil {
		p.production, err = compileDeployment(d, d.Snapshot, variables, "", assemble)
		return p, err
	}
	if p.production, err = compileDeployment(d, d.Snapshot, variables, "false", assemble); err != nil {
		return p, err
	}
	overridden := maps.Clone(variables)
	if overridden == nil {
		overridden = map[string]string{}
	}
	maps.Copy(overridden, settings.StageVariableOverrides)
	p.canary, err = compileDeployment(d, d.Canary, overridden, "true", assemble)
	p.percent = settings.PercentTraffic
	return p, err
}

func compileDeployment(deployed *apidef.Deployed, s *apidef.Snapshot, variables map[string]string, canary string, assemble Assembler) (*Deployment, error) {
	stage := deployed.Stage
	d := &Deployment{
		ID:               s.DeploymentID,
		Variables:        variables,
		Responses:        gatewayresponse.Compile(s.GatewayResponses),
		Canary:           canary,
		EndpointDisabled: endpointDisabled(stage, s),
		methods:          map[*apidef.Method]*Method{},
	}
	environment := &integration.Environment{
		AccountID:           deployed.AccountID,
		Region:              deployed.Region,
		APIID:               s.RestAPI.ID,
		Variables:           variables,
		Binary:              s.RestAPI.BinaryMediaTypes,
		ClientCertificateID: stage.ClientCertificateID,
		ClientCertificate:   deployed.ClientCertificate,
		EdgeOptimized:       s.RestAPI.EndpointType() == apidef.Edge,
	}
	models := validate.NewModels(s.Models)
	var entries []route.Entry[*Method]
	for _, r := range s.Resources {
		for verb, m := range r.Methods {
			steps := assemble(&Definition{stage, s, r, m, environment, models})
			compiled := &Method{ResourceID: r.ID, ResourcePath: r.Path, HTTPMethod: verb, Steps: steps}
			entries = append(entries, route.Entry[*Method]{Path: r.Path, Method: verb, Value: compiled})
			d.methods[m] = compiled
		}
	}
	var err error
	if d.tree, err = route.New(entries); err != nil {
		err = fmt.Errorf("compile deployment %s of %s: %w", s.DeploymentID, s.RestAPI.ID, err)
	}
	return d, err
}

func endpointDisabled(stage *apidef.Stage, s *apidef.Snapshot) bool {
	if stage.EndpointDisabled != nil {
		return *stage.EndpointDisabled
	}
	return s.RestAPI.DisableExecuteAPIEndpoint
}

// Deployment chooses the deployment that serves a request: at random by the canary's share.
// Source: developer guide, "Set up an API Gateway canary release deployment".
func (p *Program) Deployment() *Deployment {
	if p.canary != nil && (p.percent >= 100 || p.percent > 0 && rand.Float64()*100 < p.percent) {
		return p.canary
	}
	return p.production
}

// Find returns the method that serves a verb and a path below the stage, and appends the path parameters to params.
func (d *Deployment) Find(verb, path string, params *message.Pairs) (*Method, bool) {
	return d.tree.Find(verb, path, params)
}
