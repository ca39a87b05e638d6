package control

import (
	"context"
	"maps"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// tagged is something that carries tags, in one transaction.
type tagged struct {
	tags map[string]string
	save func(tags map[string]string) error
}

// tagged finds what an ARN names: arn:{partition}:apigateway:{region}::/restapis/{id}[/stages/{name}], or another kind.
// It is of the caller's region, and names no account or the caller's.
func (c *Control) tagged(r records, name string) (*tagged, error) {
	a, err := arn.Parse(name)
	if err != nil || a.Service != "apigateway" || a.Region != r.scope.Region || a.Account != "" && a.Account != r.scope.Account {
		return nil, awserr.BadRequest.Errorf("Invalid ARN specified in the request")
	}
	path := strings.Split(strings.TrimPrefix(a.Resource, "/"), "/")
	switch {
	case len(path) == 2 && path[0] == "restapis":
		return r.taggedAPI(path[1])
	case len(path) == 4 && path[0] == "restapis" && path[2] == "stages":
		return r.taggedStage(path[1], path[3])
	}
	return r.taggedResource(path)
}

func (r records) taggedAPI(id string) (*tagged, error) {
	api, err := r.restAPI(id)
	if err != nil {
		return nil, err
	}
	return tagsIn(r, kindRestAPI, id, api, &api.Tags), nil
}

func (r records) taggedStage(api, name string) (*tagged, error) {
	stage, err := r.stage(api, name)
	if err != nil {
		return nil, err
	}
	return tagsIn(r, kindStage, api+"/"+name, stage, &stage.Tags), nil
}

// TagResource adds tags; those that are there with the same key change.
func (c *Control) TagResource(ctx context.Context, call *wire.Call, in *apigateway.TagResourceRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		t, err := c.tagged(r, in.ResourceARN)
		if err != nil {
			return none, err
		}
		if err := apidef.CheckTags(t.tags, in.Tags, *c.options.Limits); err != nil {
			return none, err
		}
		tags := make(map[string]string, len(t.tags)+len(in.Tags))
		maps.Copy(tags, t.tags)
		maps.Copy(tags, in.Tags)
		return none, t.save(tags)
	})
	return err
}

// UntagResource removes tags by key; keys that are not there are ignored.
func (c *Control) UntagResource(ctx context.Context, call *wire.Call, in *apigateway.UntagResourceRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		t, err := c.tagged(r, in.ResourceARN)
		if err != nil {
			return none, err
		}
		for _, key := range in.TagKeys {
			delete(t.tags, key)
		}
		return none, t.save(t.tags)
	})
	return err
}

// GetTags answers what is tagged with. It never pages.
func (c *Control) GetTags(ctx context.Context, call *wire.Call, in *apigateway.GetTagsRequest) (*apigateway.Tags, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Tags, error) {
		t, err := c.tagged(r, in.ResourceARN)
		if err != nil {
			return nil, err
		}
		return &apigateway.Tags{Tags: tagsOf(t.tags, tagsAlways)}, nil
	})
}
