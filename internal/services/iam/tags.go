package iam

import (
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// maxTags bounds the tags of one resource. Source: IAM user guide, "IAM and AWS STS quotas".
const maxTags = 50

// newTags adds tags to those that are there; equal keys get the new value. Keys differ in more than their case.
// The texts are known AWS answers.
func newTags(have []tag, more []wireiam.Tag) ([]tag, error) {
	tags := slices.Clone(have)
	seen := map[string]bool{}
	for _, t := range more {
		fold := strings.ToLower(*t.Key)
		if seen[fold] {
			return nil, wireiam.InvalidInputException.Errorf(
				"Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[fold] = true
		i := slices.IndexFunc(tags, func(old tag) bool { return strings.EqualFold(old.Key, *t.Key) })
		if i < 0 {
			tags = append(tags, tag{})
			i = len(tags) - 1
		}
		tags[i] = tag{Key: *t.Key, Value: *t.Value}
	}
	if len(tags) > maxTags {
		return nil, wireiam.LimitExceededException.Errorf("The number of tags has reached the maximum limit.")
	}
	return tags, nil
}

// withoutTags removes tags by key; keys that are not there do not matter.
func withoutTags(tags []tag, keys []string) []tag {
	return slices.DeleteFunc(slices.Clone(tags), func(t tag) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, t.Key) })
	})
}

// wireTags are tags as answers have them; nil for none, which leaves the member out.
func wireTags(tags []tag) []wireiam.Tag {
	var out []wireiam.Tag
	for _, t := range tags {
		out = append(out, wireiam.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out
}

// tagPage gives a page of tags, by key.
func tagPage(tags []tag, marker *string, maxItems *int) (page[wireiam.Tag], error) {
	sorted := slices.SortedFunc(slices.Values(tags), func(a, b tag) int { return strings.Compare(a.Key, b.Key) })
	all := append([]wireiam.Tag{}, wireTags(sorted)...)
	return paginate(all, marker, maxItems, func(t wireiam.Tag) string { return *t.Key })
}

// TagRole adds tags.
func (s *Service) TagRole(ctx context.Context, call *wire.Call, in *wireiam.TagRoleRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) (err error) {
		found.Tags, err = newTags(found.Tags, in.Tags)
		return err
	})
}

// UntagRole removes tags.
func (s *Service) UntagRole(ctx context.Context, call *wire.Call, in *wireiam.UntagRoleRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		found.Tags = withoutTags(found.Tags, in.TagKeys)
		return nil
	})
}

// ListRoleTags lists a role's tags.
func (s *Service) ListRoleTags(ctx context.Context, call *wire.Call, in *wireiam.ListRoleTagsRequest) (*wireiam.ListRoleTagsResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListRoleTagsResponse, error) {
		found, err := r.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		p, err := tagPage(found.Tags, in.Marker, in.MaxItems)
		return &wireiam.ListRoleTagsResponse{Tags: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// TagUser adds tags.
func (s *Service) TagUser(ctx context.Context, call *wire.Call, in *wireiam.TagUserRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) (err error) {
		found.Tags, err = newTags(found.Tags, in.Tags)
		return err
	})
}

// UntagUser removes tags.
func (s *Service) UntagUser(ctx context.Context, call *wire.Call, in *wireiam.UntagUserRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) error {
		found.Tags = withoutTags(found.Tags, in.TagKeys)
		return nil
	})
}

// ListUserTags lists a user's tags.
func (s *Service) ListUserTags(ctx context.Context, call *wire.Call, in *wireiam.ListUserTagsRequest) (*wireiam.ListUserTagsResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListUserTagsResponse, error) {
		found, err := r.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := tagPage(found.Tags, in.Marker, in.MaxItems)
		return &wireiam.ListUserTagsResponse{Tags: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// TagPolicy adds tags.
func (s *Service) TagPolicy(ctx context.Context, call *wire.Call, in *wireiam.TagPolicyRequest) error {
	return s.changePolicy(ctx, call, *in.PolicyARN, func(_ records, found *policy) (err error) {
		found.Tags, err = newTags(found.Tags, in.Tags)
		return err
	})
}

// UntagPolicy removes tags.
func (s *Service) UntagPolicy(ctx context.Context, call *wire.Call, in *wireiam.UntagPolicyRequest) error {
	return s.changePolicy(ctx, call, *in.PolicyARN, func(_ records, found *policy) error {
		found.Tags = withoutTags(found.Tags, in.TagKeys)
		return nil
	})
}

// ListPolicyTags lists a policy's tags.
func (s *Service) ListPolicyTags(ctx context.Context, call *wire.Call, in *wireiam.ListPolicyTagsRequest) (*wireiam.ListPolicyTagsResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListPolicyTagsResponse, error) {
		found, err := r.policy(*in.PolicyARN)
		if err != nil {
			return nil, err
		}
		p, err := tagPage(found.Tags, in.Marker, in.MaxItems)
		return &wireiam.ListPolicyTagsResponse{Tags: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}
