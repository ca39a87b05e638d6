package sts

import (
	"context"
	"errors"
	"fmt"

	"postern/internal/aws/arn"
	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
	"postern/internal/services/iam"
)

// serviceSeconds is how long a service's session lasts. The role's own bound is for other callers.
// Source: Lambda developer guide, "Defining Lambda function permissions with an execution role" (twelve hours: inferred).
const serviceSeconds = 12 * 3600

// AssumeForService gives a role's credentials to a service, "apigateway.amazonaws.com", that its trust policy names. known
// is false for a role that IAM here does not have.
func (s *Service) AssumeForService(ctx context.Context, roleARN, service, sessionName string) (made iam.Identity, known bool, err error) {
	role, err := s.options.Directory.Role(ctx, roleARN)
	if errors.Is(err, iam.ErrNoRole) {
		return made, false, nil
	}
	if err != nil {
		return made, false, err
	}
	decision, err := s.options.Directory.MayAssume(ctx, roleARN, &iampolicy.Request{
		Action: "sts:AssumeRole", Principal: &iampolicy.Principal{Service: service},
		Context: iampolicy.Values{"sts:rolesessionname": {sessionName}},
	})
	if err != nil {
		return made, true, err
	}
	if decision != iampolicy.Allow {
		return made, true, fmt.Errorf("role %s does not trust %s", roleARN, service)
	}
	a, err := arn.Parse(role.ARN)
	if err != nil {
		return made, true, err
	}
	a.Service, a.Resource = "sts", "assumed-role/"+role.Name+"/"+sessionName
	begun := &session{
		Account: a.Account, ARN: a.String(), Principal: role.ARN, UserID: role.ID + ":" + sessionName, Parent: service, Verified: true,
	}
	credentials, err := s.begin(ctx, begun, serviceSeconds)
	if err != nil {
		return made, true, err
	}
	return iam.Identity{
		AccessKeyID: *credentials.AccessKeyID, Account: a.Account, ARN: begun.ARN, PrincipalARN: role.ARN, UserID: begun.UserID,
		Key: sigv4.Key{Secret: begun.Secret, SessionToken: begun.Token, Expires: begun.Expires},
	}, true, nil
}
