package gateway

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/gateway/compression"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
	"postern/internal/gateway/validate"
)

// Step is one thing that happens to an exchange on its way.
type Step = program.Step

// pipeline makes the steps of methods, from what they share.
type pipeline struct {
	access   *access
	traffic  Traffic
	backends Backends
	http     *http.Options
}

// steps is the order of everything that can happen to an exchange once its method is known. Only the steps that the
// method uses are in the list.
//
// The order, from the developer guide's pages on each step and from recorded answers to requests that are wrong in two
// ways. Before the method is known, in Gateway.Serve: transfer limits, decoding of a compressed body, route. Before all
// steps, what the API's endpoint takes, and what CloudFront does in front of an edge-optimized API.
//
//  1. resource policy, first pass          "How API Gateway resource policies affect authorization workflow"
//  2. authorization: IAM, Lambda, Cognito  "Control and manage access to REST APIs in API Gateway"
//  3. resource policy, with the identity   as 1
//  4. API key and usage plan               "Usage plans and API keys for REST APIs in API Gateway"
//  5. throttle of stage and method         "Throttle requests to your REST APIs for better throughput"
//  6. start of the execution               the execution log begins here, and test invocations enter here
//  7. request validation                   "Request validation for REST APIs": parameters, then body
//  8. stage cache                          "Cache settings for REST APIs": a hit ends the exchange
//  9. integration                          mapping, call, mapping: package integration
//  10. what is answered                    compression, access log, metrics
func (p *pipeline) steps(d *program.Definition) []Step {
	steps := append(endpointLimits(d), edge(d)...)
	steps = append(steps, p.callersKey(d)...)
	steps = append(steps, p.authorization(d)...)
	steps = append(steps, p.admission(d)...)
	steps = append(steps, p.execution(d, p.cached)...)
	if size := d.Snapshot.RestAPI.MinimumCompressionSize; size != nil {
		r := &compression.Response{MinimumSize: *size}
		steps = append(steps, r.Encode)
	}
	return steps
}

// execution is the order from the start of the execution on, which test invocations share; around puts the stage cache
// around the integration, and test invocations have none.
func (p *pipeline) execution(d *program.Definition, around func(*program.Definition, backend) []Step) []Step {
	steps := append([]Step{started}, validation(d)...)
	b, err := p.integration(d)
	switch {
	case err != nil:
		steps = append(steps, fails(err))
	case around != nil:
		steps = append(steps, around(d, b)...)
	default:
		steps = append(steps, b.Run)
	}
	return append(steps, succeeded)
}

func fails(err error) Step {
	return func(context.Context, *message.Exchange) error { return err }
}

func started(_ context.Context, x *message.Exchange) error {
	observe.Started(x)
	return nil
}

func succeeded(_ context.Context, x *message.Exchange) error {
	observe.Succeeded(x)
	return nil
}

func validator(d *program.Definition) *apidef.RequestValidator {
	for _, v := range d.Snapshot.RequestValidators {
		if v.ID == d.Method.RequestValidatorID && v.ID != "" {
			return v
		}
	}
	return nil
}

func validation(d *program.Definition) []Step {
	v := validator(d)
	if v == nil && d.Method.RequestValidatorID != "" {
		return []Step{fails(gatewayresponse.Configuration("Invalid Request Validator identifier specified"))}
	}
	if v == nil {
		return nil
	}
	var steps []Step
	if v.ValidateRequestParameters {
		if p := validate.CompileParameters(d.Method.RequestParameters); p != nil {
			steps = append(steps, p.Check)
		}
	}
	if v.ValidateRequestBody {
		if b := validate.CompileBody(d.Method.RequestModels, d.Models); b != nil {
			steps = append(steps, b.Check)
		}
	}
	return steps
}
