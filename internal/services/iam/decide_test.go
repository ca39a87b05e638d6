package iam

import (
	"context"
	"errors"
	"testing"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
	"postern/internal/store/memory"
)

// decider is a service with a role whose policies a test sets.
type decider struct {
	t    *testing.T
	s    *Service
	call *wire.Call
}

func newDecider(t *testing.T) *decider {
	t.Helper()
	d := &decider{t, New(memory.New(), Options{}), &wire.Call{Account: "123456789012", Region: "us-east-1"}}
	d.must(d.s.CreateRole(t.Context(), d.call, &wireiam.CreateRoleRequest{RoleName: new("r"), AssumeRolePolicyDocument: new(lambdaTrust)}))
	return d
}

func (d *decider) must(_ any, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *decider) allows(action, resource string) bool {
	d.t.Helper()
	ok, err := d.s.Allows(d.t.Context(), roleARN, action, resource, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return ok
}

const (
	roleARN  = "arn:aws:iam::123456789012:role/r"
	function = "arn:aws:lambda:us-east-1:123456789012:function:f"
)

// What a role may do is the sum of its policies, inline and attached.
// Source: IAM user guide, "Policy evaluation logic".
func TestAllows(t *testing.T) {
	ctx := t.Context()
	d := newDecider(t)
	if d.allows("lambda:InvokeFunction", function) {
		t.Error("a role without policies may do something")
	}
	attach := func(arn string) {
		d.must(nil, d.s.AttachRolePolicy(ctx, d.call, &wireiam.AttachRolePolicyRequest{RoleName: new("r"), PolicyARN: &arn}))
	}
	attach("arn:aws:iam::aws:policy/service-role/AWSLambdaRole")
	if !d.allows("lambda:InvokeFunction", function) || d.allows("lambda:DeleteFunction", function) {
		t.Error("AWSLambdaRole allows to invoke functions, and nothing else")
	}
	made, err := d.s.CreatePolicy(ctx, d.call, &wireiam.CreatePolicyRequest{PolicyName: new("p"), PolicyDocument: new(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}}`)})
	d.must(made, err)
	attach(*made.Policy.ARN)
	if !d.allows("s3:GetObject", "arn:aws:s3:::b/k") || d.allows("s3:GetObject", "arn:aws:s3:::c/k") {
		t.Error("a customer managed policy allows what it says")
	}
	_, err = d.s.CreatePolicyVersion(ctx, d.call, &wireiam.CreatePolicyVersionRequest{PolicyARN: made.Policy.ARN, SetAsDefault: new(true), PolicyDocument: new(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}}`)})
	d.must(nil, err)
	if d.allows("s3:GetObject", "arn:aws:s3:::b/k") || !d.allows("s3:PutObject", "arn:aws:s3:::b/k") {
		t.Error("the default version counts")
	}
	d.must(nil, d.s.PutRolePolicy(ctx, d.call, &wireiam.PutRolePolicyRequest{RoleName: new("r"), PolicyName: new("no"), PolicyDocument: new(
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"` + function + `"}}`)}))
	if d.allows("lambda:InvokeFunction", function) || !d.allows("lambda:InvokeFunction", function+"2") {
		t.Error("an explicit deny goes before every allow")
	}
}

// A boundary must allow too.
// Source: IAM user guide, "Permissions boundaries for IAM entities".
func TestBoundary(t *testing.T) {
	d := newDecider(t)
	const boundary = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"
	d.must(d.s.CreateRole(t.Context(), d.call, &wireiam.CreateRoleRequest{
		RoleName: new("bound"), AssumeRolePolicyDocument: new(lambdaTrust), PermissionsBoundary: new(boundary),
	}))
	d.must(nil, d.s.AttachRolePolicy(t.Context(), d.call, &wireiam.AttachRolePolicyRequest{
		RoleName: new("bound"), PolicyARN: new("arn:aws:iam::aws:policy/AdministratorAccess"),
	}))
	for action, want := range map[string]bool{"lambda:InvokeFunction": true, "lambda:DeleteFunction": false} {
		got, err := d.s.Allows(t.Context(), "arn:aws:iam::123456789012:role/bound", action, function, nil)
		if err != nil || got != want {
			t.Errorf("%s: %t %v", action, got, err)
		}
	}
	err := d.s.DeletePolicy(t.Context(), d.call, &wireiam.DeletePolicyRequest{PolicyARN: new(boundary)})
	if err == nil {
		t.Error("an AWS managed policy was deleted")
	}
}

// Source: IAM user guide, "Roles terms and concepts", trust policy.
func TestTrusts(t *testing.T) {
	d := newDecider(t)
	for service, want := range map[string]bool{"lambda.amazonaws.com": true, "apigateway.amazonaws.com": false, "": false} {
		got, err := d.s.Trusts(t.Context(), roleARN, service)
		if err != nil || got != want {
			t.Errorf("%q: %t %v", service, got, err)
		}
	}
	for _, other := range []string{
		"arn:aws:iam::123456789012:role/R", "arn:aws:iam::123456789012:role/x/r", "arn:aws:iam::999999999999:role/r",
		"arn:aws:iam::123456789012:user/r", "arn:aws-cn:iam::123456789012:role/r", "r", "",
	} {
		if _, err := d.s.Trusts(t.Context(), other, "lambda.amazonaws.com"); !errors.Is(err, ErrNoRole) {
			t.Errorf("%s: %v", other, err)
		}
		if ok, err := d.s.Allows(t.Context(), other, "s3:GetObject", "*", nil); ok || !errors.Is(err, ErrNoRole) {
			t.Errorf("%s: %t %v", other, ok, err)
		}
	}
}

// Conditions are held against what the caller of Allows knows.
func TestAllowsConditions(t *testing.T) {
	d := newDecider(t)
	d.must(nil, d.s.PutRolePolicy(context.Background(), d.call, &wireiam.PutRolePolicyRequest{RoleName: new("r"), PolicyName: new("p"), PolicyDocument: new(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}}`)}))
	for region, want := range map[string]bool{"eu-west-1": true, "us-east-1": false} {
		got, err := d.s.Allows(t.Context(), roleARN, "s3:GetObject", "arn:aws:s3:::b/k", iampolicy.Values{"aws:requestedregion": {region}})
		if err != nil || got != want {
			t.Errorf("%s: %t %v", region, got, err)
		}
	}
}

// Every document of AWS's policies is one that IAM here reads, and in the version that it says.
func TestAWSManagedPolicies(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range awsManagedPolicies() {
		if seen[p.Name] || checkManaged(p.Versions[0].Document) != nil || p.version(p.Default) == nil {
			t.Errorf("%s: %v", p.Name, checkManaged(p.Versions[0].Document))
		}
		seen[p.Name] = true
	}
	for _, name := range []string{"AdministratorAccess", "AWSLambdaBasicExecutionRole", "AmazonAPIGatewayPushToCloudWatchLogs", "AmazonAPIGatewayInvokeFullAccess"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
