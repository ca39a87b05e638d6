package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

// What calls do, in the words of policies.
// Source: Service authorization reference, "Actions, resources, and condition keys" of each service.
func TestCall(t *testing.T) {
	const mine = "arn:aws:lambda:eu-west-1:123456789012:function:"
	for _, c := range []struct {
		name, service, operation string
		method, target, body     string
		action                   string
		resources                []string
	}{
		{"a role's path is looked up", "iam", "DeleteRole", "POST", "/", "Action=DeleteRole&RoleName=r", "iam:DeleteRole", []string{"arn:aws:iam::123456789012:role/apps/r"}},
		{"a new role's is given", "iam", "CreateRole", "POST", "/", "RoleName=r&Path=%2Fx%2F", "iam:CreateRole", []string{"arn:aws:iam::123456789012:role/x/r"}},
		{"the path of another call says nothing", "iam", "DeleteRole", "POST", "/", "RoleName=r&Path=%2Fx%2F", "iam:DeleteRole", []string{"arn:aws:iam::123456789012:role/apps/r"}},
		{"the last of equal names counts, as on the wire", "iam", "DeleteRole", "POST", "/", "RoleName=ok&RoleName=r", "iam:DeleteRole", []string{"arn:aws:iam::123456789012:role/apps/r"}},
		{"a role that gets a policy", "iam", "AttachRolePolicy", "POST", "/", "RoleName=r&PolicyArn=arn:aws:iam::aws:policy/x", "iam:AttachRolePolicy", []string{"arn:aws:iam::123456789012:role/apps/r"}},
		{"a policy", "iam", "GetPolicy", "POST", "/", "PolicyArn=arn:aws:iam::aws:policy/x", "iam:GetPolicy", []string{"arn:aws:iam::aws:policy/x"}},
		{"a new policy", "iam", "CreatePolicy", "POST", "/", "PolicyName=p&Path=/y/", "iam:CreatePolicy", []string{"arn:aws:iam::123456789012:policy/y/p"}},
		{"a list is about no resource", "iam", "ListRoles", "POST", "/", "", "iam:ListRoles", []string{"*"}},
		{"a role that is assumed", "sts", "AssumeRole", "POST", "/", "RoleArn=arn:aws:iam::1:role/r", "sts:AssumeRole", []string{"arn:aws:iam::1:role/r"}},
		{"a subnet and the VPC that it goes into", "ec2", "CreateSubnet", "POST", "/", "VpcId=vpc-1", "ec2:CreateSubnet", []string{
			"arn:aws:ec2:eu-west-1:123456789012:subnet/*", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1",
		}},
		{"networks that are described", "ec2", "DescribeVpcs", "POST", "/", "VpcId.1=vpc-1", "ec2:DescribeVpcs", []string{"*"}},
		{"a new load balancer", "elasticloadbalancing", "CreateLoadBalancer", "POST", "/", "Name=n&Type=network", "elasticloadbalancing:CreateLoadBalancer", []string{
			"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/n/*",
		}},
		{"all that is tagged", "elasticloadbalancing", "AddTags", "POST", "/", "ResourceArns.member.2=b&ResourceArns.member.1=a", "elasticloadbalancing:AddTags", []string{"a", "b"}},
		{"a function by name", "lambda", "GetFunction", "GET", "/2015-03-31/functions/f", "", "lambda:GetFunction", []string{mine + "f"}},
		{"an invocation", "lambda", "InvokeWithResponseStream", "POST", "/2021-11-15/functions/f/response-streaming-invocations?Qualifier=live", "", "lambda:InvokeFunction", []string{mine + "f:live"}},
		{"a name in other letters of the path", "lambda", "Invoke", "POST", "/2015-03-31/functions/%66/invocations", "", "lambda:InvokeFunction", []string{mine + "f"}},
		{"a parameter in other letters", "lambda", "GetFunction", "GET", "/2015-03-31/functions/f?Qualifier=a&Qualifie%72=li%76e", "", "lambda:GetFunction", []string{mine + "f:live"}},
		{"a name with its version", "lambda", "Invoke", "POST", "/2015-03-31/functions/f:1/invocations", "", "lambda:InvokeFunction", []string{mine + "f:1"}},
		{"a part of an ARN", "lambda", "Invoke", "POST", "/2015-03-31/functions/123456789012:function:f/invocations", "", "lambda:InvokeFunction", []string{mine + "f"}},
		{"the account's own ARN", "lambda", "Invoke", "POST", "/2015-03-31/functions/" + mine + "f/invocations", "", "lambda:InvokeFunction", []string{mine + "f"}},
		{
			"another account's ARN asks for both", "lambda", "Invoke", "POST", "/2015-03-31/functions/arn:aws:lambda:eu-west-1:999999999999:function:f/invocations", "",
			"lambda:InvokeFunction",
			[]string{mine + "f", "arn:aws:lambda:eu-west-1:999999999999:function:f"},
		},
		{"a new function", "lambda", "CreateFunction", "POST", "/2015-03-31/functions", `{"functionName":"other","FunctionName":"f"}`, "lambda:CreateFunction", []string{mine + "f"}},
		{"functions", "lambda", "ListFunctions", "GET", "/2015-03-31/functions/", "", "lambda:ListFunctions", []string{"*"}},
		{"a function's tags", "lambda", "ListTags", "GET", "/2017-03-31/tags/" + mine + "f", "", "lambda:ListTags", []string{mine + "f"}},
		{"a log group", "logs", "DeleteLogGroup", "POST", "/", `{"logGroupName":"/g"}`, "logs:DeleteLogGroup", []string{"arn:aws:logs:eu-west-1:123456789012:log-group:/g:log-stream:"}},
		{"a log stream", "logs", "PutLogEvents", "POST", "/", `{"LOGGROUPNAME":"x","logGroupName":"g","logStreamName":"s"}`, "logs:PutLogEvents", []string{
			"arn:aws:logs:eu-west-1:123456789012:log-group:g:log-stream:s",
		}},
		{"a certificate", "acm", "DeleteCertificate", "POST", "/", `{"CertificateArn":"arn:c"}`, "acm:DeleteCertificate", []string{"arn:c"}},
		{"a body that is none", "acm", "DeleteCertificate", "POST", "/", `[`, "acm:DeleteCertificate", []string{"*"}},
		{"an operation that nobody knows", "iam", "", "POST", "/", "Action=X", "iam:POST", []string{"*"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := &message.Request{Method: c.method, Target: c.target, Path: c.target, Body: []byte(c.body)}
			for i := range c.target {
				if c.target[i] == '?' {
					req.Path, req.RawQuery = c.target[:i], c.target[i+1:]
					break
				}
			}
			call := &Call{
				Service: c.service, Operation: c.operation, Account: "123456789012", Region: "eu-west-1", Request: req,
				Path: func(string, string) string { return "/apps/" },
			}
			if call.Name() != c.action {
				t.Errorf("the action is %s, want %s", call.Name(), c.action)
			}
			if diff := cmp.Diff(c.resources, call.Resources()); diff != "" {
				t.Errorf("the resources (-want +got):\n%s", diff)
			}
		})
	}
}
