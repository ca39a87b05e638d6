package iam

import (
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// maxAttached is how many managed policies a role or a user may have. Source: IAM user guide, "IAM and AWS STS quotas".
const maxAttached = 10

// attachments are who uses a managed policy.
type attachments struct {
	roles      []*role
	users      []*user
	boundaries int
}

func (a attachments) count() int { return len(a.roles) + len(a.users) }

// match tells whether a policy is listed with these filters.
func (a attachments) match(usage string, onlyAttached bool) bool {
	asPolicy, asBoundary := a.count() > 0, a.boundaries > 0
	switch usage {
	case wireiam.PolicyUsageTypePermissionsPolicy:
		return asPolicy || !onlyAttached
	case wireiam.PolicyUsageTypePermissionsBoundary:
		return asBoundary || !onlyAttached
	}
	return asPolicy || asBoundary || !onlyAttached
}

// attachments finds who uses a policy.
func (r records) attachments(policyARN string) (used attachments, err error) {
	roles, err := list[role](r, kindRole)
	if err != nil {
		return used, err
	}
	for _, one := range roles {
		if slices.Contains(one.Attached, policyARN) {
			used.roles = append(used.roles, one)
		}
		if one.Boundary == policyARN {
			used.boundaries++
		}
	}
	users, err := list[user](r, kindUser)
	for _, one := range users {
		if slices.Contains(one.Attached, policyARN) {
			used.users = append(used.users, one)
		}
		if one.Boundary == policyARN {
			used.boundaries++
		}
	}
	return used, err
}

// AttachRolePolicy attaches a managed policy to a role.
func (s *Service) AttachRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.AttachRolePolicyRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(r records, found *role) error {
		return found.attach(r, *in.PolicyARN, "PoliciesPerRole")
	})
}

// AttachUserPolicy attaches a managed policy to a user.
func (s *Service) AttachUserPolicy(ctx context.Context, call *wire.Call, in *wireiam.AttachUserPolicyRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(r records, found *user) error {
		return found.attach(r, *in.PolicyARN, "PoliciesPerUser")
	})
}

// attach attaches a managed policy; one that is attached already stays so. The texts are known AWS answers, but for
// what Postern says of an AWS managed policy whose document it does not have.
func (e *entity) attach(r records, policyARN, quota string) error {
	if _, err := r.policy(policyARN); err != nil {
		return notAttachable(policyARN, err)
	}
	if slices.Contains(e.Attached, policyARN) {
		return nil
	}
	if len(e.Attached) == maxAttached {
		return wireiam.LimitExceededException.Errorf("Cannot exceed quota for %s: %d", quota, maxAttached)
	}
	e.Attached = append(e.Attached, policyARN)
	return nil
}

// notAttachable words why a policy cannot be attached.
func notAttachable(policyARN string, err error) error {
	text := "Policy " + policyARN + " does not exist or is not attachable."
	if strings.HasPrefix(policyARN, awsPolicyARN) {
		text += " Postern does not have the document of this AWS managed policy: create a customer managed policy with what your role needs."
	} else if !isNoSuchEntity(err) {
		return err
	}
	return noSuchEntity("%s", text)
}

// DetachRolePolicy detaches a managed policy from a role.
func (s *Service) DetachRolePolicy(ctx context.Context, call *wire.Call, in *wireiam.DetachRolePolicyRequest) error {
	return s.changeRole(ctx, call, *in.RoleName, func(_ records, found *role) error { return found.detach(*in.PolicyARN) })
}

// DetachUserPolicy detaches a managed policy from a user.
func (s *Service) DetachUserPolicy(ctx context.Context, call *wire.Call, in *wireiam.DetachUserPolicyRequest) error {
	return s.changeUser(ctx, call, *in.UserName, func(_ records, found *user) error { return found.detach(*in.PolicyARN) })
}

// detach detaches a managed policy. The text is a known AWS answer.
func (e *entity) detach(policyARN string) error {
	i := slices.Index(e.Attached, policyARN)
	if i < 0 {
		return noSuchEntity("Policy %s was not found.", policyARN)
	}
	e.Attached = slices.Delete(e.Attached, i, i+1)
	return nil
}

// ListAttachedRolePolicies lists a role's managed policies, by ARN.
func (s *Service) ListAttachedRolePolicies(ctx context.Context, call *wire.Call, in *wireiam.ListAttachedRolePoliciesRequest) (*wireiam.ListAttachedRolePoliciesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListAttachedRolePoliciesResponse, error) {
		found, err := r.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		p, err := found.attachedPage(in.PathPrefix, in.Marker, in.MaxItems)
		return &wireiam.ListAttachedRolePoliciesResponse{AttachedPolicies: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// ListAttachedUserPolicies lists a user's managed policies, by ARN.
func (s *Service) ListAttachedUserPolicies(ctx context.Context, call *wire.Call, in *wireiam.ListAttachedUserPoliciesRequest) (*wireiam.ListAttachedUserPoliciesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListAttachedUserPoliciesResponse, error) {
		found, err := r.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := found.attachedPage(in.PathPrefix, in.Marker, in.MaxItems)
		return &wireiam.ListAttachedUserPoliciesResponse{AttachedPolicies: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// attachedPage gives a page of the managed policies under a path, by ARN.
func (e *entity) attachedPage(prefix, marker *string, maxItems *int) (page[wireiam.AttachedPolicy], error) {
	all := []wireiam.AttachedPolicy{}
	for _, arn := range under(slices.Sorted(slices.Values(e.Attached)), prefix, pathOf) {
		all = append(all, wireiam.AttachedPolicy{PolicyName: new(arn[strings.LastIndexByte(arn, '/')+1:]), PolicyARN: &arn})
	}
	return paginate(all, marker, maxItems, func(p wireiam.AttachedPolicy) string { return *p.PolicyARN })
}

// pathOf is the path in a policy's ARN, "/service-role/".
func pathOf(policyARN string) string {
	_, path, _ := strings.Cut(policyARN, ":policy")
	return path[:strings.LastIndexByte(path, '/')+1]
}

// ListEntitiesForPolicy lists who uses a policy. There are no groups here.
func (s *Service) ListEntitiesForPolicy(ctx context.Context, call *wire.Call, in *wireiam.ListEntitiesForPolicyRequest) (*wireiam.ListEntitiesForPolicyResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListEntitiesForPolicyResponse, error) {
		found, err := r.policy(*in.PolicyARN)
		if err != nil {
			return nil, err
		}
		var users []*user
		var roles []*role
		if filter := deref(in.EntityFilter); filter == "" || filter == wireiam.EntityTypeUser {
			users, err = list[user](r, kindUser)
		}
		if filter := deref(in.EntityFilter); err == nil && (filter == "" || filter == wireiam.EntityTypeRole) {
			roles, err = list[role](r, kindRole)
		}
		if err != nil {
			return nil, err
		}
		var all []*entityOf
		for _, one := range users {
			all = append(all, &entityOf{&one.entity, "user"})
		}
		for _, one := range roles {
			all = append(all, &entityOf{&one.entity, "role"})
		}
		return entities(found.ARN, all, in)
	})
}

// entityOf is a user or a role.
type entityOf struct {
	*entity
	kind string
}

// entities keeps who uses the policy, and gives a page of them.
func entities(policyARN string, all []*entityOf, in *wireiam.ListEntitiesForPolicyRequest) (*wireiam.ListEntitiesForPolicyResponse, error) {
	usage := deref(in.PolicyUsageFilter)
	all = slices.DeleteFunc(all, func(e *entityOf) bool {
		asPolicy := slices.Contains(e.Attached, policyARN) && usage != wireiam.PolicyUsageTypePermissionsBoundary
		asBoundary := e.Boundary == policyARN && usage != wireiam.PolicyUsageTypePermissionsPolicy
		return !asPolicy && !asBoundary
	})
	all = under(all, in.PathPrefix, func(e *entityOf) string { return e.Path })
	slices.SortFunc(all, func(a, b *entityOf) int { return strings.Compare(a.ARN, b.ARN) })
	p, err := paginate(all, in.Marker, in.MaxItems, func(e *entityOf) string { return e.ARN })
	out := &wireiam.ListEntitiesForPolicyResponse{
		PolicyGroups: []wireiam.PolicyGroup{}, PolicyUsers: []wireiam.PolicyUser{}, PolicyRoles: []wireiam.PolicyRole{},
		IsTruncated: p.truncated, Marker: p.marker,
	}
	for _, e := range p.items {
		if e.kind == "user" {
			out.PolicyUsers = append(out.PolicyUsers, wireiam.PolicyUser{UserName: &e.Name, UserID: &e.ID})
			continue
		}
		out.PolicyRoles = append(out.PolicyRoles, wireiam.PolicyRole{RoleName: &e.Name, RoleID: &e.ID})
	}
	return out, err
}

// ListInstanceProfilesForRole lists none: there are no instances here.
func (s *Service) ListInstanceProfilesForRole(ctx context.Context, call *wire.Call, in *wireiam.ListInstanceProfilesForRoleRequest) (*wireiam.ListInstanceProfilesForRoleResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListInstanceProfilesForRoleResponse, error) {
		_, err := r.role(*in.RoleName)
		return &wireiam.ListInstanceProfilesForRoleResponse{
			InstanceProfiles: []wireiam.InstanceProfile{}, IsTruncated: new(false),
		}, err
	})
}

// ListGroupsForUser lists none: there are no groups here.
func (s *Service) ListGroupsForUser(ctx context.Context, call *wire.Call, in *wireiam.ListGroupsForUserRequest) (*wireiam.ListGroupsForUserResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListGroupsForUserResponse, error) {
		_, err := r.user(*in.UserName)
		return &wireiam.ListGroupsForUserResponse{Groups: []wireiam.Group{}, IsTruncated: new(false)}, err
	})
}

// ListAccountAliases lists none: an account cannot get one here.
func (s *Service) ListAccountAliases(context.Context, *wire.Call, *wireiam.ListAccountAliasesRequest) (*wireiam.ListAccountAliasesResponse, error) {
	return &wireiam.ListAccountAliasesResponse{AccountAliases: []string{}, IsTruncated: new(false)}, nil
}
