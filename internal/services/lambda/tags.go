package lambda

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// The bounds of tags. Source: Lambda developer guide, "Using tags on Lambda functions", tag restrictions.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

func checkTags(tags map[string]string) error {
	invalid := model.InvalidParameterValueException
	if len(tags) > maxTags {
		return invalid.Errorf("Number of tags exceeds resource tag limit.")
	}
	for name, value := range tags {
		switch {
		case name == "" || utf8.RuneCountInString(name) > maxTagKey:
			return invalid.Errorf("The Tag Key must be between 1 and 128 characters in length")
		case utf8.RuneCountInString(value) > maxTagValue:
			return invalid.Errorf("The Tag Value must be between 0 and 256 characters in length")
		case strings.HasPrefix(strings.ToLower(name), "aws:"):
			return invalid.Errorf("aws: prefixed tag key names are not allowed for external use.")
		}
	}
	return nil
}

// tagged changes the tags of the function that an ARN names.
func (l *Lambda) tagged(ctx context.Context, call *wire.Call, resource string, change func(*function) error) error {
	at, err := taggable(call, resource)
	if err != nil {
		return err
	}
	_, err = update(ctx, l, at, func(r records) (struct{}, error) {
		f, err := r.function(at)
		if err != nil {
			return struct{}{}, err
		}
		if err := change(f); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.putFunction(f)
	})
	return err
}

// taggable reads the ARN of a function; versions and aliases have no tags of their own.
func taggable(call *wire.Call, resource string) (ref, error) {
	if !strings.Contains(resource, ":function:") {
		return ref{}, model.ResourceNotFoundException.Errorf("The resource you requested does not exist.")
	}
	at, err := target(call, resource, nil)
	if err == nil && at.qualifier != "" {
		return at, model.InvalidParameterValueException.Errorf("Tags on function aliases and versions are not supported. Please specify a function ARN.")
	}
	return at, err
}

// TagResource adds tags to a function.
func (l *Lambda) TagResource(ctx context.Context, call *wire.Call, in *model.TagResourceRequest) error {
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	return l.tagged(ctx, call, in.Resource, func(f *function) error {
		if f.Tags == nil {
			f.Tags = map[string]string{}
		}
		maps.Copy(f.Tags, in.Tags)
		return checkTags(f.Tags)
	})
}

// UntagResource takes tags from a function.
func (l *Lambda) UntagResource(ctx context.Context, call *wire.Call, in *model.UntagResourceRequest) error {
	return l.tagged(ctx, call, in.Resource, func(f *function) error {
		for _, name := range in.TagKeys {
			delete(f.Tags, name)
		}
		return nil
	})
}

// ListTags answers the tags of a function.
func (l *Lambda) ListTags(ctx context.Context, call *wire.Call, in *model.ListTagsRequest) (*model.ListTagsResponse, error) {
	at, err := taggable(call, in.Resource)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.ListTagsResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		tags := f.Tags
		if tags == nil {
			tags = map[string]string{}
		}
		return &model.ListTagsResponse{Tags: tags}, nil
	})
}
