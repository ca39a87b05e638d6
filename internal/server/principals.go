package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postern/internal/services/iam"
	"postern/internal/services/sts"
)

// principals are who may act: roles and users, and the sessions that stand for them. Its zero value knows nobody.
type principals struct {
	iam *iam.Service
	sts *sts.Service
	log *slog.Logger
}

func (s *Server) openPrincipals() principals {
	directory := iam.New(s.store, iam.Options{Log: s.options.Log})
	return principals{directory, sts.New(s.store, sts.Options{Directory: directory}), s.options.Log}
}

// known tells whose an access key is, a session's or a user's; ok is false when it is neither's. A key that cannot be
// looked up is nobody's.
func (p principals) known(ctx context.Context, accessKeyID string) (identity iam.Identity, ok bool) {
	if p.iam == nil {
		return identity, false
	}
	identity, ok, err := p.sts.Session(ctx, accessKeyID)
	if !ok && err == nil {
		identity, ok, err = p.iam.AccessKey(ctx, accessKeyID)
	}
	if err != nil {
		p.log.LogAttrs(ctx, slog.LevelError, "an access key cannot be looked up", slog.String("error", err.Error()))
		return iam.Identity{}, false
	}
	return identity, ok
}

// path is where a role or a user is, "/" when it is not there. The error is the store's: then nobody knows which ARN a
// policy has to be asked about.
func (p principals) path(account, kind, name string) (string, error) {
	path, err := p.iam.PathOf(context.Background(), account, kind, name)
	if errors.Is(err, iam.ErrNoRole) {
		return "/", nil
	}
	return path, err
}

// Assume implements client.Roles: it gives keys of a role to a service that the role trusts. known is false for a role
// that IAM here does not have.
func (p principals) Assume(ctx context.Context, roleARN, service, session string) (keys aws.Credentials, known bool, err error) {
	made, known, err := p.sts.AssumeForService(ctx, roleARN, service, session)
	if !known || err != nil {
		return keys, known, err
	}
	return aws.Credentials{
		AccessKeyID: made.AccessKeyID, SecretAccessKey: made.Key.Secret, SessionToken: made.Key.SessionToken,
		CanExpire: true, Expires: made.Key.Expires, AccountID: made.Account,
	}, true, nil
}
