// Package mock runs integrations of the type MOCK: no backend, the request template itself says what would have been
// answered.
//
// What comes in: an exchange whose request has been authorized and validated. What goes out: the mapped answer, or a
// *gatewayresponse.Error. It calls nothing.
//
// Sources: developer guide, "Set up mock integrations in API Gateway"; recorded AWS answers (MOCK integrations).
package mock

import (
	"context"
	"strconv"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// Backend is one method's integration of type MOCK, compiled.
type Backend struct {
	request   *integration.Request
	responses *integration.Responses
}

// New compiles the integration of m.
func New(m *apidef.Method, env *integration.Environment) (*Backend, error) {
	request, err := integration.CompileRequest(m.Integration, env.Binary)
	if err != nil {
		return nil, err
	}
	return &Backend{request, integration.CompileResponses(m, env.Binary)}, nil
}

// Run is the step that answers.
func (b *Backend) Run(ctx context.Context, x *message.Exchange) error {
	if err := b.Call(ctx, x); err != nil {
		return err
	}
	return b.Answer(ctx, x)
}

// Call renders the request template. The text that selects the integration response is the statusCode in it; the
// template's output is not visible to the response template (recorded AWS answer).
func (b *Backend) Call(_ context.Context, x *message.Exchange) error {
	if err := b.request.Apply(x); err != nil {
		return err
	}
	status, ok := statusCode(x.IntegrationRequest.Body)
	if !ok {
		return gatewayresponse.Configuration("Unable to parse statusCode. It should be an integer that is defined in the request template.")
	}
	x.IntegrationResponse.Status = status
	x.IntegrationResponse.Selection = "200"
	if status != 200 {
		x.IntegrationResponse.Selection = strconv.Itoa(status)
	}
	return nil
}

// Answer makes the response of the integration response that the status selects.
func (b *Backend) Answer(_ context.Context, x *message.Exchange) error { return b.responses.Apply(x) }
