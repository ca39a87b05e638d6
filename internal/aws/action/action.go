// Package action says what a call of an AWS service does in the words of IAM policies: an action and the resources that it
// is about.
//
// What comes in: the service and the operation that a request addresses, and the request. What goes out: the action's
// name, and ARNs, each of which a policy must allow; "*" for an operation that is about no resource in particular. It
// reads a request as the service's wire does, so that no spelling goes past a policy, and it decides nothing.
//
// Source: Service authorization reference, "Actions, resources, and condition keys" of each service.
package action

import (
	"net/url"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire/query"
	"postern/internal/gateway/message"
)

// Call is one call of a service other than API Gateway.
type Call struct {
	// Service is the signing name; Operation AWS's name of the operation, empty when the service does not know it.
	Service, Operation string
	// Account and Region are those that the call acts on.
	Account, Region string
	Request         *message.Request
	// Path gives the path of a role or a user, "/" when it is not there; kind is "role" or "user". nil means "/".
	Path func(kind, name string) string
}

// Name is the action, "iam:CreateRole". Most operations are called as their actions are.
func (c *Call) Name() string {
	switch {
	case c.Service == "lambda" && strings.HasPrefix(c.Operation, "Invoke"):
		return "lambda:InvokeFunction"
	case c.Operation != "":
		return c.Service + ":" + c.Operation
	}
	return c.Service + ":" + c.Request.Method
}

// Free tells whether everyone may do it, whatever policies say.
// Source: STS API reference, GetCallerIdentity and GetSessionToken, Permissions.
func (c *Call) Free() bool {
	return c.Service == "sts" && (c.Operation == "GetCallerIdentity" || c.Operation == "GetSessionToken")
}

// everything is the resource of an operation that is about none.
const everything = "*"

// Resources are the ARNs that the call is about, at least one.
func (c *Call) Resources() []string {
	var resources []string
	switch c.Service {
	case "iam":
		resources = c.iam()
	case "sts":
		resources = c.sts()
	case "ec2":
		resources = c.ec2()
	case "elasticloadbalancing":
		resources = c.balancers()
	case "lambda":
		resources = c.functions()
	case "logs":
		resources = c.logs()
	case "acm":
		resources = c.certificates()
	}
	if len(resources) == 0 {
		return []string{everything}
	}
	return resources
}

// form is the parameters of a query call; empty when they cannot be read, which the service refuses.
func (c *Call) form() *query.Node {
	form, err := query.ParseForm(c.Request)
	if err != nil {
		return nil
	}
	return form
}

// name is the ARN of something of the account in the region.
func (c *Call) name(service, resource string) string {
	return arn.ARN{
		Partition: arn.Partition(c.Region), Service: service, Region: c.Region, Account: c.Account, Resource: resource,
	}.String()
}

// global is name for IAM, which has no regions.
func (c *Call) global(resource string) string {
	return arn.ARN{Partition: arn.Partition(c.Region), Service: "iam", Account: c.Account, Resource: resource}.String()
}

// segment is a part of the path, decoded as the router decodes it.
func segment(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}
