package logs

import (
	"context"
	"maps"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/logs"
)

// maxTags is how many tags a group may have. Source: CloudWatch Logs API reference, TagResource.
const maxTags = 50

// TagLogGroup adds tags to a group: the older form of TagResource.
func (l *Logs) TagLogGroup(ctx context.Context, call *wire.Call, in *model.TagLogGroupRequest) error {
	return l.tag(ctx, call, *in.LogGroupName, in.Tags)
}

// TagResource adds tags to the group that an ARN names.
func (l *Logs) TagResource(ctx context.Context, call *wire.Call, in *model.TagResourceRequest) error {
	return l.tag(ctx, call, groupName(*in.ResourceARN), in.Tags)
}

// UntagLogGroup removes tags from a group: the older form of UntagResource.
func (l *Logs) UntagLogGroup(ctx context.Context, call *wire.Call, in *model.UntagLogGroupRequest) error {
	return l.untag(ctx, call, *in.LogGroupName, in.Tags)
}

// UntagResource removes tags from the group that an ARN names.
func (l *Logs) UntagResource(ctx context.Context, call *wire.Call, in *model.UntagResourceRequest) error {
	return l.untag(ctx, call, groupName(*in.ResourceARN), in.TagKeys)
}

// ListTagsLogGroup answers a group's tags: the older form of ListTagsForResource.
func (l *Logs) ListTagsLogGroup(ctx context.Context, call *wire.Call, in *model.ListTagsLogGroupRequest) (*model.ListTagsLogGroupResponse, error) {
	tags, err := l.tags(ctx, call, *in.LogGroupName)
	return &model.ListTagsLogGroupResponse{Tags: tags}, err
}

// ListTagsForResource answers the tags of the group that an ARN names.
func (l *Logs) ListTagsForResource(ctx context.Context, call *wire.Call, in *model.ListTagsForResourceRequest) (*model.ListTagsForResourceResponse, error) {
	tags, err := l.tags(ctx, call, groupName(*in.ResourceARN))
	return &model.ListTagsForResourceResponse{Tags: tags}, err
}

func (l *Logs) tag(ctx context.Context, call *wire.Call, name string, tags map[string]string) error {
	return l.change(ctx, call, name, func(g *group) error {
		if g.Tags == nil {
			g.Tags = map[string]string{}
		}
		maps.Copy(g.Tags, tags)
		if len(g.Tags) > maxTags {
			return model.TooManyTagsException.Errorf("The resource has too many tags. A resource can have no more than %d tags.", maxTags)
		}
		return nil
	})
}

func (l *Logs) untag(ctx context.Context, call *wire.Call, name string, keys []string) error {
	return l.change(ctx, call, name, func(g *group) error {
		for _, key := range keys {
			delete(g.Tags, key)
		}
		return nil
	})
}

// tags are never nil: AWS answers an empty map.
func (l *Logs) tags(ctx context.Context, call *wire.Call, name string) (map[string]string, error) {
	tags := map[string]string{}
	err := l.view(ctx, scopeOf(call), func(r records) error {
		g, err := r.group(name)
		if err != nil {
			return err
		}
		maps.Copy(tags, g.Tags)
		return nil
	})
	return tags, err
}

// change rewrites a group.
func (l *Logs) change(ctx context.Context, call *wire.Call, name string, fn func(*group) error) error {
	return l.update(ctx, scopeOf(call), func(r records) error {
		g, err := r.group(name)
		if err != nil {
			return err
		}
		if err := fn(g); err != nil {
			return err
		}
		return r.put(kindGroup, name, g)
	})
}
