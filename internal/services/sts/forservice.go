package sts

import (
	"context"
	"fmt"

	"postern/internal/aws/arn"
	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
)

// Issued are temporary credentials as whoever signs with them needs them.
type Issued struct {
	AccessKeyID string
	sigv4.Key
}

// ForService gives a service of this process, "lambda.amazonaws.com", credentials of a role that trusts it, for so many
// seconds. The errors are iam.ErrNoRole, and one that says that the role does not trust the service.
func (s *Service) ForService(ctx context.Context, roleARN, service, sessionName string, seconds int) (Issued, error) {
	decision, err := s.options.Directory.MayAssume(ctx, roleARN, &iampolicy.Request{
		Action: "sts:AssumeRole", Principal: &iampolicy.Principal{Service: service},
	})
	if err != nil {
		return Issued{}, err
	}
	if decision != iampolicy.Allow {
		return Issued{}, fmt.Errorf("role %s does not trust %s", roleARN, service)
	}
	role, err := s.options.Directory.Role(ctx, roleARN)
	if err != nil {
		return Issued{}, err
	}
	a, err := arn.Parse(role.ARN)
	if err != nil {
		return Issued{}, fmt.Errorf("role %s: %w", role.ARN, err)
	}
	made := &session{
		Account: a.Account, Tags: map[string]string{}, Verified: true, Principal: role.ARN, UserID: role.ID + ":" + sessionName,
		ARN: arn.ARN{
			Partition: a.Partition, Service: "sts", Account: a.Account, Resource: "assumed-role/" + role.Name + "/" + sessionName,
		}.String(),
	}
	credentials, err := s.begin(ctx, made, seconds)
	if err != nil {
		return Issued{}, err
	}
	return Issued{
		AccessKeyID: *credentials.AccessKeyID,
		Key:         sigv4.Key{Secret: made.Secret, SessionToken: made.Token, Expires: made.Expires},
	}, nil
}
