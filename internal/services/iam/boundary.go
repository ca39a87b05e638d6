package iam

import (
	"context"
	"errors"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// PutRolePermissionsBoundary bounds what a role may do by a managed policy.
func (s *Service) PutRolePermissionsBoundary(ctx context.Context, call *wire.Call, in *wireiam.PutRolePermissionsBoundaryRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(r records, found *role) error {
		found.Boundary = *in.PermissionsBoundary
		return r.checkBoundary(found.Boundary)
	})
}

// DeleteRolePermissionsBoundary takes the bound away; where there is none, nothing changes.
func (s *Service) DeleteRolePermissionsBoundary(ctx context.Context, call *wire.Call, in *wireiam.DeleteRolePermissionsBoundaryRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error {
		found.Boundary = ""
		return nil
	})
}

// PutUserPermissionsBoundary bounds what a user may do by a managed policy.
func (s *Service) PutUserPermissionsBoundary(ctx context.Context, call *wire.Call, in *wireiam.PutUserPermissionsBoundaryRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(r records, found *user) error {
		found.Boundary = *in.PermissionsBoundary
		return r.checkBoundary(found.Boundary)
	})
}

// DeleteUserPermissionsBoundary takes the bound away; where there is none, nothing changes.
func (s *Service) DeleteUserPermissionsBoundary(ctx context.Context, call *wire.Call, in *wireiam.DeleteUserPermissionsBoundaryRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) error {
		found.Boundary = ""
		return nil
	})
}

// checkBoundary refuses a permissions boundary that is no managed policy.
func (r records) checkBoundary(policyARN string) error {
	if policyARN == "" {
		return nil
	}
	_, err := r.policy(policyARN)
	if errors.Is(err, noSuchEntity("Policy %s was not found.", policyARN)) {
		return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", policyARN)
	}
	return err
}
