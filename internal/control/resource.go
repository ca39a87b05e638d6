package control

import (
	"context"
	"sort"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// CreateResource puts a resource below another one.
func (c *Control) CreateResource(ctx context.Context, call *wire.Call, in *apigateway.CreateResourceRequest) (*apigateway.Resource, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Resource, error) {
		tree, err := r.tree(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		if _, ok := tree.Get(in.ParentID); !ok {
			return nil, apidef.ErrNoResource
		}
		if err := c.checkResourceQuota(tree.Len()); err != nil {
			return nil, err
		}
		id, err := c.newID(r, kindResource, in.RestAPIID+"/", resourceIDLength)
		if err != nil {
			return nil, err
		}
		res := &apidef.Resource{ID: id, ParentID: in.ParentID, PathPart: value(in.PathPart)}
		if err := tree.Add(res); err != nil {
			return nil, err
		}
		return new(resourceAnswer(res, false)), r.putResource(in.RestAPIID, res)
	})
}

// checkResourceQuota is given the number of resources that there are; the root comes free.
func (c *Control) checkResourceQuota(have int) error {
	if have-1 >= c.options.Limits.Resources {
		return apidef.ErrTooManyResources
	}
	return nil
}

func (r records) tree(api string) (*apidef.Tree, error) {
	resources, err := list[apidef.Resource](r, kindResource, api+"/")
	if err != nil {
		return nil, err
	}
	return apidef.NewTree(resources), nil
}

// GetResource answers one resource; embed=methods adds its methods in full.
func (c *Control) GetResource(ctx context.Context, call *wire.Call, in *apigateway.GetResourceRequest) (*apigateway.Resource, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Resource, error) {
		res, err := r.resource(in.RestAPIID, in.ResourceID)
		if err != nil {
			return nil, err
		}
		return new(resourceAnswer(res, embeds(in.Embed, "methods"))), nil
	})
}

// GetResources lists an API's resources, by path.
func (c *Control) GetResources(ctx context.Context, call *wire.Call, in *apigateway.GetResourcesRequest) (*apigateway.Resources, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Resources, error) {
		resources, err := listIn[apidef.Resource](r, kindResource, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		sort.Slice(resources, func(i, j int) bool { return resources[i].Path < resources[j].Path })
		cut, next, err := page(resources, func(r *apidef.Resource) string { return r.Path }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		whole := embeds(in.Embed, "methods")
		items := answers(cut, func(r *apidef.Resource) apigateway.Resource { return resourceAnswer(r, whole) })
		return &apigateway.Resources{Items: items, Position: next}, nil
	})
}

// UpdateResource renames or moves a resource, and everything below it with it.
func (c *Control) UpdateResource(ctx context.Context, call *wire.Call, in *apigateway.UpdateResourceRequest) (*apigateway.Resource, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Resource, error) {
		tree, err := r.tree(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		moved, err := tree.Patch(in.ResourceID, patchOperations(in.PatchOperations))
		if err != nil {
			return nil, err
		}
		for _, res := range moved {
			if err := r.putResource(in.RestAPIID, res); err != nil {
				return nil, err
			}
		}
		return new(resourceAnswer(moved[0], false)), nil
	})
}

// DeleteResource removes a resource and everything below it.
func (c *Control) DeleteResource(ctx context.Context, call *wire.Call, in *apigateway.DeleteResourceRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		tree, err := r.tree(in.RestAPIID)
		if err != nil {
			return none, err
		}
		doomed := tree.Subtree(in.ResourceID)
		if doomed == nil {
			return none, apidef.ErrNoResource
		}
		if doomed[0].ParentID == "" {
			return none, awserr.BadRequest.Errorf("Root resource cannot be deleted.")
		}
		for _, res := range doomed {
			if err := r.delete(kindResource, in.RestAPIID+"/"+res.ID); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

// resourceAnswer shows methods as empty objects unless they are asked for. Recorded AWS answer: GetResources.
func resourceAnswer(r *apidef.Resource, whole bool) apigateway.Resource {
	out := apigateway.Resource{ID: &r.ID, ParentID: optional(r.ParentID), PathPart: optional(r.PathPart), Path: &r.Path}
	for verb, m := range r.Methods {
		if out.ResourceMethods == nil {
			out.ResourceMethods = make(map[string]apigateway.Method, len(r.Methods))
		}
		out.ResourceMethods[verb] = apigateway.Method{}
		if whole {
			out.ResourceMethods[verb] = *methodAnswer(m)
		}
	}
	return out
}
