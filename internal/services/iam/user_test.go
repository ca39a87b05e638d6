package iam

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// A user has managed policies, tags and a bound as a role has. Texts: known AWS answers.
func TestUserEntity(t *testing.T) {
	ctx := context.Background()
	c, _ := newClient(t)
	const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
	name, policy := aws.String("ann"), aws.String(basic)
	done := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	done(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: name}))

	done(c.AttachUserPolicy(ctx, &sdk.AttachUserPolicyInput{UserName: name, PolicyArn: policy}))
	done(c.TagUser(ctx, &sdk.TagUserInput{UserName: name, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("2")}}}))
	done(c.UntagUser(ctx, &sdk.UntagUserInput{UserName: name, TagKeys: []string{"a"}}))
	done(c.PutUserPermissionsBoundary(ctx, &sdk.PutUserPermissionsBoundaryInput{UserName: name, PermissionsBoundary: policy}))

	attached := must[*sdk.ListAttachedUserPoliciesOutput](t)(c.ListAttachedUserPolicies(ctx, &sdk.ListAttachedUserPoliciesInput{UserName: name}))
	if len(attached.AttachedPolicies) != 1 || *attached.AttachedPolicies[0].PolicyArn != basic {
		t.Errorf("%+v", attached.AttachedPolicies)
	}
	tags := must[*sdk.ListUserTagsOutput](t)(c.ListUserTags(ctx, &sdk.ListUserTagsInput{UserName: name}))
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "b" {
		t.Errorf("%+v", tags.Tags)
	}
	got := must[*sdk.GetUserOutput](t)(c.GetUser(ctx, &sdk.GetUserInput{UserName: name}))
	if got.User.PermissionsBoundary == nil || *got.User.PermissionsBoundary.PermissionsBoundaryArn != basic {
		t.Errorf("%+v", got.User)
	}
	listed := must[*sdk.ListUsersOutput](t)(c.ListUsers(ctx, &sdk.ListUsersInput{}))
	if len(listed.Users) != 1 || *listed.Users[0].UserName != "ann" || listed.Users[0].Tags != nil || listed.Users[0].PermissionsBoundary != nil {
		t.Errorf("%+v", listed.Users)
	}
	groups := must[*sdk.ListGroupsForUserOutput](t)(c.ListGroupsForUser(ctx, &sdk.ListGroupsForUserInput{UserName: name}))
	if len(groups.Groups) != 0 {
		t.Errorf("%+v", groups.Groups)
	}

	_, err := c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name})
	refused(t, err, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	done(c.DetachUserPolicy(ctx, &sdk.DetachUserPolicyInput{UserName: name, PolicyArn: policy}))
	_, err = c.DetachUserPolicy(ctx, &sdk.DetachUserPolicyInput{UserName: name, PolicyArn: policy})
	refused(t, err, "NoSuchEntity", "Policy "+basic+" was not found.")
	done(c.DeleteUserPermissionsBoundary(ctx, &sdk.DeleteUserPermissionsBoundaryInput{UserName: name}))
	done(c.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name}))
}

// A bound comes and goes. Source: IAM user guide, "Permissions boundaries for IAM entities".
func TestRoleBoundary(t *testing.T) {
	ctx := context.Background()
	c, _ := newClient(t)
	const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
	name := aws.String("r")
	bound := func() string {
		role := must[*sdk.GetRoleOutput](t)(c.GetRole(ctx, &sdk.GetRoleInput{RoleName: name})).Role
		if role.PermissionsBoundary == nil {
			return ""
		}
		return *role.PermissionsBoundary.PermissionsBoundaryArn
	}
	put := func(policy string) error {
		_, err := c.PutRolePermissionsBoundary(ctx, &sdk.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: &policy})
		return err
	}
	must[*sdk.CreateRoleOutput](t)(c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(lambdaTrust)}))
	if err := put(basic); err != nil || bound() != basic {
		t.Errorf("%v %q", err, bound())
	}
	const none = "arn:aws:iam::123456789012:policy/none"
	refused(t, put(none), "NoSuchEntity", "Scope ARN: "+none+" does not exist or is not attachable.")
	for range 2 {
		_, err := c.DeleteRolePermissionsBoundary(ctx, &sdk.DeleteRolePermissionsBoundaryInput{RoleName: name})
		if err != nil || bound() != "" {
			t.Errorf("%v %q", err, bound())
		}
	}
}

// A key that is not active signs nothing. Source: IAM API reference, UpdateAccessKey.
func TestInactiveAccessKey(t *testing.T) {
	ctx := context.Background()
	c, s := newClient(t)
	name := aws.String("ann")
	must[*sdk.CreateUserOutput](t)(c.CreateUser(ctx, &sdk.CreateUserInput{UserName: name}))
	key := must[*sdk.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})).AccessKey
	for _, status := range []types.StatusType{types.StatusTypeInactive, types.StatusTypeActive} {
		if _, err := c.UpdateAccessKey(ctx, &sdk.UpdateAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId, Status: status}); err != nil {
			t.Fatal(err)
		}
		_, known, err := s.AccessKey(ctx, *key.AccessKeyId)
		if err != nil || known != (status == types.StatusTypeActive) {
			t.Errorf("%s: known %t, %v", status, known, err)
		}
	}
	_, err := c.UpdateAccessKey(ctx, &sdk.UpdateAccessKeyInput{UserName: name, AccessKeyId: aws.String("AKIAIOSFODNN7EXAMPLE"), Status: types.StatusTypeActive})
	refused(t, err, "NoSuchEntity", "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.")
}
