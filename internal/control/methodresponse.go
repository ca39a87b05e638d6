package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// PutMethodResponse declares a status of a method. It never overwrites one.
func (c *Control) PutMethodResponse(ctx context.Context, call *wire.Call, in *apigateway.PutMethodResponseRequest) (*apigateway.MethodResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.MethodResponse, error) {
		res, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		if _, taken := m.MethodResponses[in.StatusCode]; taken {
			return nil, awserr.Conflict.Errorf("Response already exists for this resource")
		}
		refs, err := r.references(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		response, err := apidef.NewMethodResponse(apidef.MethodResponse{
			StatusCode: in.StatusCode, ResponseParameters: in.ResponseParameters, ResponseModels: in.ResponseModels,
		}, refs)
		if err != nil {
			return nil, err
		}
		if m.MethodResponses == nil {
			m.MethodResponses = make(map[string]*apidef.MethodResponse)
		}
		m.MethodResponses[in.StatusCode] = response
		return methodResponseAnswer(response), r.putResource(in.RestAPIID, res)
	})
}

// GetMethodResponse answers one declared status.
func (c *Control) GetMethodResponse(ctx context.Context, call *wire.Call, in *apigateway.GetMethodResponseRequest) (*apigateway.MethodResponse, error) {
	return view(ctx, c, call, func(r records) (*apigateway.MethodResponse, error) {
		_, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		response, ok := m.MethodResponses[in.StatusCode]
		if !ok {
			return nil, apidef.ErrNoResponse
		}
		return methodResponseAnswer(response), nil
	})
}

// UpdateMethodResponse patches a declared status.
func (c *Control) UpdateMethodResponse(ctx context.Context, call *wire.Call, in *apigateway.UpdateMethodResponseRequest) (*apigateway.MethodResponse, error) {
	return update(ctx, c, call, func(r records) (*apigateway.MethodResponse, error) {
		res, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return nil, err
		}
		response, ok := m.MethodResponses[in.StatusCode]
		if !ok {
			return nil, apidef.ErrNoResponse
		}
		refs, err := r.references(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		if response, err = response.Patch(patchOperations(in.PatchOperations), refs); err != nil {
			return nil, err
		}
		m.MethodResponses[in.StatusCode] = response
		return methodResponseAnswer(response), r.putResource(in.RestAPIID, res)
	})
}

// DeleteMethodResponse removes a declared status. Integration responses of that status stay.
func (c *Control) DeleteMethodResponse(ctx context.Context, call *wire.Call, in *apigateway.DeleteMethodResponseRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		res, m, err := r.method(in.RestAPIID, in.ResourceID, in.HTTPMethod)
		if err != nil {
			return none, err
		}
		if _, ok := m.MethodResponses[in.StatusCode]; !ok {
			return none, apidef.ErrNoResponse
		}
		delete(m.MethodResponses, in.StatusCode)
		return none, r.putResource(in.RestAPIID, res)
	})
	return err
}

func methodResponseAnswer(m *apidef.MethodResponse) *apigateway.MethodResponse {
	return &apigateway.MethodResponse{
		StatusCode: &m.StatusCode, ResponseParameters: m.ResponseParameters, ResponseModels: m.ResponseModels,
	}
}
