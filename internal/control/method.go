package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// PutMethod adds a method to a resource. It never overwrites one.
func (c *Control) PutMethod(ctx context.Context, call *wire.Call, in *apigateway.PutMethodRequest) (*apigateway.Method, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Method, error) {
		res, err := r.resource(in.RestAPIID, in.ResourceID)
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckHTTPMethod(in.HTTPMethod); err != nil {
			return nil, err
		}
		if _, taken := res.Methods[in.HTTPMethod]; taken {
			return nil, awserr.Conflict.Errorf("Method already exists for this resource")
		}
		refs, err := r.references(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		m, err := apidef.NewMethod(apidef.Method{
			HTTPMethod:          in.HTTPMethod,
			AuthorizationType:   value(in.AuthorizationType),
			AuthorizerID:        value(in.AuthorizerID),
			AuthorizationScopes: in.AuthorizationScopes,
			APIKeyRequired:      value(in.APIKeyRequired),
			RequestValidatorID:  value(in.RequestValidatorID),
			OperationName:       value(in.OperationName),
			RequestParameters:   in.RequestParameters,
			RequestModels:       in.RequestModels,
		}, refs)
		if err != nil {
			return nil, err
		}
		if res.Methods == nil {
			res.Methods = make(map[string]*apidef.Method)
		}
		res.Methods[in.HTTPMethod] = m
		return methodAnswer(m), r.putResource(in.RestAPIID, res)
	})
}

// GetMethod answers a method with its responses and its integration.
func (c *Control) GetMethod(ctx context.Context, call *wire.Call, in *apigateway.GetMethodRequest) (*apigateway.Method, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Method, error) {
		_, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		return methodAnswer(m), nil
	})
}

// UpdateMethod patches a method.
func (c *Control) UpdateMethod(ctx context.Context, call *wire.Call, in *apigateway.UpdateMethodRequest) (*apigateway.Method, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Method, error) {
		res, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		refs, err := r.references(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		if m, err = m.Patch(patchOperations(in.PatchOperations), refs); err != nil {
			return nil, err
		}
		res.Methods[in.HTTPMethod] = m
		return methodAnswer(m), r.putResource(in.RestAPIID, res)
	})
}

// DeleteMethod removes a method with its responses and its integration.
func (c *Control) DeleteMethod(ctx context.Context, call *wire.Call, in *apigateway.DeleteMethodRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		res, _, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return none, err
		}
		delete(res.Methods, in.HTTPMethod)
		return none, r.putResource(in.RestAPIID, res)
	})
	return err
}

func methodAnswer(m *apidef.Method) *apigateway.Method {
	out := &apigateway.Method{
		HTTPMethod:         &m.HTTPMethod,
		AuthorizationType:  &m.AuthorizationType,
		AuthorizerID:       optional(m.AuthorizerID),
		APIKeyRequired:     &m.APIKeyRequired,
		RequestValidatorID: optional(m.RequestValidatorID),
		OperationName:      optional(m.OperationName),
		RequestParameters:  unlessEmpty(m.RequestParameters),
		RequestModels:      unlessEmpty(m.RequestModels),
	}
	if len(m.AuthorizationScopes) > 0 {
		out.AuthorizationScopes = m.AuthorizationScopes
	}
	if m.Integration != nil {
		out.MethodIntegration = integrationAnswer(m.Integration)
	}
	for status, response := range m.MethodResponses {
		if out.MethodResponses == nil {
			out.MethodResponses = make(map[string]apigateway.MethodResponse, len(m.MethodResponses))
		}
		out.MethodResponses[status] = *methodResponseAnswer(response)
	}
	return out
}
