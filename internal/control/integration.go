package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// PutIntegration gives a method its integration. One that is there already is replaced as a whole: its integration
// responses go with it.
func (c *Control) PutIntegration(ctx context.Context, call *wire.Call, in *apigateway.PutIntegrationRequest) (*apigateway.Integration, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Integration, error) {
		res, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		integration, err := apidef.NewIntegration(requestedIntegration(in), in.TimeoutInMillis, c.place(call, res, m))
		if err != nil {
			return nil, err
		}
		m.Integration = integration
		return integrationAnswer(integration), r.putResource(in.RestAPIID, res)
	})
}

func requestedIntegration(in *apigateway.PutIntegrationRequest) apidef.Integration {
	integration := apidef.Integration{
		Type:                 value(in.Type),
		HTTPMethod:           value(in.IntegrationHTTPMethod),
		URI:                  value(in.URI),
		ConnectionType:       value(in.ConnectionType),
		ConnectionID:         value(in.ConnectionID),
		Credentials:          value(in.Credentials),
		RequestParameters:    in.RequestParameters,
		RequestTemplates:     in.RequestTemplates,
		PassthroughBehavior:  value(in.PassthroughBehavior),
		CacheNamespace:       value(in.CacheNamespace),
		CacheKeyParameters:   in.CacheKeyParameters,
		ContentHandling:      value(in.ContentHandling),
		ResponseTransferMode: value(in.ResponseTransferMode),
		IntegrationTarget:    value(in.IntegrationTarget),
	}
	if in.TLSConfig != nil {
		integration.TLSConfig = &apidef.TLSConfig{InsecureSkipVerification: value(in.TLSConfig.InsecureSkipVerification)}
	}
	return integration
}

// place is where an integration of the method stands.
func (c *Control) place(call *wire.Call, res *apidef.Resource, m *apidef.Method) apidef.Place {
	at := apidef.Place{ResourceID: res.ID, Method: m, AccountID: call.Account, Limits: *c.options.Limits}
	if c.options.AllowForeignRoles {
		at.AccountID = ""
	}
	return at
}

// GetIntegration answers a method's integration.
func (c *Control) GetIntegration(ctx context.Context, call *wire.Call, in *apigateway.GetIntegrationRequest) (*apigateway.Integration, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Integration, error) {
		_, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		return integrationAnswer(m.Integration), nil
	})
}

// UpdateIntegration patches a method's integration.
func (c *Control) UpdateIntegration(ctx context.Context, call *wire.Call, in *apigateway.UpdateIntegrationRequest) (*apigateway.Integration, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Integration, error) {
		res, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		m.Integration, err = m.Integration.Patch(patchOperations(in.PatchOperations), c.place(call, res, m))
		if err != nil {
			return nil, err
		}
		return integrationAnswer(m.Integration), r.putResource(in.RestAPIID, res)
	})
}

// DeleteIntegration removes a method's integration with its integration responses.
func (c *Control) DeleteIntegration(ctx context.Context, call *wire.Call, in *apigateway.DeleteIntegrationRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		res, m, err := r.integration(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return none, err
		}
		m.Integration = nil
		return none, r.putResource(in.RestAPIID, res)
	})
	return err
}

func integrationAnswer(in *apidef.Integration) *apigateway.Integration {
	out := &apigateway.Integration{
		Type:                 &in.Type,
		HTTPMethod:           optional(in.HTTPMethod),
		URI:                  optional(in.URI),
		ConnectionType:       optional(in.ConnectionType),
		ConnectionID:         optional(in.ConnectionID),
		Credentials:          optional(in.Credentials),
		RequestParameters:    in.RequestParameters,
		RequestTemplates:     in.RequestTemplates,
		PassthroughBehavior:  &in.PassthroughBehavior,
		ContentHandling:      optional(in.ContentHandling),
		TimeoutInMillis:      &in.TimeoutInMillis,
		CacheNamespace:       &in.CacheNamespace,
		CacheKeyParameters:   in.CacheKeyParameters,
		ResponseTransferMode: optional(in.ResponseTransferMode),
		IntegrationTarget:    optional(in.IntegrationTarget),
	}
	if out.CacheKeyParameters == nil {
		out.CacheKeyParameters = []string{}
	}
	if in.TLSConfig != nil {
		out.TLSConfig = &apigateway.TLSConfig{InsecureSkipVerification: &in.TLSConfig.InsecureSkipVerification}
	}
	for status, response := range in.Responses {
		if out.IntegrationResponses == nil {
			out.IntegrationResponses = make(map[string]apigateway.IntegrationResponse, len(in.Responses))
		}
		out.IntegrationResponses[status] = *integrationResponseAnswer(response)
	}
	return out
}
