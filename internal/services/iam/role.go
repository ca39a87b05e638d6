package iam

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// defaultSessionDuration is in seconds. Source: IAM API reference, CreateRole, MaxSessionDuration.
const defaultSessionDuration = 3600

// CreateRole makes a role whose trust policy is well formed.
func (s *Service) CreateRole(ctx context.Context, call *wire.Call, in *wireiam.CreateRoleRequest) (*wireiam.CreateRoleResponse, error) {
	if err := checkTrust(*in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	made := &role{
		entity: s.newEntity(call, "role", rolePrefix, in.Path, *in.RoleName, tags),
		Trust:  *in.AssumeRolePolicyDocument, Description: deref(in.Description), MaxSessionDuration: defaultSessionDuration,
	}
	if in.MaxSessionDuration != nil {
		made.MaxSessionDuration = *in.MaxSessionDuration
	}
	made.Boundary = deref(in.PermissionsBoundary)
	return update(ctx, s, call, func(r records) (*wireiam.CreateRoleResponse, error) {
		if err := r.checkBoundary(made.Boundary); err != nil {
			return nil, err
		}
		if taken, err := r.exists(kindRole, made.Name); taken || err != nil {
			return nil, cmp.Or(err, error(wireiam.EntityAlreadyExistsException.Errorf("Role with name %s already exists.", made.Name)))
		}
		return &wireiam.CreateRoleResponse{Role: made.wire()}, put(r, kindRole, made.Name, made)
	})
}

// newEntity makes what a new role and a new user have in common.
func (s *Service) newEntity(call *wire.Call, kind, prefix string, path *string, of string, tags []tag) entity {
	where := cmp.Or(deref(path), "/")
	return entity{
		Name: of, ID: s.uniqueID(prefix), ARN: name(call, kind, where, of), Path: where, Created: s.now(), Tags: tags,
	}
}

// wire is the role as GetRole gives it.
func (r *role) wire() *wireiam.Role {
	out := r.summary()
	out.Tags = wireTags(r.Tags)
	out.PermissionsBoundary = r.boundary()
	return out
}

// summary is the role as ListRoles gives it.
// Source: IAM API reference, ListRoles: neither tags nor the permissions boundary.
func (r *role) summary() *wireiam.Role {
	out := &wireiam.Role{
		Path: &r.Path, RoleName: &r.Name, RoleID: &r.ID, ARN: &r.ARN, CreateDate: &r.Created,
		AssumeRolePolicyDocument: new(encodeDocument(r.Trust)), MaxSessionDuration: &r.MaxSessionDuration,
	}
	if r.Description != "" {
		out.Description = &r.Description
	}
	return out
}

func (e *entity) boundary() *wireiam.AttachedPermissionsBoundary {
	if e.Boundary == "" {
		return nil
	}
	return &wireiam.AttachedPermissionsBoundary{
		PermissionsBoundaryType: new("Policy"), PermissionsBoundaryARN: &e.Boundary,
	}
}

// encodeDocument is how answers carry policy documents: percent-encoded.
// Source: IAM API reference, GetRole: "URL-encoded compliant with RFC 3986".
func encodeDocument(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

// GetRole reads a role.
func (s *Service) GetRole(ctx context.Context, call *wire.Call, in *wireiam.GetRoleRequest) (*wireiam.GetRoleResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetRoleResponse, error) {
		found, err := r.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		out := found.wire()
		out.RoleLastUsed = new(wireiam.RoleLastUsed) // AWS knows hours later; here nobody does
		return &wireiam.GetRoleResponse{Role: out}, nil
	})
}

// ListRoles lists the account's roles under a path, by name.
func (s *Service) ListRoles(ctx context.Context, call *wire.Call, in *wireiam.ListRolesRequest) (*wireiam.ListRolesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListRolesResponse, error) {
		all, err := list[role](r, kindRole)
		if err != nil {
			return nil, err
		}
		all = under(all, in.PathPrefix, func(found *role) string { return found.Path })
		p, err := paginate(all, in.Marker, in.MaxItems, func(found *role) string { return strings.ToLower(found.Name) })
		if err != nil {
			return nil, err
		}
		out := &wireiam.ListRolesResponse{Roles: []wireiam.Role{}, IsTruncated: p.truncated, Marker: p.marker}
		for _, found := range p.items {
			out.Roles = append(out.Roles, *found.summary())
		}
		return out, nil
	})
}

// under keeps what is under a path; all when there is none.
func under[T any](all []T, prefix *string, path func(T) string) []T {
	if prefix == nil {
		return all
	}
	var kept []T
	for _, one := range all {
		if strings.HasPrefix(path(one), *prefix) {
			kept = append(kept, one)
		}
	}
	return kept
}

// DeleteRole deletes a role that has no policies.
// The texts are known AWS answers.
func (s *Service) DeleteRole(ctx context.Context, call *wire.Call, in *wireiam.DeleteRoleRequest) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.modifiable(*in.RoleName)
		if err != nil {
			return err
		}
		if err := found.deletable(); err != nil {
			return err
		}
		return r.delete(kindRole, found.Name)
	})
}

// deletable refuses what still has policies.
func (e *entity) deletable() error {
	switch {
	case len(e.Attached) > 0:
		return wireiam.DeleteConflictException.Errorf("Cannot delete entity, must detach all policies first.")
	case len(e.Inline) > 0:
		return wireiam.DeleteConflictException.Errorf("Cannot delete entity, must delete policies first.")
	}
	return nil
}

// UpdateRole changes what the call has.
func (s *Service) UpdateRole(ctx context.Context, call *wire.Call, in *wireiam.UpdateRoleRequest) (*wireiam.UpdateRoleResponse, error) {
	return &wireiam.UpdateRoleResponse{}, s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		if in.Description != nil {
			found.Description = *in.Description
		}
		if in.MaxSessionDuration != nil {
			found.MaxSessionDuration = *in.MaxSessionDuration
		}
		return nil
	})
}

// UpdateRoleDescription changes the description.
func (s *Service) UpdateRoleDescription(ctx context.Context, call *wire.Call, in *wireiam.UpdateRoleDescriptionRequest) (*wireiam.UpdateRoleDescriptionResponse, error) {
	out := new(wireiam.UpdateRoleDescriptionResponse)
	return out, s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		found.Description = *in.Description
		out.Role = found.wire()
		return nil
	})
}

// UpdateAssumeRolePolicy changes who may assume the role.
func (s *Service) UpdateAssumeRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.UpdateAssumeRolePolicyRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		if err := checkTrust(*in.PolicyDocument); err != nil {
			return err
		}
		found.Trust = *in.PolicyDocument
		return nil
	})
}

// modifiable reads a role that is not AWS's own.
func (r records) modifiable(name string) (*role, error) {
	found, err := r.role(name)
	if err == nil && strings.HasPrefix(found.Path, servicePath) {
		return nil, wireiam.UnmodifiableEntityException.Errorf(
			"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", found.Name)
	}
	return found, err
}

// changeRole lets fn change a role and writes it.
func (s *Service) changeRole(ctx context.Context, call *wire.Call, name string, fn func(records, *role) error) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.modifiable(name)
		if err != nil {
			return err
		}
		if err := fn(r, found); err != nil {
			return err
		}
		return put(r, kindRole, found.Name, found)
	})
}

// deref is the text of an optional member, empty when it is absent.
func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
