package sts

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
	wirests "postern/internal/aws/wire/sts"
	"postern/internal/aws/wire/wiretest"
	"postern/internal/services/iam"
	"postern/internal/store"
	"postern/internal/store/memory"
)

const account = wiretest.Account

// account is a fresh account with a clock that the test moves.
type fixture struct {
	t       *testing.T
	now     time.Time
	store   store.Store
	iam     *iam.Service
	sts     *Service
	address string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), store: memory.New()}
	clock := func() time.Time { return f.now }
	f.iam = iam.New(f.store, iam.Options{Clock: clock})
	f.sts = New(f.store, Options{Directory: f.iam, Clock: clock})
	f.address = wiretest.Serve(t, wirests.NewService(f.sts, slog.New(slog.DiscardHandler)))
	return f
}

// client is that of a key; what the server takes for the caller is the key's owner, since nobody verifies it here.
func (f *fixture) client(keys *types.Credentials) *sdk.Client {
	config := wiretest.Config(f.address, "us-east-1")
	if keys != nil {
		config.Credentials = credentials.NewStaticCredentialsProvider(*keys.AccessKeyId, *keys.SecretAccessKey, *keys.SessionToken)
	}
	return sdk.NewFromConfig(config)
}

// role makes a role and gives its ARN.
func (f *fixture) role(name, trust string) string {
	f.t.Helper()
	out, err := f.iam.CreateRole(f.t.Context(), &wire.Call{Account: account, Region: "us-east-1"},
		&wireiam.CreateRoleRequest{RoleName: &name, AssumeRolePolicyDocument: &trust, MaxSessionDuration: new(7200)})
	if err != nil {
		f.t.Fatal(err)
	}
	return *out.Role.ARN
}

func refused(t *testing.T, err error, code, text string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != code || refusal.ErrorMessage() != text {
		t.Errorf("got  %v\nwant %s: %s", err, code, text)
	}
}

func trust(principal, more string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":["sts:AssumeRole","sts:TagSession"]` + more + `}]}`
}

// Source: STS API reference, AssumeRole and GetCallerIdentity; texts: known AWS answers.
func TestAssumeRole(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	root := f.client(nil)
	arn := f.role("deploy", trust(`{"AWS":"`+account+`"}`, ""))
	out, err := root.AssumeRole(ctx, &sdk.AssumeRoleInput{
		RoleArn: &arn, RoleSessionName: aws.String("ci@1"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("x")}},
		TransitiveTagKeys: []string{"team"},
	})
	if err != nil {
		t.Fatal(err)
	}
	who := out.AssumedRoleUser
	if *who.Arn != "arn:aws:sts::123456789012:assumed-role/deploy/ci@1" || !strings.HasPrefix(*who.AssumedRoleId, "AROA") ||
		!strings.HasSuffix(*who.AssumedRoleId, ":ci@1") || len(*who.AssumedRoleId) != 21+5 {
		t.Errorf("%s %s", *who.Arn, *who.AssumedRoleId)
	}
	keys := out.Credentials
	if !strings.HasPrefix(*keys.AccessKeyId, "ASIA") || len(*keys.AccessKeyId) != 20 || len(*keys.SecretAccessKey) != 40 ||
		!keys.Expiration.Equal(f.now.Add(time.Hour)) {
		t.Errorf("%+v", keys)
	}
	identity, err := f.client(keys).GetCallerIdentity(ctx, &sdk.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{*who.Arn, *who.AssumedRoleId, account}, []string{*identity.Arn, *identity.UserId, *identity.Account}); diff != "" {
		t.Error(diff)
	}

	// A session assumes the next role: what it is shows in that role's trust policy, and its tags go with it.
	next := f.role("next", trust(`{"AWS":"`+arn+`"}`, `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"x"}}`))
	chained, err := f.client(keys).AssumeRole(ctx, &sdk.AssumeRoleInput{RoleArn: &next, RoleSessionName: aws.String("s2")})
	if err != nil {
		t.Fatal(err)
	}
	found, ok, err := f.sts.Session(ctx, *chained.Credentials.AccessKeyId)
	if err != nil || !ok || found.Tags["team"] != "x" || found.PrincipalARN != next {
		t.Errorf("%+v %t %v", found, ok, err)
	}
	_, err = f.client(keys).AssumeRole(ctx, &sdk.AssumeRoleInput{RoleArn: &next, RoleSessionName: aws.String("s2"), DurationSeconds: aws.Int32(3601)})
	refused(t, err, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	_, err = root.AssumeRole(ctx, &sdk.AssumeRoleInput{RoleArn: &next, RoleSessionName: aws.String("s2")})
	refused(t, err, "AccessDenied", "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: "+next)
	_, err = f.client(keys).GetSessionToken(ctx, &sdk.GetSessionTokenInput{})
	refused(t, err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
}

// What is refused, each with AWS's text.
func TestAssumeRoleRefusals(t *testing.T) {
	f := newFixture(t)
	service := f.role("service", trust(`{"Service":"lambda.amazonaws.com"}`, ""))
	external := f.role("external", trust(`{"AWS":"*"}`, `,"Condition":{"StringEquals":{"sts:ExternalId":"secret-id"}}`))
	const denied = "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: "
	for _, row := range []struct {
		name       string
		in         sdk.AssumeRoleInput
		code, text string
	}{
		{"a service's role", sdk.AssumeRoleInput{RoleArn: &service}, "AccessDenied", denied + service},
		{
			"no such role",
			sdk.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/none")},
			"AccessDenied",
			denied + "arn:aws:iam::123456789012:role/none",
		},
		{"no role's ARN", sdk.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:user/x")}, "ValidationError", "arn:aws:iam::123456789012:user/x is invalid"},
		{"without the external id", sdk.AssumeRoleInput{RoleArn: &external}, "AccessDenied", denied + external},
		{"with another", sdk.AssumeRoleInput{RoleArn: &external, ExternalId: aws.String("other")}, "AccessDenied", denied + external},
		{
			"longer than the role allows",
			sdk.AssumeRoleInput{RoleArn: &external, ExternalId: aws.String("secret-id"), DurationSeconds: aws.Int32(7201)},
			"ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
		},
		{
			"shorter than anyone may",
			sdk.AssumeRoleInput{RoleArn: &external, DurationSeconds: aws.Int32(899)},
			"ValidationError",
			"1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		},
		{
			"a name of one letter",
			sdk.AssumeRoleInput{RoleArn: &external, RoleSessionName: aws.String("s")},
			"ValidationError",
			"1 validation error detected: Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
		},
		{
			"a policy that is none",
			sdk.AssumeRoleInput{RoleArn: &external, ExternalId: aws.String("secret-id"), Policy: aws.String("{")},
			"MalformedPolicyDocument", "This policy contains invalid Json",
		},
		{
			"a second factor, which nobody has",
			sdk.AssumeRoleInput{RoleArn: &external, ExternalId: aws.String("secret-id"), TokenCode: aws.String("123456")},
			"AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.in.RoleSessionName == nil {
				row.in.RoleSessionName = aws.String("session")
			}
			_, err := f.client(nil).AssumeRole(t.Context(), &row.in)
			refused(t, err, row.code, row.text)
		})
	}
}

// A session's own policy bounds what its role may do.
// Source: IAM user guide, "Policies and permissions in IAM", session policies.
func TestSessionPolicy(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	arn := f.role("wide", trust(`{"AWS":"*"}`, ""))
	err := f.iam.PutRolePolicy(ctx, &wire.Call{Account: account}, &wireiam.PutRolePolicyRequest{
		RoleName: new("wide"), PolicyName: new("p"),
		PolicyDocument: new(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"*"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.client(nil).AssumeRole(ctx, &sdk.AssumeRoleInput{
		RoleArn: &arn, RoleSessionName: aws.String("s1"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","iam:*"],"Resource":"*"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	identity, _, err := f.sts.Session(ctx, *out.Credentials.AccessKeyId)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := f.iam.Authority(ctx, identity)
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]iampolicy.Decision{
		"s3:GetObject": iampolicy.Allow, "s3:PutObject": iampolicy.ImplicitDeny, "sqs:SendMessage": iampolicy.ImplicitDeny,
		"iam:CreateRole": iampolicy.ImplicitDeny,
	} {
		if got := authority.Evaluate(&iampolicy.Request{Action: action, Resource: "arn:aws:s3:::b/k"}); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}

// Sessions that are long over are removed when a new one begins; one that has just ended is still known.
func TestSessionsEnd(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	begin := func() string {
		out, err := f.client(nil).GetSessionToken(ctx, &sdk.GetSessionTokenInput{DurationSeconds: aws.Int32(900)})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Credentials.AccessKeyId
	}
	first := begin()
	f.now = f.now.Add(time.Hour)
	begin()
	if found, ok, err := f.sts.Session(ctx, first); !ok || err != nil || !found.Key.Expires.Before(f.now) {
		t.Errorf("a session that has just ended: %+v %t %v", found, ok, err)
	}
	f.now = f.now.Add(25 * time.Hour)
	begin()
	if _, ok, err := f.sts.Session(ctx, first); ok || err != nil {
		t.Errorf("a session that is long over is kept: %v", err)
	}
}
