package integration

import (
	"errors"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// Request makes integration requests: parameter mapping, then the mapping template, then what the template overrode.
type Request struct {
	parameters *mapping.RequestParameters
	templates  *mapping.RequestTemplates
	payload    requestPayload
}

// CompileRequest compiles the request side of an integration. binary is the API's binaryMediaTypes.
func CompileRequest(in *apidef.Integration, binary BinaryMediaTypes) (*Request, error) {
	parameters, err := mapping.CompileRequestParameters(in.RequestParameters)
	if err != nil {
		return nil, err
	}
	r := &Request{parameters: parameters, payload: requestPayload{binary, in.ContentHandling}}
	if in.Type == apidef.HTTPProxy || in.Type == apidef.AWSProxy {
		return r, nil
	}
	r.templates, err = mapping.CompileRequestTemplates(in.RequestTemplates, in.PassthroughBehavior)
	return r, err
}

// Apply fills x.IntegrationRequest. It fails with 400 when a mapping reads a body that is not JSON, with 415 when no
// template fits and the body may not pass through, and with 500 when the payload or the template cannot be transformed.
func (r *Request) Apply(x *message.Exchange) error {
	body, err := r.payload.convert(x)
	if err != nil {
		return err
	}
	if err := r.Map(x); err != nil {
		return err
	}
	contentType := ContentType(x)
	t, pass := r.templates.Choose(contentType)
	switch {
	case t == nil && !pass:
		return gatewayresponse.UnsupportedMediaType
	case t == nil:
		x.IntegrationRequest.Body = body
		return nil
	case r.payload.isBytes(x, contentType):
		// A template cannot read bytes (recorded AWS answer).
		return gatewayresponse.Transformation()
	}
	return render(x, t, body)
}

// Map is the part of Apply that maps parameters.
func (r *Request) Map(x *message.Exchange) error {
	err := r.parameters.Apply(x)
	switch {
	case errors.Is(err, mapping.ErrInvalidRequestBody):
		return gatewayresponse.InvalidJSONBody()
	case err != nil:
		return gatewayresponse.Transformation()
	}
	return nil
}

// render fills the body from a template, and applies what the template overrode.
func render(x *message.Exchange, t *mapping.Template, body []byte) error {
	out := &x.IntegrationRequest
	rendered, err := t.Render(x, body, out.Buffer[:0])
	if err != nil {
		x.Trace.Notef("%v", err)
		return gatewayresponse.Transformation()
	}
	out.Body, out.Buffer = rendered, rendered
	if x.RequestOverride == nil {
		return nil
	}
	if err := mapping.ApplyRequestOverrides(x); err != nil {
		x.Trace.Notef("%v", err)
		return gatewayresponse.Transformation()
	}
	return nil
}

// ContentType is the request's Content-Type header, or "" without one. In a test invocation the content type is always
// application/json (developer guide: Amazon API Gateway important notes).
func ContentType(x *message.Exchange) string {
	if x.Test {
		return "application/json"
	}
	value, _ := x.Request.Header.GetFold("Content-Type")
	return value
}
