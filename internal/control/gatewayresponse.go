package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// PutGatewayResponse sets the answer for one kind of gateway error, whole: what is not sent is as built in.
func (c *Control) PutGatewayResponse(ctx context.Context, call *wire.Call, in *apigateway.PutGatewayResponseRequest) (*apigateway.GatewayResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.GatewayResponse, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		g := &apidef.GatewayResponse{
			ResponseType: in.ResponseType, StatusCode: value(in.StatusCode),
			ResponseParameters: in.ResponseParameters, ResponseTemplates: in.ResponseTemplates,
		}
		if err := g.Check(*c.options.Limits); err != nil {
			return nil, err
		}
		if err := put(r, kindGatewayResponse, in.RestAPIID+"/"+in.ResponseType, g); err != nil {
			return nil, err
		}
		return new(gatewayResponseAnswer(in.ResponseType, map[string]*apidef.GatewayResponse{in.ResponseType: g})), nil
	})
}

// gatewayResponses are the responses that an API has set, by type.
func (r records) gatewayResponses(api string) (map[string]*apidef.GatewayResponse, error) {
	responses, err := listIn[apidef.GatewayResponse](r, kindGatewayResponse, api)
	set := make(map[string]*apidef.GatewayResponse, len(responses))
	for _, g := range responses {
		set[g.ResponseType] = g
	}
	return set, err
}

// GetGatewayResponse answers the response of one type, set or built in.
func (c *Control) GetGatewayResponse(ctx context.Context, call *wire.Call, in *apigateway.GetGatewayResponseRequest) (*apigateway.GatewayResponse, error) {
	return view(ctx, c, call, func(r records) (*apigateway.GatewayResponse, error) {
		set, err := r.gatewayResponses(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		return new(gatewayResponseAnswer(in.ResponseType, set)), nil
	})
}

// GetGatewayResponses lists the responses of every type, in order of the type's name.
func (c *Control) GetGatewayResponses(ctx context.Context, call *wire.Call, in *apigateway.GetGatewayResponsesRequest) (*apigateway.GatewayResponses, error) {
	return view(ctx, c, call, func(r records) (*apigateway.GatewayResponses, error) {
		set, err := r.gatewayResponses(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		key := func(g apidef.GatewayResponse) string { return g.ResponseType }
		cut, next, err := page(apidef.GatewayResponseTypes, key, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(g apidef.GatewayResponse) apigateway.GatewayResponse {
			return gatewayResponseAnswer(g.ResponseType, set)
		})
		return &apigateway.GatewayResponses{Items: items, Position: next}, nil
	})
}

// UpdateGatewayResponse patches the response of a type; one that was not set becomes set.
func (c *Control) UpdateGatewayResponse(ctx context.Context, call *wire.Call, in *apigateway.UpdateGatewayResponseRequest) (*apigateway.GatewayResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.GatewayResponse, error) {
		set, err := r.gatewayResponses(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		g, ok := set[in.ResponseType]
		if !ok {
			g = new(apidef.DefaultGatewayResponse(in.ResponseType))
		}
		if g, err = g.Patch(patchOperations(in.PatchOperations), *c.options.Limits); err != nil {
			return nil, err
		}
		set[in.ResponseType] = g
		return new(gatewayResponseAnswer(in.ResponseType, set)), put(r, kindGatewayResponse, in.RestAPIID+"/"+in.ResponseType, g)
	})
}

// DeleteGatewayResponse resets a type to the built-in response.
func (c *Control) DeleteGatewayResponse(ctx context.Context, call *wire.Call, in *apigateway.DeleteGatewayResponseRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		set, err := r.gatewayResponses(in.RestAPIID)
		if err != nil {
			return none, err
		}
		if _, ok := set[in.ResponseType]; !ok {
			return none, apidef.ErrNoGatewayResponse
		}
		return none, r.delete(kindGatewayResponse, in.RestAPIID+"/"+in.ResponseType)
	})
	return err
}

func gatewayResponseAnswer(responseType string, set map[string]*apidef.GatewayResponse) apigateway.GatewayResponse {
	g, own := apidef.EffectiveGatewayResponse(responseType, set)
	return apigateway.GatewayResponse{
		ResponseType:       &g.ResponseType,
		StatusCode:         optional(g.StatusCode),
		ResponseParameters: g.ResponseParameters,
		ResponseTemplates:  g.ResponseTemplates,
		DefaultResponse:    new(!own),
	}
}
