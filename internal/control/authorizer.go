package control

import (
	"context"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// errTooManyAuthorizers is the answer to one authorizer more than the quota; the text is inferred from that of resources.
var errTooManyAuthorizers = awserr.LimitExceeded.Errorf("Maximum number of Authorizers for this API has been reached.  Please contact AWS if you need additional Authorizers.")

// CreateAuthorizer adds an authorizer to an API. What is wrong with the authorizer is answered before an unknown API,
// which is a conflict here. Recorded AWS answer: CreateAuthorizer of an unknown API.
func (c *Control) CreateAuthorizer(ctx context.Context, call *wire.Call, in *apigateway.CreateAuthorizerRequest) (*apigateway.Authorizer, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Authorizer, error) {
		a, err := apidef.NewAuthorizer(apidef.Authorizer{
			Name:                         value(in.Name),
			Type:                         value(in.Type),
			ProviderARNs:                 in.ProviderARNs,
			AuthType:                     value(in.AuthType),
			AuthorizerURI:                value(in.AuthorizerURI),
			AuthorizerCredentials:        value(in.AuthorizerCredentials),
			IdentitySource:               value(in.IdentitySource),
			IdentityValidationExpression: value(in.IdentityValidationExpression),
			AuthorizerResultTTLInSeconds: in.AuthorizerResultTTLInSeconds,
		})
		if err != nil {
			return nil, err
		}
		unknown := awserr.Conflict.Errorf("Unable to complete operation due to concurrent modification. Please try again later.")
		if _, err := find[apidef.RestAPI](r, kindRestAPI, in.RestAPIID, unknown); err != nil {
			return nil, err
		}
		if err := c.checkAuthorizers(r, in.RestAPIID, a); err != nil {
			return nil, err
		}
		if a.ID, err = c.newID(r, kindAuthorizer, in.RestAPIID+"/", resourceIDLength); err != nil {
			return nil, err
		}
		return new(authorizerAnswer(a)), put(r, kindAuthorizer, in.RestAPIID+"/"+a.ID, a)
	})
}

// checkAuthorizers refuses a name that another authorizer of the API has, and one authorizer too many. Texts inferred.
func (c *Control) checkAuthorizers(r records, api string, a *apidef.Authorizer) error {
	all, err := list[apidef.Authorizer](r, kindAuthorizer, api+"/")
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Name == a.Name && other.ID != a.ID {
			return awserr.Conflict.Errorf("Authorizer name must be unique. Authorizer %s already exists in this RestApi.", a.Name)
		}
	}
	if a.ID == "" && len(all) >= c.options.Limits.Authorizers {
		return errTooManyAuthorizers
	}
	return nil
}

func (r records) authorizer(api, id string) (*apidef.Authorizer, error) {
	return find[apidef.Authorizer](r, kindAuthorizer, api+"/"+id, apidef.ErrNoAuthorizer)
}

// GetAuthorizer answers one authorizer.
func (c *Control) GetAuthorizer(ctx context.Context, call *wire.Call, in *apigateway.GetAuthorizerRequest) (*apigateway.Authorizer, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Authorizer, error) {
		a, err := r.authorizer(in.RestAPIID, in.AuthorizerID)
		if err != nil {
			return nil, err
		}
		return new(authorizerAnswer(a)), nil
	})
}

// GetAuthorizers lists an API's authorizers, by name.
func (c *Control) GetAuthorizers(ctx context.Context, call *wire.Call, in *apigateway.GetAuthorizersRequest) (*apigateway.Authorizers, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Authorizers, error) {
		all, err := listIn[apidef.Authorizer](r, kindAuthorizer, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(all, func(a, b *apidef.Authorizer) int { return strings.Compare(a.Name, b.Name) })
		cut, next, err := page(all, func(a *apidef.Authorizer) string { return a.Name }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.Authorizers{Items: answers(cut, authorizerAnswer), Position: next}, nil
	})
}

// UpdateAuthorizer patches an authorizer.
func (c *Control) UpdateAuthorizer(ctx context.Context, call *wire.Call, in *apigateway.UpdateAuthorizerRequest) (*apigateway.Authorizer, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Authorizer, error) {
		a, err := r.authorizer(in.RestAPIID, in.AuthorizerID)
		if err != nil {
			return nil, err
		}
		if a, err = a.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		if err := c.checkAuthorizers(r, in.RestAPIID, a); err != nil {
			return nil, err
		}
		return new(authorizerAnswer(a)), put(r, kindAuthorizer, in.RestAPIID+"/"+a.ID, a)
	})
}

// DeleteAuthorizer removes an authorizer that no method uses. Message: public deployment logs.
func (c *Control) DeleteAuthorizer(ctx context.Context, call *wire.Call, in *apigateway.DeleteAuthorizerRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		a, err := r.authorizer(in.RestAPIID, in.AuthorizerID)
		if err != nil {
			return none, err
		}
		resources, err := list[apidef.Resource](r, kindResource, in.RestAPIID+"/")
		if err != nil {
			return none, err
		}
		slices.SortFunc(resources, func(a, b *apidef.Resource) int { return strings.Compare(a.Path, b.Path) })
		for _, res := range resources {
			for _, verb := range verbs(res) {
				if res.Methods[verb].AuthorizerID == a.ID {
					return none, awserr.Conflict.Errorf("Cannot delete authorizer '%s', is referenced in method: %s/%s", a.Name, verb, res.Path)
				}
			}
		}
		return none, r.delete(kindAuthorizer, in.RestAPIID+"/"+a.ID)
	})
	return err
}

func authorizerAnswer(a *apidef.Authorizer) apigateway.Authorizer {
	out := apigateway.Authorizer{
		ID:                           &a.ID,
		Name:                         &a.Name,
		Type:                         &a.Type,
		AuthType:                     new(a.AuthTypeAnswer()),
		AuthorizerURI:                optional(a.AuthorizerURI),
		AuthorizerCredentials:        optional(a.AuthorizerCredentials),
		IdentitySource:               optional(a.IdentitySource),
		IdentityValidationExpression: optional(a.IdentityValidationExpression),
		AuthorizerResultTTLInSeconds: a.AuthorizerResultTTLInSeconds,
	}
	if len(a.ProviderARNs) > 0 {
		out.ProviderARNs = a.ProviderARNs
	}
	return out
}
