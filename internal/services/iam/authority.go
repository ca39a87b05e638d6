package iam

import (
	"context"
	"fmt"
	"strings"

	"postern/internal/aws/iampolicy"
)

// Authority is what an identity may do, as its policies were when it was asked for. It may be used by many goroutines.
type Authority struct {
	// root is true for an account's root, which needs no policy.
	root     bool
	policies []*iampolicy.Policy
	// bounds must each allow as well: the permissions boundary, and the session's policies, of which one is enough.
	bounds [][]*iampolicy.Policy
}

// Evaluate decides: one allow is needed, of every bound too, and no explicit deny.
// Source: IAM user guide, "Policy evaluation logic", identity-based policies with boundaries; session policies.
func (a *Authority) Evaluate(r *iampolicy.Request) iampolicy.Decision {
	decision := oneOf(a.policies, r)
	if a.root {
		decision = iampolicy.Allow
	}
	for _, bound := range a.bounds {
		decision = iampolicy.Both(decision, oneOf(bound, r))
	}
	return decision
}

// oneOf lets one policy be enough.
func oneOf(policies []*iampolicy.Policy, r *iampolicy.Request) iampolicy.Decision {
	decision := iampolicy.ImplicitDeny
	for _, p := range policies {
		decision = iampolicy.Either(decision, p.Evaluate(r))
	}
	return decision
}

// Authority reads what an identity may do now. ErrNoRole when its role or user is not there any more.
func (s *Service) Authority(ctx context.Context, of Identity) (*Authority, error) {
	a := &Authority{root: strings.HasSuffix(of.PrincipalARN, ":root")}
	if !a.root {
		documents, boundary, err := s.documents(ctx, of.PrincipalARN)
		if err != nil {
			return nil, err
		}
		if a.policies, err = s.parse(of.PrincipalARN, documents); err != nil {
			return nil, err
		}
		if boundary != "" {
			bound, err := s.parse(of.PrincipalARN, []string{boundary})
			if err != nil {
				return nil, err
			}
			a.bounds = append(a.bounds, bound)
		}
	}
	if len(of.SessionPolicies) > 0 {
		bound, err := s.parse(of.ARN, of.SessionPolicies)
		if err != nil {
			return nil, err
		}
		a.bounds = append(a.bounds, bound)
	}
	return a, nil
}

func (s *Service) parse(of string, documents []string) ([]*iampolicy.Policy, error) {
	parsed := make([]*iampolicy.Policy, len(documents))
	for i, document := range documents {
		one, err := s.policies.parse(document, iampolicy.IdentityPolicy)
		if err != nil {
			return nil, fmt.Errorf("policy of %s: %w", of, err)
		}
		parsed[i] = one
	}
	return parsed, nil
}
