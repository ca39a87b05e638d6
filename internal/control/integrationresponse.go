package control

import (
	"context"
	"errors"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// PutIntegrationResponse maps a status. Unlike a method response it overwrites the one that is there.
func (c *Control) PutIntegrationResponse(ctx context.Context, call *wire.Call, in *apigateway.PutIntegrationResponseRequest) (*apigateway.IntegrationResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.IntegrationResponse, error) {
		res, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		response, err := apidef.NewIntegrationResponse(apidef.IntegrationResponse{
			StatusCode:         in.StatusCode,
			SelectionPattern:   in.SelectionPattern,
			ResponseParameters: in.ResponseParameters,
			ResponseTemplates:  in.ResponseTemplates,
			ContentHandling:    value(in.ContentHandling),
		}, m.MethodResponses[in.StatusCode], *c.options.Limits)
		if err != nil {
			return nil, err
		}
		if m.Integration.Responses == nil {
			m.Integration.Responses = make(map[string]*apidef.IntegrationResponse)
		}
		m.Integration.Responses[in.StatusCode] = response
		return integrationResponseAnswer(response), r.putResource(in.RestAPIID, res)
	})
}

// GetIntegrationResponse answers one mapped status.
func (c *Control) GetIntegrationResponse(ctx context.Context, call *wire.Call, in *apigateway.GetIntegrationResponseRequest) (*apigateway.IntegrationResponse, error) {
	return view(ctx, c, call, func(r records) (*apigateway.IntegrationResponse, error) {
		_, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		response, ok := m.Integration.Responses[in.StatusCode]
		if !ok {
			return nil, apidef.ErrNoResponse
		}
		return integrationResponseAnswer(response), nil
	})
}

// UpdateIntegrationResponse patches a mapped status.
func (c *Control) UpdateIntegrationResponse(ctx context.Context, call *wire.Call, in *apigateway.UpdateIntegrationResponseRequest) (*apigateway.IntegrationResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.IntegrationResponse, error) {
		res, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		response, ok := m.Integration.Responses[in.StatusCode]
		if !ok {
			return nil, apidef.ErrNoResponse
		}
		response, err = response.Patch(patchOperations(in.PatchOperations), m.MethodResponses[in.StatusCode], *c.options.Limits)
		if err != nil {
			return nil, err
		}
		m.Integration.Responses[in.StatusCode] = response
		return integrationResponseAnswer(response), r.putResource(in.RestAPIID, res)
	})
}

// DeleteIntegrationResponse removes a mapped status. It alone answers an unknown method like an unknown integration.
// Recorded AWS answer: DeleteIntegrationResponse.
func (c *Control) DeleteIntegrationResponse(ctx context.Context, call *wire.Call, in *apigateway.DeleteIntegrationResponseRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		res, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if errors.Is(err, apidef.ErrNoMethod) {
			return none, apidef.ErrNoIntegration
		}
		if err != nil {
			return none, err
		}
		if _, ok := m.Integration.Responses[in.StatusCode]; !ok {
			return none, apidef.ErrNoResponse
		}
		delete(m.Integration.Responses, in.StatusCode)
		return none, r.putResource(in.RestAPIID, res)
	})
	return err
}

func integrationResponseAnswer(r *apidef.IntegrationResponse) *apigateway.IntegrationResponse {
	return &apigateway.IntegrationResponse{
		StatusCode:         &r.StatusCode,
		SelectionPattern:   r.SelectionPattern,
		ResponseParameters: r.ResponseParameters,
		ResponseTemplates:  r.ResponseTemplates,
		ContentHandling:    optional(r.ContentHandling),
	}
}
