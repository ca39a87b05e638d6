package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/iampolicy"
	"postern/internal/store"
)

// ErrNoRole is given for a role that is not there.
var ErrNoRole = errors.New("no such role")

// Allows tells whether a role's policies let it do something: action is "lambda:InvokeFunction", resource an ARN. Policies
// of the resource are not asked. conditions may be nil. ErrNoRole when there is no such role.
func (s *Service) Allows(ctx context.Context, roleARN, action, resource string, conditions iampolicy.Context) (bool, error) {
	decision, err := s.Decide(ctx, roleARN, &iampolicy.Request{Action: action, Resource: resource, Context: conditions})
	return decision == iampolicy.Allow, err
}

// Trusts tells whether a service, "apigateway.amazonaws.com", may assume a role. ErrNoRole when there is no such role.
func (s *Service) Trusts(ctx context.Context, roleARN, servicePrincipal string) (bool, error) {
	decision, err := s.MayAssume(ctx, roleARN, &iampolicy.Request{
		Action: "sts:AssumeRole", Principal: &iampolicy.Principal{Service: servicePrincipal},
	})
	return decision == iampolicy.Allow, err
}

// MayAssume decides by a role's trust policy who may do what r.Action says, "sts:AssumeRole", with it.
func (s *Service) MayAssume(ctx context.Context, roleARN string, r *iampolicy.Request) (iampolicy.Decision, error) {
	found, err := s.roleByARN(ctx, roleARN)
	if err != nil {
		return iampolicy.ImplicitDeny, err
	}
	trust, err := s.policies.parse(found.Trust, iampolicy.TrustPolicy)
	if err != nil {
		return iampolicy.ImplicitDeny, fmt.Errorf("trust policy of %s: %w", roleARN, err)
	}
	asked := *r
	asked.Resource = found.ARN
	return trust.Evaluate(&asked), nil
}

// Decide evaluates the policies of a role or a user. Nobody who is not there may do anything.
func (s *Service) Decide(ctx context.Context, principalARN string, r *iampolicy.Request) (iampolicy.Decision, error) {
	authority, err := s.Authority(ctx, Identity{PrincipalARN: principalARN})
	if err != nil {
		return iampolicy.ImplicitDeny, err
	}
	return authority.Evaluate(r), nil
}

// documents are the policies of a role or a user, inline and attached, and its boundary's, empty without one.
func (s *Service) documents(ctx context.Context, principalARN string) (documents []string, boundary string, err error) {
	a, err := arn.Parse(principalARN)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %s", ErrNoRole, principalARN)
	}
	err = s.store.View(ctx, func(tx store.Tx) error {
		documents, boundary = nil, ""
		r := records{tx: tx, scope: store.Scope{Account: a.Account}}
		of, err := r.entity(principalARN, a.Resource)
		if err != nil {
			return err
		}
		for _, document := range of.Inline {
			documents = append(documents, document)
		}
		for _, policyARN := range of.Attached {
			document, err := r.document(policyARN)
			if err != nil {
				return err
			}
			documents = append(documents, document)
		}
		if of.Boundary != "" {
			boundary, err = r.document(of.Boundary)
		}
		return err
	})
	return documents, boundary, err
}

// entity finds a role or a user by its ARN.
func (r records) entity(principalARN, resource string) (*entity, error) {
	missing := fmt.Errorf("%w: %s", ErrNoRole, principalARN)
	kind, path, _ := strings.Cut(resource, "/")
	of := path[strings.LastIndexByte(path, '/')+1:]
	var found *entity
	switch kind {
	case "role":
		one, err := find[role](r, kindRole, of, missing)
		if err != nil {
			return nil, err
		}
		found = &one.entity
	case "user":
		one, err := find[user](r, kindUser, of, missing)
		if err != nil {
			return nil, err
		}
		found = &one.entity
	}
	if found == nil || found.ARN != principalARN {
		return nil, missing
	}
	return found, nil
}

// document is that of a managed policy's default version.
func (r records) document(policyARN string) (string, error) {
	found, err := r.policy(policyARN)
	if err != nil {
		return "", err
	}
	version := found.version(found.Default)
	if version == nil {
		return "", fmt.Errorf("policy %s has no version %s", policyARN, found.Default)
	}
	return version.Document, nil
}

// Role is what other services need to know of a role.
type Role struct {
	ARN, ID, Name string
	// MaxSessionDuration is in seconds.
	MaxSessionDuration int
}

// Role finds a role by its ARN; ErrNoRole when there is none.
func (s *Service) Role(ctx context.Context, roleARN string) (Role, error) {
	found, err := s.roleByARN(ctx, roleARN)
	if err != nil {
		return Role{}, err
	}
	return Role{ARN: found.ARN, ID: found.ID, Name: found.Name, MaxSessionDuration: found.MaxSessionDuration}, nil
}

func (s *Service) roleByARN(ctx context.Context, roleARN string) (found *role, err error) {
	missing := fmt.Errorf("%w: %s", ErrNoRole, roleARN)
	a, err := arn.Parse(roleARN)
	if err != nil || a.Service != "iam" || !strings.HasPrefix(a.Resource, "role/") {
		return nil, missing
	}
	err = s.store.View(ctx, func(tx store.Tx) error {
		r := records{tx: tx, scope: store.Scope{Account: a.Account}}
		found, err = find[role](r, kindRole, a.Resource[strings.LastIndexByte(a.Resource, '/')+1:], missing)
		return err
	})
	if err == nil && found.ARN != roleARN {
		return nil, missing
	}
	return found, err
}

// PathOf is the path of a role or a user, which kind says, of an account; ErrNoRole when there is none.
func (s *Service) PathOf(ctx context.Context, account, kind, name string) (path string, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		r := records{tx: tx, scope: store.Scope{Account: account}}
		switch kind {
		case "role":
			found, err := find[role](r, kindRole, name, ErrNoRole)
			if err == nil {
				path = found.Path
			}
			return err
		case "user":
			found, err := find[user](r, kindUser, name, ErrNoRole)
			if err == nil {
				path = found.Path
			}
			return err
		}
		return ErrNoRole
	})
	return path, err
}
