package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const issuersFile = `
- accessKeyId: AKIDADMIN
  secretAccessKey: admin-secret
  account: "111111111111"
- accessKeyId: AKIDLIMITED
  secretAccessKey: limited-secret
  account: "111111111111"
  name: limited
  policy:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["iam:*", "sts:GetSessionToken"]
        Resource: "*"
      - Effect: Deny
        Action: iam:DeleteRole
        Resource: arn:aws:iam::111111111111:role/keep/*
`

// caller are the SDK's clients of one key.
type sdkCaller struct {
	iam *iam.Client
	sts *sts.Client
	api *apigateway.Client
}

func callers(t *testing.T) func(key, secret, token string) sdkCaller {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(issuersFile), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Credentials = path
	s, _ := run(t, o)
	address := "http://" + s.Addr()
	return func(key, secret, token string) sdkCaller {
		provider := credentials.NewStaticCredentialsProvider(key, secret, token)
		return sdkCaller{
			iam.New(iam.Options{BaseEndpoint: &address, Region: "us-east-1", Credentials: provider, RetryMaxAttempts: 1}),
			sts.New(sts.Options{BaseEndpoint: &address, Region: "us-east-1", Credentials: provider, RetryMaxAttempts: 1}),
			apigateway.New(apigateway.Options{BaseEndpoint: &address, Region: "us-east-1", Credentials: provider, RetryMaxAttempts: 1}),
		}
	}
}

func (c sdkCaller) who(t *testing.T) string {
	t.Helper()
	who, err := c.sts.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	return *who.Arn
}

func refusedWith(t *testing.T, err error, code, text string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != code || refusal.ErrorMessage() != text {
		t.Errorf("got  %v\nwant %s: %s", err, code, text)
	}
}

const rootTrust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}}`

// Keys that STS and IAM gave to a verified caller count as those of the file do, with the policies of the role or the
// user; and what they may not do is refused in the service's own form.
// Source: IAM user guide, "Policy evaluation logic"; "Troubleshoot access denied error messages".
func TestIssuedKeys(t *testing.T) {
	ctx := context.Background()
	as := callers(t)
	admin, limited := as("AKIDADMIN", "admin-secret", ""), as("AKIDLIMITED", "limited-secret", "")
	if got := admin.who(t); got != "arn:aws:iam::111111111111:root" {
		t.Errorf("the admin is %s", got)
	}
	_, err := as("AKIDADMIN", "wrong", "").iam.ListRoles(ctx, &iam.ListRolesInput{})
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("a wrong secret: %v", err)
	}
	_, err = as("123456789012", "test", "").iam.ListRoles(ctx, &iam.ListRolesInput{})
	refusedWith(t, err, "InvalidClientTokenId", "The security token included in the request is invalid.")

	role := &iam.CreateRoleInput{RoleName: aws.String("prod"), Path: aws.String("/keep/"), AssumeRolePolicyDocument: aws.String(rootTrust)}
	made, err := admin.iam.CreateRole(ctx, role)
	if err != nil {
		t.Fatal(err)
	}
	_, err = limited.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("PROD")})
	if !errors.As(err, &refusal) || refusal.ErrorCode() != "AccessDenied" {
		t.Errorf("a denied role in other letters: %v", err)
	}
	_, err = limited.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: role.RoleName})
	refusedWith(t, err, "AccessDenied", "User: arn:aws:iam::111111111111:user/limited is not authorized to perform: iam:DeleteRole "+
		"on resource: arn:aws:iam::111111111111:role/keep/prod with an explicit deny in an identity-based policy")
	_, err = limited.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("s1")})
	refusedWith(t, err, "AccessDenied", "User: arn:aws:iam::111111111111:user/limited is not authorized to perform: sts:AssumeRole "+
		"on resource: arn:aws:iam::111111111111:role/keep/prod")

	begun, err := admin.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("s1")})
	if err != nil {
		t.Fatal(err)
	}
	keys := begun.Credentials
	session := as(*keys.AccessKeyId, *keys.SecretAccessKey, *keys.SessionToken)
	_, err = session.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Errorf("who calls is told to everyone: %v", err)
	}
	_, err = session.api.GetRestApis(ctx, &apigateway.GetRestApisInput{})
	refusedWith(t, err, "AccessDeniedException", "User: arn:aws:sts::111111111111:assumed-role/prod/s1 is not authorized to perform: "+
		"apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis")
	_, err = admin.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
		RoleName: role.RoleName, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonAPIGatewayAdministrator"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = session.api.GetRestApis(ctx, &apigateway.GetRestApisInput{}); err != nil {
		t.Errorf("with a policy that allows: %v", err)
	}
	_, err = as(*keys.AccessKeyId, *keys.SecretAccessKey, "").api.GetRestApis(ctx, &apigateway.GetRestApisInput{})
	refusedWith(t, err, "UnrecognizedClientException", "The security token included in the request is invalid.")

	token, err := limited.sts.GetSessionToken(ctx, &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	keys = token.Credentials
	session = as(*keys.AccessKeyId, *keys.SecretAccessKey, *keys.SessionToken)
	if got := session.who(t); got != "arn:aws:iam::111111111111:user/limited" {
		t.Errorf("the session is %s", got)
	}
	_, err = session.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: role.RoleName})
	if !errors.As(err, &refusal) || refusal.ErrorCode() != "AccessDenied" {
		t.Errorf("a session may do more than its key: %v", err)
	}
}

// A user's key lives as long as the user has it.
func TestIssuedUserKey(t *testing.T) {
	ctx := context.Background()
	as := callers(t)
	admin := as("AKIDADMIN", "admin-secret", "")
	if _, err := admin.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ci")}); err != nil {
		t.Fatal(err)
	}
	made, err := admin.iam.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ci")})
	if err != nil {
		t.Fatal(err)
	}
	user := as(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	_, err = user.iam.ListRoles(ctx, &iam.ListRolesInput{})
	refusedWith(t, err, "AccessDenied", "User: arn:aws:iam::111111111111:user/ci is not authorized to perform: iam:ListRoles on resource: *")
	_, err = admin.iam.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
		UserName: aws.String("ci"), PolicyName: aws.String("all"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := user.who(t); got != "arn:aws:iam::111111111111:user/ci" {
		t.Errorf("the user is %s", got)
	}
	_, err = admin.iam.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String("ci"), AccessKeyId: made.AccessKey.AccessKeyId})
	if err != nil {
		t.Fatal(err)
	}
	_, err = user.iam.ListRoles(ctx, &iam.ListRolesInput{})
	refusedWith(t, err, "InvalidClientTokenId", "The security token included in the request is invalid.")
}
