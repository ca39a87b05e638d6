package iam

import (
	"cmp"
	"context"

	"postern/internal/aws/wire"
	wireiam "postern/internal/aws/wire/iam"
)

// servicePath is where roles are that only AWS's services change.
const servicePath = "/aws-service-role/"

// serviceRole is the name of the role that a service has in each account, empty for services that Postern does not know.
// Source: IAM user guide, "AWS services that work with IAM", and each service's page about its role.
func serviceRole(service string) string {
	switch service {
	case "ops.apigateway.amazonaws.com":
		return "AWSServiceRoleForAPIGateway"
	case "elasticloadbalancing.amazonaws.com":
		return "AWSServiceRoleForElasticLoadBalancing"
	case "transitgateway.amazonaws.com":
		return "AWSServiceRoleForVPCTransitGateway"
	case "replicator.lambda.amazonaws.com":
		return "AWSServiceRoleForLambdaReplicator"
	}
	return ""
}

// CreateServiceLinkedRole makes the role that a service has in the account. The text about a name that is taken is a
// known AWS answer.
func (s *Service) CreateServiceLinkedRole(ctx context.Context, call *wire.Call, in *wireiam.CreateServiceLinkedRoleRequest) (*wireiam.CreateServiceLinkedRoleResponse, error) {
	of := serviceRole(*in.AWSServiceName)
	if of == "" {
		return nil, wireiam.InvalidInputException.Errorf("Postern does not know the service-linked role of %s", *in.AWSServiceName)
	}
	if in.CustomSuffix != nil {
		return nil, wireiam.InvalidInputException.Errorf("Custom suffix is not allowed for %s", *in.AWSServiceName)
	}
	path := servicePath + *in.AWSServiceName + "/"
	made := &role{
		entity: s.newEntity(call, "role", rolePrefix, &path, of, nil),
		Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + *in.AWSServiceName +
			`"},"Action":"sts:AssumeRole"}]}`,
		Description: deref(in.Description), MaxSessionDuration: defaultSessionDuration,
	}
	return update(ctx, s, call, func(r records) (*wireiam.CreateServiceLinkedRoleResponse, error) {
		if taken, err := r.exists(kindRole, made.Name); taken || err != nil {
			return nil, cmp.Or(err, error(wireiam.InvalidInputException.Errorf(
				"Service role name %s has been taken in this account, please try a different suffix.", made.Name)))
		}
		return &wireiam.CreateServiceLinkedRoleResponse{Role: made.wire()}, put(r, kindRole, made.Name, made)
	})
}
