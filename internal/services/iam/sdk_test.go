package iam

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	wireiam "postern/internal/aws/wire/iam"
	"postern/internal/aws/wire/wiretest"
	"postern/internal/store/memory"
)

const lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

var clock = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// newClient gives the SDK's client of a fresh account, and the service behind it.
func newClient(t *testing.T) (*sdk.Client, *Service) {
	t.Helper()
	service := New(memory.New(), Options{Clock: func() time.Time { return clock }})
	address := wiretest.Serve(t, wireiam.NewService(service, slog.New(slog.DiscardHandler)))
	return sdk.NewFromConfig(wiretest.Config(address, "us-east-1")), service
}

// refused checks an error's code and text.
func refused(t *testing.T, err error, code, text string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) {
		t.Errorf("got %v, want %s: %s", err, code, text)
		return
	}
	if refusal.ErrorCode() != code || refusal.ErrorMessage() != text {
		t.Errorf("got  %s: %s\nwant %s: %s", refusal.ErrorCode(), refusal.ErrorMessage(), code, text)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A role's life, in the order of the calls of infrastructure tools.
// Source: IAM API reference; texts: known AWS answers.
func TestRole(t *testing.T) {
	ctx := context.Background()
	c, _ := newClient(t)
	made, err := c.CreateRole(ctx, &sdk.CreateRoleInput{
		RoleName: aws.String("Runner"), AssumeRolePolicyDocument: aws.String(lambdaTrust), Path: aws.String("/apps/"),
		Description: aws.String("runs <functions> & more"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("é/x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := made.Role
	if !strings.HasPrefix(*got.RoleId, "AROA") || len(*got.RoleId) != 21 {
		t.Errorf("role id %s", *got.RoleId)
	}
	want := &types.Role{
		Arn: aws.String("arn:aws:iam::123456789012:role/apps/Runner"), RoleName: aws.String("Runner"), RoleId: got.RoleId,
		Path: aws.String("/apps/"), CreateDate: &clock, Description: aws.String("runs <functions> & more"),
		AssumeRolePolicyDocument: aws.String(strings.ReplaceAll(url.QueryEscape(lambdaTrust), "+", "%20")),
		MaxSessionDuration:       aws.Int32(3600), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("é/x")}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(types.Role{}), ignoreNoSmithy); diff != "" {
		t.Errorf("CreateRole (-want +got):\n%s", diff)
	}
	_, err = c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: aws.String("RUNNER"), AssumeRolePolicyDocument: aws.String(lambdaTrust)})
	refused(t, err, "EntityAlreadyExists", "Role with name RUNNER already exists.")

	put := &sdk.PutRolePolicyInput{
		RoleName: aws.String("Runner"), PolicyName: aws.String("logs"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"logs:*","Resource":"*"}}`),
	}
	if _, err := c.PutRolePolicy(ctx, put); err != nil {
		t.Fatal(err)
	}
	inline := must[*sdk.GetRolePolicyOutput](t)(c.GetRolePolicy(ctx, &sdk.GetRolePolicyInput{RoleName: put.RoleName, PolicyName: put.PolicyName}))
	if document, err := url.QueryUnescape(*inline.PolicyDocument); err != nil || document != *put.PolicyDocument {
		t.Errorf("GetRolePolicy: %s %v", document, err)
	}
	names := must[*sdk.ListRolePoliciesOutput](t)(c.ListRolePolicies(ctx, &sdk.ListRolePoliciesInput{RoleName: put.RoleName}))
	if diff := cmp.Diff([]string{"logs"}, names.PolicyNames); diff != "" || names.IsTruncated {
		t.Error(diff)
	}

	const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
	for range 2 { // attaching twice is not an error
		if _, err := c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: put.RoleName, PolicyArn: aws.String(basic)}); err != nil {
			t.Fatal(err)
		}
	}
	attached := must[*sdk.ListAttachedRolePoliciesOutput](t)(c.ListAttachedRolePolicies(ctx, &sdk.ListAttachedRolePoliciesInput{RoleName: put.RoleName}))
	wantAttached := []types.AttachedPolicy{{PolicyName: aws.String("AWSLambdaBasicExecutionRole"), PolicyArn: aws.String(basic)}}
	if diff := cmp.Diff(wantAttached, attached.AttachedPolicies, ignoreNoSmithy); diff != "" {
		t.Error(diff)
	}

	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: put.RoleName})
	refused(t, err, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	if _, err := c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: put.RoleName, PolicyArn: aws.String(basic)}); err != nil {
		t.Fatal(err)
	}
	_, err = c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: put.RoleName, PolicyArn: aws.String(basic)})
	refused(t, err, "NoSuchEntity", "Policy "+basic+" was not found.")
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: put.RoleName})
	refused(t, err, "DeleteConflict", "Cannot delete entity, must delete policies first.")
	if _, err := c.DeleteRolePolicy(ctx, &sdk.DeleteRolePolicyInput{RoleName: put.RoleName, PolicyName: put.PolicyName}); err != nil {
		t.Fatal(err)
	}
	profiles := must[*sdk.ListInstanceProfilesForRoleOutput](t)(c.ListInstanceProfilesForRole(ctx, &sdk.ListInstanceProfilesForRoleInput{RoleName: put.RoleName}))
	if len(profiles.InstanceProfiles) != 0 || profiles.IsTruncated {
		t.Errorf("%+v", profiles)
	}
	if _, err := c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: put.RoleName}); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetRole(ctx, &sdk.GetRoleInput{RoleName: put.RoleName})
	refused(t, err, "NoSuchEntity", "The role with name Runner cannot be found.")
	if _, ok := errors.AsType[*types.NoSuchEntityException](err); !ok {
		t.Error("the SDK does not know its own exception")
	}
}

// What is refused before anything is stored. Texts: known AWS answers.
func TestRefusals(t *testing.T) {
	ctx := context.Background()
	c, _ := newClient(t)
	create := func(name, trust string) error {
		_, err := c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
		return err
	}
	const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`
	for _, row := range []struct{ name, trust, code, text string }{
		{"r", `{`, "MalformedPolicyDocument", "This policy contains invalid Json"},
		{"r", ` {}`, "MalformedPolicyDocument", "JSON strings must not have leading spaces"},
		{"r", `{"Version":"2012-10-17"}`, "MalformedPolicyDocument", "Syntax errors in policy."},
		{"r", allow + `"Action":"sts:AssumeRole"}]}`, "MalformedPolicyDocument", "Missing required field Principal"},
		{"r", allow + `"Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}`, "MalformedPolicyDocument", "Has prohibited field Resource"},
		{
			"r", allow + `"Principal":{"Service":"lambda.amazonaws.com"},"Action":"lambda:Invoke"}]}`, "MalformedPolicyDocument",
			"AssumeRole policy may only specify STS AssumeRole actions.",
		},
		{
			"r", allow + `"Principal":{"Service":"lambda"},"Action":"sts:AssumeRole"}]}`, "MalformedPolicyDocument",
			`Invalid principal in policy: "SERVICE":"lambda"`,
		},
		{
			"r", allow + `"Principal":{"AWS":"arn:aws:iam::1:role/x"},"Action":"sts:AssumeRole"}]}`, "MalformedPolicyDocument",
			`Invalid principal in policy: "AWS":"arn:aws:iam::1:role/x"`,
		},
		{
			"a role", lambdaTrust, "ValidationError",
			"The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
		},
		{
			strings.Repeat("r", 65), lambdaTrust, "ValidationError", "1 validation error detected: Value '" + strings.Repeat("r", 65) +
				"' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
		},
	} {
		refused(t, create(row.name, row.trust), row.code, row.text)
	}
	if err := create("r", lambdaTrust); err != nil {
		t.Fatal(err)
	}
	attach := func(arn string) error {
		_, err := c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: &arn})
		return err
	}
	refused(t, attach("arn:aws:iam::123456789012:policy/none"), "NoSuchEntity",
		"Policy arn:aws:iam::123456789012:policy/none does not exist or is not attachable.")
	refused(t, attach("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"), "NoSuchEntity",
		"Policy arn:aws:iam::aws:policy/AmazonEKSClusterPolicy does not exist or is not attachable. Postern does not have the document "+
			"of this AWS managed policy: create a customer managed policy with what your role needs.")
	refused(t, attach("arn:aws:s3:::bucket/with/a/long/name"), "ValidationError", "ARN arn:aws:s3:::bucket/with/a/long/name is not valid.")
	_, err := c.GetRolePolicy(ctx, &sdk.GetRolePolicyInput{RoleName: aws.String("r"), PolicyName: aws.String("p")})
	refused(t, err, "NoSuchEntity", "The role policy with name p cannot be found.")
	tags := []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("A"), Value: aws.String("2")}}
	_, err = c.TagRole(ctx, &sdk.TagRoleInput{RoleName: aws.String("r"), Tags: tags})
	refused(t, err, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	_, err = c.CreateGroup(ctx, &sdk.CreateGroupInput{GroupName: aws.String("g")})
	refused(t, err, "InvalidAction", "Could not find operation CreateGroup for version 2010-05-08; Postern does not implement CreateGroup yet.")
}

// A list comes in pages, and a page goes on where the one before ended although entries came and went.
func TestPages(t *testing.T) {
	ctx := context.Background()
	c, _ := newClient(t)
	for _, name := range []string{"b", "A", "d", "c"} {
		if _, err := c.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(lambdaTrust)}); err != nil {
			t.Fatal(err)
		}
	}
	first := must[*sdk.ListRolesOutput](t)(c.ListRoles(ctx, &sdk.ListRolesInput{MaxItems: aws.Int32(2)}))
	if !first.IsTruncated || len(first.Roles) != 2 || *first.Roles[0].RoleName != "A" || *first.Roles[1].RoleName != "b" {
		t.Fatalf("%+v", first)
	}
	if _, err := c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: aws.String("b")}); err != nil {
		t.Fatal(err)
	}
	second := must[*sdk.ListRolesOutput](t)(c.ListRoles(ctx, &sdk.ListRolesInput{Marker: first.Marker}))
	if second.IsTruncated || len(second.Roles) != 2 || *second.Roles[0].RoleName != "c" || *second.Roles[1].RoleName != "d" {
		t.Fatalf("%+v", second)
	}
	_, err := c.ListRoles(ctx, &sdk.ListRolesInput{Marker: aws.String("not one of ours!")})
	refused(t, err, "ValidationError", "Invalid Marker.")
}
