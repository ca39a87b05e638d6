package control

import (
	"context"
	"maps"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// errTooManyRequestValidators is the answer to one request validator more than the quota; the text is inferred from that of
// resources.
var errTooManyRequestValidators = awserr.LimitExceeded.Errorf("Maximum number of Request Validators for this API has been reached.  Please contact AWS if you need additional Request Validators.")

// CreateRequestValidator adds a request validator. An unknown API is a bad request here.
// Recorded AWS answer: CreateRequestValidator of an unknown API.
func (c *Control) CreateRequestValidator(ctx context.Context, call *wire.Call, in *apigateway.CreateRequestValidatorRequest) (*apigateway.RequestValidator, error) {
	return update(ctx, c, call, func(r records) (*apigateway.RequestValidator, error) {
		unknown := awserr.BadRequest.Errorf("Invalid REST API identifier specified")
		if _, err := find[apidef.RestAPI](r, kindRestAPI, in.RestAPIID, unknown); err != nil {
			return nil, err
		}
		id, err := c.newID(r, kindRequestValidator, in.RestAPIID+"/", resourceIDLength)
		if err != nil {
			return nil, err
		}
		v := &apidef.RequestValidator{
			ID: id, Name: value(in.Name),
			ValidateRequestBody: value(in.ValidateRequestBody), ValidateRequestParameters: value(in.ValidateRequestParameters),
		}
		if err := v.Check(); err != nil {
			return nil, err
		}
		if err := c.checkRequestValidators(r, in.RestAPIID, v); err != nil {
			return nil, err
		}
		return new(requestValidatorAnswer(v)), put(r, kindRequestValidator, in.RestAPIID+"/"+id, v)
	})
}

// checkRequestValidators refuses a name that another request validator of the API has, and one request validator too many.
// Source of the first text's beginning and of the quota: public reports, serverless/serverless issues 10099 and 9291; the
// rest is inferred from the same answers about authorizers.
func (c *Control) checkRequestValidators(r records, api string, v *apidef.RequestValidator) error {
	all, err := list[apidef.RequestValidator](r, kindRequestValidator, api+"/")
	if err != nil {
		return err
	}
	known := false
	for _, other := range all {
		if other.Name == v.Name && other.ID != v.ID {
			return awserr.Conflict.Errorf("Request Validator name must be unique. Request Validator %s already exists in this RestApi.", v.Name)
		}
		known = known || other.ID == v.ID
	}
	if !known && len(all) >= c.options.Limits.RequestValidators {
		return errTooManyRequestValidators
	}
	return nil
}

func (r records) requestValidator(api, id string) (*apidef.RequestValidator, error) {
	return find[apidef.RequestValidator](r, kindRequestValidator, api+"/"+id, apidef.ErrNoRequestValidator)
}

// GetRequestValidator answers one request validator.
func (c *Control) GetRequestValidator(ctx context.Context, call *wire.Call, in *apigateway.GetRequestValidatorRequest) (*apigateway.RequestValidator, error) {
	return view(ctx, c, call, func(r records) (*apigateway.RequestValidator, error) {
		v, err := r.requestValidator(in.RestAPIID, in.RequestValidatorID)
		if err != nil {
			return nil, err
		}
		return new(requestValidatorAnswer(v)), nil
	})
}

// GetRequestValidators lists an API's request validators, by name.
func (c *Control) GetRequestValidators(ctx context.Context, call *wire.Call, in *apigateway.GetRequestValidatorsRequest) (*apigateway.RequestValidators, error) {
	return view(ctx, c, call, func(r records) (*apigateway.RequestValidators, error) {
		all, err := listIn[apidef.RequestValidator](r, kindRequestValidator, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(all, func(a, b *apidef.RequestValidator) int { return strings.Compare(a.Name, b.Name) })
		cut, next, err := page(all, func(v *apidef.RequestValidator) string { return v.Name }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.RequestValidators{Items: answers(cut, requestValidatorAnswer), Position: next}, nil
	})
}

// UpdateRequestValidator patches a request validator.
func (c *Control) UpdateRequestValidator(ctx context.Context, call *wire.Call, in *apigateway.UpdateRequestValidatorRequest) (*apigateway.RequestValidator, error) {
	return update(ctx, c, call, func(r records) (*apigateway.RequestValidator, error) {
		v, err := r.requestValidator(in.RestAPIID, in.RequestValidatorID)
		if err != nil {
			return nil, err
		}
		if v, err = v.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		if err := c.checkRequestValidators(r, in.RestAPIID, v); err != nil {
			return nil, err
		}
		return new(requestValidatorAnswer(v)), put(r, kindRequestValidator, in.RestAPIID+"/"+v.ID, v)
	})
}

// DeleteRequestValidator removes a request validator that no method uses. AWS's refusal starts as this one does; its end
// is inferred.
func (c *Control) DeleteRequestValidator(ctx context.Context, call *wire.Call, in *apigateway.DeleteRequestValidatorRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		v, err := r.requestValidator(in.RestAPIID, in.RequestValidatorID)
		if err != nil {
			return none, err
		}
		resources, err := list[apidef.Resource](r, kindResource, in.RestAPIID+"/")
		if err != nil {
			return none, err
		}
		for _, res := range resources {
			for _, verb := range verbs(res) {
				if res.Methods[verb].RequestValidatorID == v.ID {
					return none, awserr.Conflict.Errorf("Cannot delete Request Validator '%s', is referenced in method request: %s/%s", v.Name, res.Path, verb)
				}
			}
		}
		return none, r.delete(kindRequestValidator, in.RestAPIID+"/"+v.ID)
	})
	return err
}

// verbs are a resource's verbs in alphabetical order.
func verbs(res *apidef.Resource) []string { return slices.Sorted(maps.Keys(res.Methods)) }

func requestValidatorAnswer(v *apidef.RequestValidator) apigateway.RequestValidator {
	return apigateway.RequestValidator{
		ID: &v.ID, Name: &v.Name, ValidateRequestBody: &v.ValidateRequestBody, ValidateRequestParameters: &v.ValidateRequestParameters,
	}
}
