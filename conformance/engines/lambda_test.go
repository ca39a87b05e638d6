package engines

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const (
	functionName = "mylambda"
	functionARN  = "arn:aws:lambda:" + region + ":" + account + ":function:" + functionName
	trust        = `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Sid":""}],"Version":"2012-10-17"}`
	handler      = `import json

def lambda_handler(event, context):
    return {"statusCode": 201, "body": json.dumps([event["httpMethod"], event["resource"], event["requestContext"]["stage"]])}
`
)

// TestLambda is the registry's example "Lambda integration", its retired runtime included.
func TestLambda(t *testing.T) {
	e := start(t)
	a := e.newAPI(&apigateway.CreateRestApiInput{Name: aws.String("myapi")}, "resource", &apigateway.PutMethodInput{})
	e.applyRole()
	e.applyFunction()
	a.integration(&apigateway.PutIntegrationInput{
		Type: types.IntegrationTypeAwsProxy, IntegrationHttpMethod: aws.String("POST"),
		Uri: aws.String("arn:aws:apigateway:" + region + ":lambda:path/2015-03-31/functions/" + functionARN + "/invocations"),
	}, "HttpMethod", "Uri")
	a.deploy()
	e.applyPermission("arn:aws:execute-api:" + region + ":" + account + ":" + *a.id + "/*/GET/resource")
	e.plan()
	a.answers(201, `["GET", "/resource", "demo"]`)

	e.change("function", func() error {
		_, err := e.functions.UpdateFunctionConfiguration(e.ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String(functionName), Description: aws.String("changed"),
		})
		if err != nil {
			return err
		}
		waiter := lambda.NewFunctionUpdatedV2Waiter(e.functions, func(o *lambda.FunctionUpdatedV2WaiterOptions) { o.MinDelay = pause })
		return waiter.Wait(e.ctx, &lambda.GetFunctionInput{FunctionName: aws.String(functionName)}, patience)
	})
	e.plan()
	e.destroy()
}

// roleState is what an engine reads of a role.
type roleState struct {
	Role     *iamtypes.Role
	Trust    any
	Inline   []string
	Attached []iamtypes.AttachedPolicy
}

func (e *engine) applyRole() {
	e.t.Helper()
	name := aws.String("myrole")
	e.apply(resource{
		address: "role",
		create: func() error {
			return failed(e.roles.CreateRole(e.ctx, &iam.CreateRoleInput{
				RoleName: name, Path: aws.String("/"), MaxSessionDuration: aws.Int32(3600), AssumeRolePolicyDocument: aws.String(trust),
			}))
		},
		read: func() (any, error) { return e.readRole(name) },
		remove: func() error {
			profiles, err := e.roles.ListInstanceProfilesForRole(e.ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: name})
			if err == nil && len(profiles.InstanceProfiles) == 0 {
				_, err = e.roles.DeleteRole(e.ctx, &iam.DeleteRoleInput{RoleName: name})
			}
			return err
		},
		demands: []string{"Role.RoleName", "Role.RoleId", "Role.Arn", "Role.Path", "Role.CreateDate", "Role.MaxSessionDuration", "Trust.Statement"},
		gone:    is[*iamtypes.NoSuchEntityException],
	})
}

func (e *engine) readRole(name *string) (*roleState, error) {
	got, err := e.roles.GetRole(e.ctx, &iam.GetRoleInput{RoleName: name})
	if err != nil {
		return nil, err
	}
	inline, err := e.roles.ListRolePolicies(e.ctx, &iam.ListRolePoliciesInput{RoleName: name})
	if err != nil {
		return nil, err
	}
	attached, err := e.roles.ListAttachedRolePolicies(e.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil {
		return nil, err
	}
	state := &roleState{Role: got.Role, Inline: inline.PolicyNames, Attached: attached.AttachedPolicies}
	document, err := url.QueryUnescape(*got.Role.AssumeRolePolicyDocument) // documents come percent-encoded
	if err != nil {
		return nil, err
	}
	return state, json.Unmarshal([]byte(document), &state.Trust)
}

func (e *engine) applyFunction() {
	e.t.Helper()
	name := aws.String(functionName)
	e.apply(resource{
		address: "function",
		create: func() error {
			_, err := e.functions.CreateFunction(e.ctx, &lambda.CreateFunctionInput{
				FunctionName: name, Runtime: lambdatypes.RuntimePython27, Handler: aws.String("lambda.lambda_handler"),
				Role: aws.String("arn:aws:iam::" + account + ":role/myrole"), Code: &lambdatypes.FunctionCode{ZipFile: archive(e, "lambda.py", handler)},
				Description: aws.String(""), MemorySize: aws.Int32(128), Timeout: aws.Int32(20), PackageType: lambdatypes.PackageTypeZip,
			})
			if err != nil {
				return err
			}
			waiter := lambda.NewFunctionActiveV2Waiter(e.functions, func(o *lambda.FunctionActiveV2WaiterOptions) { o.MinDelay = pause })
			return waiter.Wait(e.ctx, &lambda.GetFunctionInput{FunctionName: name}, patience)
		},
		read: func() (any, error) { return e.readFunction(name) },
		remove: func() error {
			return failed(e.functions.DeleteFunction(e.ctx, &lambda.DeleteFunctionInput{FunctionName: name}))
		},
		demands: []string{
			"Code", "Configuration.FunctionArn", "Configuration.FunctionName", "Configuration.State", "Configuration.LastUpdateStatus",
			"Configuration.Role", "Configuration.Runtime", "Configuration.Handler", "Configuration.PackageType", "Configuration.MemorySize",
			"Configuration.Timeout", "Configuration.CodeSha256", "Configuration.CodeSize", "Configuration.LastModified",
			"Configuration.Version", "Configuration.Architectures",
		},
		gone: is[*lambdatypes.ResourceNotFoundException],
	})
}

// readFunction reads the function, its versions and its code signing, as an engine does each time.
func (e *engine) readFunction(name *string) (*lambda.GetFunctionOutput, error) {
	got, err := e.functions.GetFunction(e.ctx, &lambda.GetFunctionInput{FunctionName: name})
	if err != nil {
		return nil, err
	}
	got.Code.Location = nil // a link that ends, another each time
	versions, err := e.functions.ListVersionsByFunction(e.ctx, &lambda.ListVersionsByFunctionInput{FunctionName: name, MaxItems: aws.Int32(10000)})
	if err != nil {
		return nil, err
	}
	if len(versions.Versions) == 0 {
		e.t.Error("a function without versions")
	}
	signing, err := e.functions.GetFunctionCodeSigningConfig(e.ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: name})
	if err == nil && (signing.CodeSigningConfigArn == nil || *signing.FunctionName != *name) {
		e.t.Errorf("code signing: %+v", signing)
	}
	return got, err
}

// statement is a statement of a function's policy in the form that an engine reads.
type statement struct {
	Sid, Effect, Action, Resource string
	Principal                     map[string]string
	Condition                     map[string]map[string]string
}

func (e *engine) applyPermission(source string) {
	e.t.Helper()
	name, sid := aws.String(functionName), aws.String("AllowExecutionFromAPIGateway")
	e.apply(resource{
		address: "permission",
		create: func() error {
			return failed(e.functions.AddPermission(e.ctx, &lambda.AddPermissionInput{
				FunctionName: name, StatementId: sid, Action: aws.String("lambda:InvokeFunction"),
				Principal: aws.String("apigateway.amazonaws.com"), SourceArn: &source,
			}))
		},
		read: func() (any, error) {
			out, err := e.functions.GetPolicy(e.ctx, &lambda.GetPolicyInput{FunctionName: name})
			if err != nil {
				return nil, err
			}
			var policy struct{ Statement []statement }
			if err := json.Unmarshal([]byte(*out.Policy), &policy); err != nil {
				return nil, err
			}
			one := policy.Statement[0]
			if one.Sid != *sid || one.Resource != functionARN || one.Condition["ArnLike"]["AWS:SourceArn"] != source {
				e.t.Errorf("%+v", one)
			}
			return one, nil
		},
		remove: func() error {
			return failed(e.functions.RemovePermission(e.ctx, &lambda.RemovePermissionInput{FunctionName: name, StatementId: sid}))
		},
		demands: []string{"Effect", "Action", "Principal.Service"},
		gone:    is[*lambdatypes.ResourceNotFoundException],
	})
}

// archive is an archive with one file.
func archive(e *engine, name, text string) []byte {
	e.t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	file, err := z.Create(name)
	if err == nil {
		_, err = file.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return out.Bytes()
}
