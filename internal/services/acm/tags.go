package acm

import (
	"context"
	"maps"
	"slices"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
)

// maxTags is how many tags a certificate may have. Source: ACM API reference, AddTagsToCertificate.
const maxTags = 50

// AddTagsToCertificate adds tags, or gives those that are there other values.
func (a *ACM) AddTagsToCertificate(ctx context.Context, call *wire.Call, in *model.AddTagsToCertificateRequest) error {
	return a.retag(ctx, call, *in.CertificateARN, func(tags map[string]string) (map[string]string, error) {
		return withTags(tags, in.Tags)
	})
}

// RemoveTagsFromCertificate removes tags: with a value, only one that has it.
func (a *ACM) RemoveTagsFromCertificate(ctx context.Context, call *wire.Call, in *model.RemoveTagsFromCertificateRequest) error {
	return a.retag(ctx, call, *in.CertificateARN, func(tags map[string]string) (map[string]string, error) {
		tags = maps.Clone(tags)
		for _, t := range in.Tags {
			if t.Value == nil || tags[*t.Key] == *t.Value {
				delete(tags, *t.Key)
			}
		}
		return tags, nil
	})
}

// ListTagsForCertificate answers a certificate's tags in the order of their keys.
func (a *ACM) ListTagsForCertificate(ctx context.Context, call *wire.Call, in *model.ListTagsForCertificateRequest) (*model.ListTagsForCertificateResponse, error) {
	out := &model.ListTagsForCertificateResponse{Tags: []model.Tag{}}
	err := a.view(ctx, call, func(r records) error {
		c, err := r.named(*in.CertificateARN)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
			out.Tags = append(out.Tags, model.Tag{Key: &key, Value: new(c.Tags[key])})
		}
		return nil
	})
	return out, err
}

func (a *ACM) retag(ctx context.Context, call *wire.Call, certificateARN string, change func(map[string]string) (map[string]string, error)) error {
	return a.update(ctx, call, func(r records) error {
		c, err := r.named(certificateARN)
		if err != nil {
			return err
		}
		if c.Tags, err = change(c.Tags); err != nil {
			return err
		}
		return r.put(kindCertificate, c.ARN, c)
	})
}

// withTags are tags with more of them.
func withTags(tags map[string]string, more []model.Tag) (map[string]string, error) {
	out := maps.Clone(tags)
	if out == nil {
		out = map[string]string{}
	}
	for _, t := range more {
		value := ""
		if t.Value != nil {
			value = *t.Value
		}
		out[*t.Key] = value
	}
	if len(out) > maxTags {
		return nil, model.TooManyTagsException.Errorf("The certificate can have at most %d tags.", maxTags)
	}
	return out, nil
}
