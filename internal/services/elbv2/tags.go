package elbv2

import (
	"context"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/elbv2"
)

// tag is a tag as it is stored, in the order of their making.
type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// maxTags bounds the tags of one resource. Source: user guides, "Tags".
const maxTags = 50

// newTags adds tags to those that are there; a key that is there gets its new value.
func newTags(tags []tag, sent []model.Tag) ([]tag, error) {
	tags = slices.Clone(tags)
	given := map[string]bool{}
	for _, t := range sent {
		key := *t.Key
		switch {
		case given[key]:
			return nil, model.DuplicateTagKeysException.Errorf("The tag key '%s' is specified more than once", key)
		case strings.HasPrefix(key, "aws:"):
			return nil, awserr.ValidationError.Errorf("The tag key '%s' cannot begin with 'aws:'", key)
		}
		given[key] = true
		next := tag{key, value(t.Value)}
		if i := slices.IndexFunc(tags, func(t tag) bool { return t.Key == key }); i >= 0 {
			tags[i] = next
		} else {
			tags = append(tags, next)
		}
	}
	if len(tags) > maxTags {
		return nil, model.TooManyTagsException.Errorf("The maximum number of tags is %d", maxTags)
	}
	return tags, nil
}

// AddTags adds tags to load balancers, target groups and listeners.
func (e *ELB) AddTags(ctx context.Context, call *wire.Call, in *model.AddTagsInput) (*model.AddTagsOutput, error) {
	return update(ctx, e, call, func(r records) (*model.AddTagsOutput, error) {
		return &model.AddTagsOutput{}, r.retag(in.ResourceARNs, func(tags []tag) ([]tag, error) { return newTags(tags, in.Tags) })
	})
}

// RemoveTags removes tags by their keys.
func (e *ELB) RemoveTags(ctx context.Context, call *wire.Call, in *model.RemoveTagsInput) (*model.RemoveTagsOutput, error) {
	return update(ctx, e, call, func(r records) (*model.RemoveTagsOutput, error) {
		return &model.RemoveTagsOutput{}, r.retag(in.ResourceARNs, func(tags []tag) ([]tag, error) {
			return slices.DeleteFunc(tags, func(t tag) bool { return slices.Contains(in.TagKeys, t.Key) }), nil
		})
	})
}

// DescribeTags answers the tags of each resource, also of one that has none.
func (e *ELB) DescribeTags(ctx context.Context, call *wire.Call, in *model.DescribeTagsInput) (*model.DescribeTagsOutput, error) {
	return view(ctx, e, call, func(r records) (*model.DescribeTagsOutput, error) {
		out := &model.DescribeTagsOutput{TagDescriptions: []model.TagDescription{}}
		for _, arn := range in.ResourceARNs {
			tagged, err := r.tagged(arn)
			if err != nil {
				return nil, err
			}
			description := model.TagDescription{ResourceARN: &arn, Tags: []model.Tag{}}
			for _, t := range *tagged.tags {
				description.Tags = append(description.Tags, model.Tag{Key: &t.Key, Value: &t.Value})
			}
			out.TagDescriptions = append(out.TagDescriptions, description)
		}
		return out, nil
	})
}

func (r records) retag(arns []string, change func([]tag) ([]tag, error)) error {
	for _, arn := range arns {
		tagged, err := r.tagged(arn)
		if err != nil {
			return err
		}
		if *tagged.tags, err = change(*tagged.tags); err != nil {
			return err
		}
		if err := tagged.save(); err != nil {
			return err
		}
	}
	return nil
}

// tagged is a resource with tags.
type tagged struct {
	tags *[]tag
	save func() error
}

// tagged finds what an ARN names.
func (r records) tagged(arn string) (*tagged, error) {
	switch {
	case checkARN(arn, "loadbalancer", "") == nil:
		b, err := r.loadBalancer(arn)
		if err != nil {
			return nil, err
		}
		return &tagged{&b.Tags, func() error { return put(r, kindLoadBalancer, arn, b) }}, nil
	case checkARN(arn, "listener", "") == nil:
		l, err := r.listener(arn)
		if err != nil {
			return nil, err
		}
		return &tagged{&l.Tags, func() error { return put(r, kindListener, arn, l) }}, nil
	case checkARN(arn, "targetgroup", "") == nil:
		g, err := r.targetGroup(arn)
		if err != nil {
			return nil, err
		}
		return &tagged{&g.Tags, func() error { return put(r, kindTargetGroup, arn, g) }}, nil
	}
	return nil, awserr.ValidationError.Errorf("'%s' is not a valid resource ARN", arn)
}
