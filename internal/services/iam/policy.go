package iam

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// Source: IAM user guide, "IAM and AWS STS quotas".
const (
	maxManaged  = 6144 // characters of a managed policy without white space
	maxVersions = 5
)

// CreatePolicy makes a customer managed policy with one version.
func (s *Service) CreatePolicy(ctx context.Context, call *wire.Call, in *wireiam.CreatePolicyRequest) (*wireiam.CreatePolicyResponse, error) {
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	path, now := cmp.Or(deref(in.Path), "/"), s.now()
	made := &policy{
		Name: *in.PolicyName, ID: s.uniqueID(policyPrefix), ARN: name(call, "policy", path, *in.PolicyName), Path: path,
		Description: deref(in.Description), Created: now, Updated: now, Default: "v1", Last: 1, Tags: tags,
		Versions: []policyVersion{{ID: "v1", Document: *in.PolicyDocument, Created: now}},
	}
	return update(ctx, s, call, func(r records) (*wireiam.CreatePolicyResponse, error) {
		if taken, err := r.exists(kindPolicy, made.Name); taken || err != nil {
			return nil, cmp.Or(err, error(wireiam.EntityAlreadyExistsException.Errorf(
				"A policy called %s already exists. Duplicate names are not allowed.", made.Name)))
		}
		return &wireiam.CreatePolicyResponse{Policy: made.wire(attachments{})}, put(r, kindPolicy, made.Name, made)
	})
}

// checkManaged checks the document of a managed policy. The texts are known AWS answers.
func checkManaged(document string) error {
	if err := checkIdentity(document); err != nil {
		return err
	}
	if versionOf(document) != "2012-10-17" {
		return malformed("Policy document must be version 2012-10-17 or greater.")
	}
	if visible(document) > maxManaged {
		return wireiam.LimitExceededException.Errorf("Cannot exceed quota for PolicySize: %d", maxManaged)
	}
	return nil
}

func (p *policy) wire(used attachments) *wireiam.Policy {
	out := &wireiam.Policy{
		PolicyName: &p.Name, PolicyID: &p.ID, ARN: &p.ARN, Path: &p.Path, DefaultVersionID: &p.Default,
		AttachmentCount: new(used.count()), PermissionsBoundaryUsageCount: new(used.boundaries), IsAttachable: new(true),
		CreateDate: &p.Created, UpdateDate: &p.Updated, Tags: wireTags(p.Tags),
	}
	if p.Description != "" {
		out.Description = &p.Description
	}
	return out
}

// policy finds a managed policy by its ARN: one of the account's, or of AWS's.
func (r records) policy(policyARN string) (*policy, error) {
	missing := noSuchEntity("Policy %s was not found.", policyARN)
	a, err := arn.Parse(policyARN)
	if err != nil || a.Service != "iam" {
		return nil, invalid("ARN %s is not valid.", policyARN)
	}
	if a.Account == awsAccount {
		if managed := awsManaged(policyARN); managed != nil {
			return managed, nil
		}
		return nil, missing
	}
	if !strings.HasPrefix(a.Resource, "policy/") || a.Account != r.scope.Account {
		return nil, missing
	}
	found, err := find[policy](r, kindPolicy, a.Resource[strings.LastIndexByte(a.Resource, '/')+1:], missing)
	if err == nil && found.ARN != policyARN {
		return nil, missing
	}
	return found, err
}

// changePolicy lets fn change a customer managed policy and writes it.
func (s *Service) changePolicy(ctx context.Context, call *wire.Call, policyARN string, fn func(records, *policy) error) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.customerManaged(policyARN)
		if err != nil {
			return err
		}
		if err := fn(r, found); err != nil {
			return err
		}
		return put(r, kindPolicy, found.Name, found)
	})
}

// customerManaged is policy for what changes it: AWS's own policies cannot be changed.
func (r records) customerManaged(policyARN string) (*policy, error) {
	found, err := r.policy(policyARN)
	if err == nil && strings.HasPrefix(policyARN, awsPolicyARN) {
		return nil, wireiam.InvalidInputException.Errorf("Cannot perform the operation on the AWS managed policy %s", policyARN)
	}
	return found, err
}

// GetPolicy reads a managed policy.
func (s *Service) GetPolicy(ctx context.Context, call *wire.Call, in *wireiam.GetPolicyRequest) (*wireiam.GetPolicyResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetPolicyResponse, error) {
		found, err := r.policy(*in.PolicyARN)
		if err != nil {
			return nil, err
		}
		used, err := r.attachments(found.ARN)
		return &wireiam.GetPolicyResponse{Policy: found.wire(used)}, err
	})
}

// ListPolicies lists AWS's policies, the account's own, or both.
func (s *Service) ListPolicies(ctx context.Context, call *wire.Call, in *wireiam.ListPoliciesRequest) (*wireiam.ListPoliciesResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListPoliciesResponse, error) {
		all, err := r.policies(deref(in.Scope))
		if err != nil {
			return nil, err
		}
		out := &wireiam.ListPoliciesResponse{Policies: []wireiam.Policy{}}
		all = under(all, in.PathPrefix, func(p *policy) string { return p.Path })
		listed := all[:0:0]
		usage := map[*policy]attachments{}
		for _, p := range all {
			used, err := r.attachments(p.ARN)
			if err != nil {
				return nil, err
			}
			if used.match(deref(in.PolicyUsageFilter), in.OnlyAttached != nil && *in.OnlyAttached) {
				listed, usage[p] = append(listed, p), used
			}
		}
		p, err := paginate(listed, in.Marker, in.MaxItems, func(p *policy) string { return p.ARN })
		if err != nil {
			return nil, err
		}
		for _, found := range p.items {
			one := found.wire(usage[found])
			one.Tags, one.Description = nil, nil // source: IAM API reference, ListPolicies: neither is in the list
			out.Policies = append(out.Policies, *one)
		}
		out.IsTruncated, out.Marker = p.truncated, p.marker
		return out, nil
	})
}

// policies are those of a scope, by ARN.
func (r records) policies(scope string) ([]*policy, error) {
	var all []*policy
	if scope != wireiam.PolicyScopeTypeLocal {
		all = awsManagedPolicies()
	}
	if scope != wireiam.PolicyScopeTypeAWS {
		own, err := list[policy](r, kindPolicy)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	slices.SortFunc(all, func(a, b *policy) int { return strings.Compare(a.ARN, b.ARN) })
	return all, nil
}

// DeletePolicy deletes a policy that nothing uses and that has one version. The texts are known AWS answers.
func (s *Service) DeletePolicy(ctx context.Context, call *wire.Call, in *wireiam.DeletePolicyRequest) error {
	return change(ctx, s, call, func(r records) error {
		found, err := r.customerManaged(*in.PolicyARN)
		if err != nil {
			return err
		}
		used, err := r.attachments(found.ARN)
		switch {
		case err != nil:
			return err
		case used.count()+used.boundaries > 0:
			return wireiam.DeleteConflictException.Errorf("Cannot delete a policy attached to entities.")
		case len(found.Versions) > 1:
			return wireiam.DeleteConflictException.Errorf("This policy has more than one version. Before you delete a policy, " +
				"you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return r.delete(kindPolicy, found.Name)
	})
}

// CreatePolicyVersion adds a version. The text is a known AWS answer.
func (s *Service) CreatePolicyVersion(ctx context.Context, call *wire.Call, in *wireiam.CreatePolicyVersionRequest) (*wireiam.CreatePolicyVersionResponse, error) {
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	out := new(wireiam.CreatePolicyVersionResponse)
	return out, s.changePolicy(ctx, call, *in.PolicyARN, func(_ records, found *policy) error {
		if len(found.Versions) == maxVersions {
			return wireiam.LimitExceededException.Errorf("A managed policy can have up to %d versions. "+
				"Before you create a new version, you must delete an existing version.", maxVersions)
		}
		found.Last++
		made := policyVersion{ID: "v" + strconv.Itoa(found.Last), Document: *in.PolicyDocument, Created: s.now()}
		found.Versions = append(found.Versions, made)
		found.Updated = made.Created
		if in.SetAsDefault != nil && *in.SetAsDefault {
			found.Default = made.ID
		}
		out.PolicyVersion = made.wire(found)
		out.PolicyVersion.Document = nil // source: IAM API reference, CreatePolicyVersion: not in the answer
		return nil
	})
}

func (v *policyVersion) wire(of *policy) *wireiam.PolicyVersion {
	return &wireiam.PolicyVersion{
		Document: new(encodeDocument(v.Document)), VersionID: &v.ID, IsDefaultVersion: new(v.ID == of.Default),
		CreateDate: &v.Created,
	}
}

// errNoVersion is the known AWS answer for a version that a policy does not have.
func errNoVersion(policyARN, id string) error {
	return noSuchEntity("Policy %s version %s does not exist or is not attachable.", policyARN, id)
}

// GetPolicyVersion reads a version with its document.
func (s *Service) GetPolicyVersion(ctx context.Context, call *wire.Call, in *wireiam.GetPolicyVersionRequest) (*wireiam.GetPolicyVersionResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.GetPolicyVersionResponse, error) {
		found, err := r.policy(*in.PolicyARN)
		if err != nil {
			return nil, err
		}
		version := found.version(*in.VersionID)
		if version == nil {
			return nil, errNoVersion(*in.PolicyARN, *in.VersionID)
		}
		return &wireiam.GetPolicyVersionResponse{PolicyVersion: version.wire(found)}, nil
	})
}

// ListPolicyVersions lists the versions, the newest first, without their documents.
func (s *Service) ListPolicyVersions(ctx context.Context, call *wire.Call, in *wireiam.ListPolicyVersionsRequest) (*wireiam.ListPolicyVersionsResponse, error) {
	return view(ctx, s, call, func(r records) (*wireiam.ListPolicyVersionsResponse, error) {
		found, err := r.policy(*in.PolicyARN)
		if err != nil {
			return nil, err
		}
		versions := []wireiam.PolicyVersion{}
		for i := range slices.Backward(found.Versions) {
			one := found.Versions[i].wire(found)
			one.Document = nil
			versions = append(versions, *one)
		}
		// The newest comes first, so what orders the list is how far a version is from the end of all numbers.
		p, err := paginate(versions, in.Marker, in.MaxItems, func(v wireiam.PolicyVersion) string {
			number, _ := strconv.Atoi(strings.TrimPrefix(*v.VersionID, "v"))
			return strconv.Itoa(1<<30 - number)
		})
		return &wireiam.ListPolicyVersionsResponse{Versions: p.items, IsTruncated: p.truncated, Marker: p.marker}, err
	})
}

// DeletePolicyVersion deletes a version that is not the default. The text is a known AWS answer.
func (s *Service) DeletePolicyVersion(ctx context.Context, call *wire.Call, in *wireiam.DeletePolicyVersionRequest) error {
	return s.changePolicy(ctx, call, *in.PolicyARN, func(_ records, found *policy) error {
		switch {
		case found.version(*in.VersionID) == nil:
			return errNoVersion(*in.PolicyARN, *in.VersionID)
		case found.Default == *in.VersionID:
			return wireiam.DeleteConflictException.Errorf("Cannot delete the default version of a policy.")
		}
		found.Versions = slices.DeleteFunc(found.Versions, func(v policyVersion) bool { return v.ID == *in.VersionID })
		return nil
	})
}
