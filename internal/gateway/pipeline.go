package gateway

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/gateway/compression"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration/http"
	"postern/internal/gateway/integration/mock"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
	"postern/internal/gateway/validate"
)

// Step is one thing that happens to an exchange on its way.
type Step = program.Step

// pipeline makes the steps of methods, from what they share.
type pipeline struct {
	transport http.Transport
	tls       http.TLS
}

// steps is the order of everything that can happen to an exchange once its method is known. Only the steps that the
// method uses are in the list.
//
// The order, from the developer guide's pages on each step and from recorded answers to requests that are wrong in two
// ways. Before the method is known, in Gateway.Serve: transfer limits, decoding of a compressed body, route.
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
	if what := notGuarded(d); what != "" {
		return []Step{fails(gatewayresponse.NotRun(what))}
	}
	steps := p.execution(d)
	if size := d.Snapshot.RestAPI.MinimumCompressionSize; size != nil {
		r := &compression.Response{MinimumSize: *size}
		steps = append(steps, r.Encode)
	}
	return steps
}

// execution is the order from the start of the execution on, which test invocations share.
func (p *pipeline) execution(d *program.Definition) []Step {
	steps := []Step{started}
	if what := notRun(d); what != "" {
		return append(steps, fails(gatewayresponse.NotRun(what)))
	}
	steps = append(steps, validation(d)...)
	return append(steps, p.integration(d), succeeded)
}

// notGuarded names what guards a method and Postern cannot do yet. Such a method must not run without it.
func notGuarded(d *program.Definition) string {
	switch m := d.Method; {
	case d.Snapshot.RestAPI.Policy != "":
		return "APIs with a resource policy"
	case d.Stage.WebACLARN != "":
		return "stages with a web ACL"
	case m.AuthorizationType != "" && m.AuthorizationType != "NONE":
		return "methods with authorization " + m.AuthorizationType
	case m.APIKeyRequired:
		return "methods that require an API key"
	}
	return ""
}

// notRun names what the execution of a method needs and Postern cannot do yet.
func notRun(d *program.Definition) string {
	in := d.Method.Integration
	switch {
	case in == nil:
		return ""
	case in.Type == apidef.AWS, in.Type == apidef.AWSProxy:
		return "integrations of type " + in.Type
	case in.ConnectionType == "VPC_LINK":
		return "integrations through a VPC link"
	case in.ResponseTransferMode == "STREAM":
		return "integrations that stream their response"
	case d.Stage.ClientCertificateID != "" && in.Type != apidef.Mock:
		return "stages with a client certificate"
	}
	return ""
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

// integration is the step that runs the method's integration. What cannot be compiled is answered when it is called.
func (p *pipeline) integration(d *program.Definition) Step {
	m := d.Method
	if m.Integration == nil {
		return fails(gatewayresponse.Configuration("No integration defined for method"))
	}
	switch m.Integration.Type {
	case apidef.HTTP, apidef.HTTPProxy:
		b, err := http.New(m, d.Environment, p.transport, p.tls)
		return step(b, err)
	case apidef.Mock:
		b, err := mock.New(m, d.Environment)
		return step(b, err)
	}
	return fails(gatewayresponse.Configuration("Unknown integration type " + m.Integration.Type))
}

// backend is a compiled integration of any type.
type backend interface {
	Run(ctx context.Context, x *message.Exchange) error
}

// step is the Run of a backend that could be compiled.
func step(b backend, err error) Step {
	if err != nil {
		return fails(gatewayresponse.Configuration(err.Error()))
	}
	return b.Run
}
