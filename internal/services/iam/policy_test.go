package iam

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const anyS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// A managed policy's life. Texts: known AWS answers.
func TestPolicy(t *testing.T) {
	ctx := t.Context()
	c, _ := newClient(t)
	made := must[*sdk.CreatePolicyOutput](t)(c.CreatePolicy(ctx, &sdk.CreatePolicyInput{
		PolicyName: aws.String("p"), Path: aws.String("/team/"), PolicyDocument: aws.String(anyS3), Description: aws.String("d"),
	}))
	arn := made.Policy.Arn
	if *arn != "arn:aws:iam::123456789012:policy/team/p" || *made.Policy.DefaultVersionId != "v1" || *made.Policy.AttachmentCount != 0 {
		t.Errorf("%+v", made.Policy)
	}
	_, err := c.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(anyS3)})
	refused(t, err, "EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed.")
	for range 4 {
		must[*sdk.CreatePolicyVersionOutput](t)(c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(anyS3), SetAsDefault: true}))
	}
	_, err = c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(anyS3)})
	refused(t, err, "LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
	versions := must[*sdk.ListPolicyVersionsOutput](t)(c.ListPolicyVersions(ctx, &sdk.ListPolicyVersionsInput{PolicyArn: arn, MaxItems: aws.Int32(2)}))
	if *versions.Versions[0].VersionId != "v5" || !versions.Versions[0].IsDefaultVersion || *versions.Versions[1].VersionId != "v4" || !versions.IsTruncated {
		t.Errorf("%+v", versions)
	}
	rest := must[*sdk.ListPolicyVersionsOutput](t)(c.ListPolicyVersions(ctx, &sdk.ListPolicyVersionsInput{PolicyArn: arn, Marker: versions.Marker}))
	if len(rest.Versions) != 3 || *rest.Versions[2].VersionId != "v1" {
		t.Errorf("%+v", rest)
	}
	_, err = c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v5")})
	refused(t, err, "DeleteConflict", "Cannot delete the default version of a policy.")
	_, err = c.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v9")})
	refused(t, err, "NoSuchEntity", "Policy "+*arn+" version v9 does not exist or is not attachable.")
	got := must[*sdk.GetPolicyVersionOutput](t)(c.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")}))
	if document, _ := url.QueryUnescape(*got.PolicyVersion.Document); document != anyS3 || got.PolicyVersion.IsDefaultVersion {
		t.Errorf("%+v", got.PolicyVersion)
	}

	must[*sdk.CreateRoleOutput](t)(c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(lambdaTrust), PermissionsBoundary: arn}))
	must[*sdk.AttachRolePolicyOutput](t)(c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	users := must[*sdk.ListEntitiesForPolicyOutput](t)(c.ListEntitiesForPolicy(ctx, &sdk.ListEntitiesForPolicyInput{PolicyArn: arn}))
	if len(users.PolicyRoles) != 1 || *users.PolicyRoles[0].RoleName != "r" || len(users.PolicyUsers) != 0 {
		t.Errorf("%+v", users)
	}
	listed := must[*sdk.ListPoliciesOutput](t)(c.ListPolicies(ctx, &sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, OnlyAttached: true}))
	if len(listed.Policies) != 1 || *listed.Policies[0].AttachmentCount != 1 || *listed.Policies[0].PermissionsBoundaryUsageCount != 1 {
		t.Errorf("%+v", listed.Policies)
	}
	_, err = c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})
	refused(t, err, "DeleteConflict", "Cannot delete a policy attached to entities.")
	must[*sdk.DetachRolePolicyOutput](t)(c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	must[*sdk.DeleteRoleOutput](t)(c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: aws.String("r")}))
	_, err = c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})
	refused(t, err, "DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "+
		"The default version is deleted with the policy.")
	for n := 1; n < 5; n++ {
		must[*sdk.DeletePolicyVersionOutput](t)(c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String(fmt.Sprintf("v%d", n))}))
	}
	must[*sdk.DeletePolicyOutput](t)(c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn}))
	_, err = c.GetPolicy(ctx, &sdk.GetPolicyInput{PolicyArn: arn})
	refused(t, err, "NoSuchEntity", "Policy "+*arn+" was not found.")
}

// What a policy document must be. Texts: known AWS answers.
func TestPolicyDocument(t *testing.T) {
	for document, want := range map[string]string{
		anyS3: "",
		`{`:   "This policy contains invalid Json",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}}`: "Policy document should not specify a principal.",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}`:                                 "Policy statement must contain actions.",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}`:                                "Policy statement must contain resources.",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3","Resource":"*"}}`:                   "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"b"}}`:                 `Resource b must be in ARN format or "*".`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Maybe","Action":"s3:*","Resource":"*"}}`:                 "Syntax errors in policy.",
		`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`:                 "Policy document must be version 2012-10-17 or greater.",
		`[]`: "Syntax errors in policy.",
	} {
		err := checkManaged(document)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != "MalformedPolicyDocument: "+want) {
			t.Errorf("%s\n got %v\nwant %s", document, err, want)
		}
	}
}

// A user, its policy and its keys.
func TestUser(t *testing.T) {
	ctx := t.Context()
	c, service := newClient(t)
	name := aws.String("ci")
	made := must[*sdk.CreateUserOutput](t)(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: name}))
	if *made.User.Arn != "arn:aws:iam::123456789012:user/ci" {
		t.Errorf("%+v", made.User)
	}
	for n := range 2 {
		key := must[*sdk.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})).AccessKey
		identity, ok, err := service.AccessKey(ctx, *key.AccessKeyId)
		if err != nil || !ok || identity.Key.Secret != *key.SecretAccessKey || identity.ARN != *made.User.Arn {
			t.Errorf("key %d: %+v %t %v", n, identity, ok, err)
		}
	}
	_, err := c.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})
	refused(t, err, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
	_, err = c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name})
	refused(t, err, "DeleteConflict", "Cannot delete entity, must delete access keys first.")
	keys := must[*sdk.ListAccessKeysOutput](t)(c.ListAccessKeys(ctx, &sdk.ListAccessKeysInput{UserName: name}))
	for _, key := range keys.AccessKeyMetadata {
		must[*sdk.DeleteAccessKeyOutput](t)(c.DeleteAccessKey(ctx, &sdk.DeleteAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId}))
	}
	must[*sdk.PutUserPolicyOutput](t)(c.PutUserPolicy(ctx, &sdk.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(anyS3)}))
	_, err = c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name})
	refused(t, err, "DeleteConflict", "Cannot delete entity, must delete policies first.")
	must[*sdk.DeleteUserPolicyOutput](t)(c.DeleteUserPolicy(ctx, &sdk.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("p")}))
	_, err = c.GetUserPolicy(ctx, &sdk.GetUserPolicyInput{UserName: name, PolicyName: aws.String("p")})
	refused(t, err, "NoSuchEntity", "The user policy with name p cannot be found.")
	must[*sdk.DeleteUserOutput](t)(c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name}))
	_, err = c.GetUser(ctx, &sdk.GetUserInput{UserName: name})
	refused(t, err, "NoSuchEntity", "The user with name ci cannot be found.")
	root := must[*sdk.GetUserOutput](t)(c.GetUser(ctx, &sdk.GetUserInput{}))
	if *root.User.Arn != "arn:aws:iam::123456789012:root" {
		t.Errorf("%+v", root.User)
	}
}

// A role that only a service changes.
func TestServiceLinkedRole(t *testing.T) {
	ctx := t.Context()
	c, _ := newClient(t)
	in := &sdk.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ops.apigateway.amazonaws.com")}
	made := must[*sdk.CreateServiceLinkedRoleOutput](t)(c.CreateServiceLinkedRole(ctx, in))
	if *made.Role.Arn != "arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway" {
		t.Errorf("%s", *made.Role.Arn)
	}
	_, err := c.CreateServiceLinkedRole(ctx, in)
	refused(t, err, "InvalidInput", "Service role name AWSServiceRoleForAPIGateway has been taken in this account, please try a different suffix.")
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: made.Role.RoleName})
	refused(t, err, "UnmodifiableEntity", "Cannot perform the operation on the protected role 'AWSServiceRoleForAPIGateway' - this role is only modifiable by AWS")
}
