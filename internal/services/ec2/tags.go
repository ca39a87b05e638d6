package ec2

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/store"
)

// maxTags is how many tags a thing may have. Source: EC2 user guide, "Tag restrictions".
const maxTags = 50

// wireTags are tags as answers have them; nil for none, which leaves the member out.
func wireTags(tags []tag) []wireec2.Tag {
	var out []wireec2.Tag
	for _, t := range tags {
		out = append(out, wireec2.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out
}

// newTags are the tags that a new thing gets. The text is a known AWS answer.
func newTags(specifications []wireec2.TagSpecification, resource string) ([]tag, error) {
	var tags []tag
	for _, specification := range specifications {
		if of := specification.ResourceType; of == nil || *of != resource {
			if of == nil {
				return nil, refuse("InvalidParameterValue", "Tag specification resource type must have a value")
			}
			return nil, refuse("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", *of)
		}
		for _, t := range specification.Tags {
			if t.Key == nil || *t.Key == "" {
				return nil, refuse("InvalidParameterValue", "Tag keys must be between 1 and 127 characters")
			}
			value := ""
			if t.Value != nil {
				value = *t.Value
			}
			tags = append(tags, tag{Key: *t.Key, Value: value})
		}
	}
	return tags, nil
}

// CreateTags adds tags to things, or gives those that they have other values.
func (s *Service) CreateTags(ctx context.Context, call *wire.Call, in *wireec2.CreateTagsRequest) error {
	added, err := newTags([]wireec2.TagSpecification{{ResourceType: new("vpc"), Tags: in.Tags}}, "vpc")
	if err != nil {
		return err
	}
	return s.retag(ctx, call, in.Resources, in.DryRun, func(tags []tag) ([]tag, error) {
		for _, t := range added {
			tags = append(slices.DeleteFunc(tags, func(old tag) bool { return old.Key == t.Key }), t)
		}
		if len(tags) > maxTags {
			return nil, refuse("TagLimitExceeded", "The maximum number of tags for a resource has been reached.")
		}
		return tags, nil
	})
}

// DeleteTags removes tags: those with a key, those with a key and a value, or all when the call names none.
// Source: EC2 API reference, DeleteTags.
func (s *Service) DeleteTags(ctx context.Context, call *wire.Call, in *wireec2.DeleteTagsRequest) error {
	return s.retag(ctx, call, in.Resources, in.DryRun, func(tags []tag) ([]tag, error) {
		if len(in.Tags) == 0 {
			return nil, nil
		}
		return slices.DeleteFunc(tags, func(t tag) bool {
			return slices.ContainsFunc(in.Tags, func(gone wireec2.Tag) bool {
				return gone.Key != nil && *gone.Key == t.Key && (gone.Value == nil || *gone.Value == t.Value)
			})
		}), nil
	})
}

// retag lets fn change the tags of each resource, all or none.
func (s *Service) retag(ctx context.Context, call *wire.Call, resources []string, dryRun *bool, fn func([]tag) ([]tag, error)) error {
	return s.store.Update(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scopeOf(call))
		if err := cmp.Or(err, errDryRun(dryRun)); err != nil {
			return err
		}
		for _, id := range resources {
			if err := n.retag(tx, id, fn); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *network) retag(tx store.Tx, id string, fn func([]tag) ([]tag, error)) error {
	kind, _, _ := strings.Cut(id, "-")
	switch kind {
	case "vpc":
		return n.changeVPC(tx, id, func(v *vpc) (err error) {
			v.Tags, err = fn(v.Tags)
			return err
		})
	case "subnet":
		return n.changeSubnet(tx, id, func(v *subnet) (err error) {
			v.Tags, err = fn(v.Tags)
			return err
		})
	case "sg":
		return n.changeGroup(tx, &id, nil, func(g *securityGroup) (err error) {
			g.Tags, err = fn(g.Tags)
			return err
		})
	case "sgr":
		return n.retagRule(tx, id, fn)
	case "vpce":
		return n.changeEndpoint(tx, id, func(e *endpoint) (err error) {
			e.Tags, err = fn(e.Tags)
			return err
		})
	}
	return refuse("UnsupportedOperation", "Postern keeps the tags of VPCs, subnets, security groups and their rules, and VPC endpoints; '%s' is none.", id)
}

func (n *network) retagRule(tx store.Tx, id string, fn func([]tag) ([]tag, error)) error {
	for _, g := range n.groups {
		i := slices.IndexFunc(g.Rules, func(r securityGroupRule) bool { return r.ID == id })
		if i < 0 {
			continue
		}
		return n.changeGroup(tx, &g.ID, nil, func(g *securityGroup) (err error) {
			g.Rules[i].Tags, err = fn(g.Rules[i].Tags)
			return err
		})
	}
	return errNoRule(id)
}
