package sts

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/iampolicy"
	"postern/internal/aws/wire"
	wirests "postern/internal/aws/wire/sts"
	"postern/internal/services/iam"
)

// Source: STS API reference, AssumeRole and GetSessionToken, DurationSeconds.
const (
	defaultRoleSeconds  = 3600
	chainedRoleSeconds  = 3600
	defaultTokenSeconds = 43200
	rootTokenSeconds    = 3600
)

// AssumeRole gives temporary credentials for a role that trusts the caller. A role that is not there is refused like one
// that does not trust: AWS does not tell which. The texts are known AWS answers.
func (s *Service) AssumeRole(ctx context.Context, call *wire.Call, in *wirests.AssumeRoleRequest) (*wirests.AssumeRoleResponse, error) {
	a, err := arn.Parse(*in.RoleARN)
	if err != nil || a.Service != "iam" || !strings.HasPrefix(a.Resource, "role/") {
		return nil, awserr.ValidationError.Errorf("%s is invalid", *in.RoleARN)
	}
	who, err := s.caller(ctx, call)
	if err != nil {
		return nil, err
	}
	parent, err := s.session(ctx, call.AccessKeyID)
	if err != nil {
		return nil, err
	}
	made := &session{Account: a.Account, Tags: map[string]string{}, Parent: call.AccessKeyID, Verified: call.PrincipalARN != ""}
	if err := made.takeTags(parent, in); err != nil {
		return nil, err
	}
	if err := s.authorize(ctx, who, made, in); err != nil {
		return nil, err
	}
	role, err := s.options.Directory.Role(ctx, *in.RoleARN)
	if err != nil {
		return nil, err
	}
	seconds, err := roleSeconds(in.DurationSeconds, role, parent)
	if err != nil {
		return nil, err
	}
	if made.Policies, err = s.sessionPolicies(ctx, a.Account, in); err != nil {
		return nil, err
	}
	packed, err := packedSize(in)
	if err != nil {
		return nil, err
	}
	made.Principal, made.UserID = role.ARN, role.ID+":"+*in.RoleSessionName
	made.ARN = arn.ARN{
		Partition: a.Partition, Service: "sts", Account: a.Account, Resource: "assumed-role/" + role.Name + "/" + *in.RoleSessionName,
	}.String()
	credentials, err := s.begin(ctx, made, seconds)
	out := &wirests.AssumeRoleResponse{
		Credentials:      credentials,
		AssumedRoleUser:  &wirests.AssumedRoleUser{AssumedRoleID: &made.UserID, ARN: &made.ARN},
		PackedPolicySize: packed,
	}
	if made.SourceIdentity != "" {
		out.SourceIdentity = &made.SourceIdentity
	}
	return out, err
}

// takeTags gives the session its tags: those of the call, and what a session that asks passes on.
// Source: IAM user guide, "Pass session tags in AWS STS", chaining roles with session tags.
func (made *session) takeTags(parent *session, in *wirests.AssumeRoleRequest) error {
	if parent != nil {
		made.SourceIdentity, made.Transitive = parent.SourceIdentity, slices.Clone(parent.Transitive)
		for _, key := range parent.Transitive {
			made.Tags[key] = parent.Tags[key]
		}
	}
	for _, t := range in.Tags {
		if slices.Contains(made.Transitive, *t.Key) {
			return awserr.AccessDenied.Errorf("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		made.Tags[*t.Key] = *t.Value
	}
	for _, key := range in.TransitiveTagKeys {
		if _, ok := made.Tags[key]; !ok {
			return awserr.ValidationError.Errorf("One of the specified transitive tag keys is not among the tags of the session.")
		}
		made.Transitive = append(made.Transitive, key)
	}
	if in.SourceIdentity != nil {
		made.SourceIdentity = *in.SourceIdentity
	}
	return nil
}

// authorize asks the role's trust policy: for the session itself, and for its tags and its source identity when it has
// such.
func (s *Service) authorize(ctx context.Context, who iam.Identity, made *session, in *wirests.AssumeRoleRequest) error {
	if in.SerialNumber != nil || in.TokenCode != nil {
		return awserr.AccessDenied.Errorf("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	}
	if len(in.ProvidedContexts) > 0 {
		return awserr.AccessDenied.Errorf("Postern has no providers of context assertions.")
	}
	actions := []string{"sts:AssumeRole"}
	if len(in.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if in.SourceIdentity != nil {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	for _, action := range actions {
		decision, err := s.options.Directory.MayAssume(ctx, *in.RoleARN, &iampolicy.Request{
			Action: action, Principal: principal(who), Context: circumstances(who, made, in),
		})
		if err != nil && !errors.Is(err, iam.ErrNoRole) {
			return err
		}
		if decision != iampolicy.Allow {
			return awserr.AccessDenied.Errorf("User: %s is not authorized to perform: %s on resource: %s", who.ARN, action, *in.RoleARN)
		}
	}
	return nil
}

// principal is the caller as a trust policy may name it.
func principal(who iam.Identity) *iampolicy.Principal {
	p := &iampolicy.Principal{ARN: who.ARN, Account: who.Account, UserID: who.UserID}
	if who.PrincipalARN != who.ARN {
		p.RoleARN = who.PrincipalARN
	}
	return p
}

// circumstances are the condition keys of a trust policy.
// Source: IAM user guide, "Keys available to AWS STS" of IAM and AWS STS condition context keys.
func circumstances(who iam.Identity, made *session, in *wirests.AssumeRoleRequest) iampolicy.Values {
	values := iampolicy.Values{
		"sts:rolesessionname":  {*in.RoleSessionName},
		"aws:principalarn":     {who.PrincipalARN},
		"aws:principalaccount": {who.Account},
		"aws:userid":           {who.UserID},
	}
	if in.ExternalID != nil {
		values["sts:externalid"] = []string{*in.ExternalID}
	}
	if made.SourceIdentity != "" {
		values["sts:sourceidentity"] = []string{made.SourceIdentity}
	}
	if who.UserName != "" {
		values["aws:username"] = []string{who.UserName}
	}
	for key, value := range who.Tags {
		values["aws:principaltag/"+strings.ToLower(key)] = []string{value}
	}
	for _, t := range in.Tags {
		values["aws:requesttag/"+strings.ToLower(*t.Key)] = []string{*t.Value}
		values["aws:tagkeys"] = append(values["aws:tagkeys"], *t.Key)
	}
	values["sts:transitivetagkeys"] = in.TransitiveTagKeys
	return values
}

// roleSeconds is how long the session lasts. The texts are known AWS answers.
func roleSeconds(asked *int, role iam.Role, parent *session) (int, error) {
	chained := parent != nil && strings.Contains(parent.ARN, ":assumed-role/")
	switch {
	case asked == nil:
		return min(defaultRoleSeconds, role.MaxSessionDuration), nil
	case *asked > role.MaxSessionDuration:
		return 0, awserr.ValidationError.Errorf("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case chained && *asked > chainedRoleSeconds:
		return 0, awserr.ValidationError.Errorf("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	return *asked, nil
}

// sessionPolicies are the documents that bound the session.
func (s *Service) sessionPolicies(ctx context.Context, account string, in *wirests.AssumeRoleRequest) ([]string, error) {
	var documents []string
	if in.Policy != nil {
		if !json.Valid([]byte(*in.Policy)) {
			return nil, wirests.MalformedPolicyDocumentException.Errorf("This policy contains invalid Json")
		}
		if _, err := iampolicy.Parse([]byte(*in.Policy), iampolicy.IdentityPolicy); err != nil {
			return nil, wirests.MalformedPolicyDocumentException.Errorf("Syntax errors in policy.")
		}
		documents = append(documents, *in.Policy)
	}
	for _, each := range in.PolicyARNs {
		if each.ARN == nil {
			return nil, awserr.ValidationError.Errorf("A policy ARN is missing")
		}
		document, ok, err := s.options.Directory.PolicyDocument(ctx, account, *each.ARN)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, awserr.ValidationError.Errorf("The policy %s does not exist.", *each.ARN)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// maxPacked is what session policies and tags may have together, in bytes. AWS packs them in a way of its own; here they
// are counted as they are.
const maxPacked = 2048

// packedSize is how much of maxPacked the call uses, in percent; nil when it has neither policies nor tags.
func packedSize(in *wirests.AssumeRoleRequest) (*int, error) {
	size := 0
	if in.Policy != nil {
		size += len(*in.Policy)
	}
	for _, each := range in.PolicyARNs {
		size += len(*each.ARN)
	}
	for _, t := range in.Tags {
		size += len(*t.Key) + len(*t.Value)
	}
	if size == 0 {
		return nil, nil
	}
	percent := (size*100 + maxPacked - 1) / maxPacked
	if percent > 100 {
		return nil, wirests.PackedPolicyTooLargeException.Errorf("Packed size of session tags consumes %d%% of allotted space.", percent)
	}
	return &percent, nil
}

// GetSessionToken gives temporary credentials for the user who calls, or for the account's root.
func (s *Service) GetSessionToken(ctx context.Context, call *wire.Call, in *wirests.GetSessionTokenRequest) (*wirests.GetSessionTokenResponse, error) {
	if in.SerialNumber != nil || in.TokenCode != nil {
		return nil, awserr.AccessDenied.Errorf("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	}
	who, err := s.caller(ctx, call)
	if err != nil {
		return nil, err
	}
	if who.Parent != "" || strings.Contains(who.ARN, ":assumed-role/") {
		return nil, awserr.AccessDenied.Errorf("Cannot call GetSessionToken with session credentials")
	}
	seconds := defaultTokenSeconds
	if in.DurationSeconds != nil {
		seconds = *in.DurationSeconds
	}
	if strings.HasSuffix(who.ARN, ":root") {
		seconds = min(seconds, rootTokenSeconds)
	}
	credentials, err := s.begin(ctx, &session{
		Account: who.Account, ARN: who.ARN, Principal: who.PrincipalARN, UserID: who.UserID, UserName: who.UserName, Parent: call.AccessKeyID,
		Verified: call.PrincipalARN != "",
	}, seconds)
	return &wirests.GetSessionTokenResponse{Credentials: credentials}, err
}
