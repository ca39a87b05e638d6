package server

import (
	"context"

	"postern/internal/services/iam"
	"postern/internal/services/sts"
)

// principals are who may act: roles and users, and the sessions that stand for them.
type principals struct {
	iam *iam.Service
	sts *sts.Service
}

func (s *Server) openPrincipals() principals {
	directory := iam.New(s.store, iam.Options{Log: s.options.Log})
	return principals{directory, sts.New(s.store, sts.Options{Directory: directory})}
}

// find tells whose an access key is, a session's or a user's; ok is false when it is neither's.
func (p principals) find(ctx context.Context, accessKeyID string) (identity iam.Identity, ok bool, err error) {
	if identity, ok, err = p.sts.Session(ctx, accessKeyID); ok || err != nil {
		return identity, ok, err
	}
	return p.iam.AccessKey(ctx, accessKeyID)
}
