package iam

import (
	"context"
	"maps"
	"slices"
	"unicode"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// How many characters the inline policies of a role or a user may have, without white space.
// Source: IAM user guide, "IAM and AWS STS quotas".
const (
	maxRoleInline = 10240
	maxUserInline = 2048
)

// putInline adds or replaces an inline policy.
func (e *entity) putInline(kind, name, document string, most int) error {
	if err := checkIdentity(document); err != nil {
		return err
	}
	if e.Inline == nil {
		e.Inline = map[string]string{}
	}
	e.Inline[name] = document
	size := 0
	for _, each := range e.Inline {
		size += visible(each)
	}
	if size > most {
		return wireiam.LimitExceededException.Errorf("Maximum policy size of %d bytes exceeded for %s %s", most, kind, e.Name)
	}
	return nil
}

// visible counts the characters that are no white space.
func visible(document string) (n int) {
	for _, c := range document {
		if !unicode.IsSpace(c) {
			n++
		}
	}
	return n
}

// inline gives an inline policy. The text is a known AWS answer.
func (e *entity) inline(kind, name string) (string, error) {
	document, ok := e.Inline[name]
	if !ok {
		return "", noSuchEntity("The %s policy with name %s cannot be found.", kind, name)
	}
	return document, nil
}

// inlineNames gives a page of the names of the inline policies.
func (e *entity) inlineNames(marker *string, maxItems *int) (page[string], error) {
	names := slices.Sorted(maps.Keys(e.Inline))
	return paginate(append([]string{}, names...), marker, maxItems, func(name string) string { return name })
}

// PutRolePolicy adds or replaces an inline policy.
func (s *Service) PutRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.PutRolePolicyRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		return found.putInline("role", *in.PolicyName, *in.PolicyDocument, maxRoleInline)
	})
}

// GetRolePolicy reads an inline policy.
func (s *Service) GetRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.GetRolePolicyRequest) (*wireiam.GetRolePolicyResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetRolePolicyResponse, error) {
		found, err := r.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		document, err := found.inline("role", *in.PolicyName)
		return &wireiam.GetRolePolicyResponse{
			RoleName: &found.Name, PolicyName: in.PolicyName, PolicyDocument: new(encodeDocument(document)),
		}, err
	})
}

// DeleteRolePolicy deletes an inline policy.
func (s *Service) DeleteRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.DeleteRolePolicyRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		_, err := found.inline("role", *in.PolicyName)
		delete(found.Inline, *in.PolicyName)
		return err
	})
}

// ListRolePolicies lists the names of the inline policies.
func (s *Service) ListRolePolicies(ctx context.Context, call *wire.Call, in *wireiam.ListRolePoliciesRequest) (*wireiam.ListRolePoliciesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListRolePoliciesResponse, error) {
		found, err := r.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		p, err := found.inlineNames(in.Marker, in.MaxItems)
		return &wireiam.ListRolePoliciesResponse{PolicyNames: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// PutUserPolicy adds or replaces an inline policy.
func (s *Service) PutUserPolicy(ctx context.Context, call *wire.Call, in *wireiam.PutUserPolicyRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) error {
		return found.putInline("user", *in.PolicyName, *in.PolicyDocument, maxUserInline)
	})
}

// GetUserPolicy reads an inline policy.
func (s *Service) GetUserPolicy(ctx context.Context, call *wire.Call, in *wireiam.GetUserPolicyRequest) (*wireiam.GetUserPolicyResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetUserPolicyResponse, error) {
		found, err := r.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		document, err := found.inline("user", *in.PolicyName)
		return &wireiam.GetUserPolicyResponse{
			UserName: &found.Name, PolicyName: in.PolicyName, PolicyDocument: new(encodeDocument(document)),
		}, err
	})
}

// DeleteUserPolicy deletes an inline policy.
func (s *Service) DeleteUserPolicy(ctx context.Context, call *wire.Call, in *wireiam.DeleteUserPolicyRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) error {
		_, err := found.inline("user", *in.PolicyName)
		delete(found.Inline, *in.PolicyName)
		return err
	})
}

// ListUserPolicies lists the names of the inline policies.
func (s *Service) ListUserPolicies(ctx context.Context, call *wire.Call, in *wireiam.ListUserPoliciesRequest) (*wireiam.ListUserPoliciesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListUserPoliciesResponse, error) {
		found, err := r.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := found.inlineNames(in.Marker, in.MaxItems)
		return &wireiam.ListUserPoliciesResponse{PolicyNames: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}
