package iam

import (
	"context"
	"errors"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/aws/sigv4"
	wireiam "postern/internal/aws/wire/iam"
	"postern/internal/store"
)

// Identity is whom an access key belongs to.
type Identity struct {
	AccessKeyID string
	Key         sigv4.Key
	// Account is twelve digits.
	Account string
	// ARN is the caller's: of the user, or of the session of an assumed role.
	ARN string
	// PrincipalARN is the user or the role whose policies decide.
	PrincipalARN string
	// UserID is the unique id, of a session "AROA...:session".
	UserID string
	// UserName is empty for sessions of roles.
	UserName string
	// Tags are those of the session, "aws:principaltag/{key}" to policies; nil for none.
	Tags map[string]string
	// Verified is true when the call that asked for the session was signed with a key that somebody checked.
	Verified bool
	// Issued is when the session began; zero for long-term keys.
	Issued time.Time
	// Parent is the access key that asked for the session; empty for long-term keys.
	Parent string
	// SessionPolicies are documents that bound what a session may do beside the role's policies; nil for none.
	SessionPolicies []string
}

// AccessKey finds the user that a long-term key belongs to; ok is false when there is no such key, or it is not active.
func (s *Service) AccessKey(ctx context.Context, id string) (identity Identity, ok bool, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		key, err := find[accessKey](records{tx: tx}, kindAccessKey, id, store.ErrNotFound)
		if err != nil {
			return err
		}
		if key.Status != wireiam.StatusTypeActive {
			return store.ErrNotFound
		}
		owner, err := find[user](records{tx: tx, scope: store.Scope{Account: key.Account}}, kindUser, key.UserName, store.ErrNotFound)
		if err != nil {
			return err
		}
		identity = Identity{
			AccessKeyID: key.ID, Key: sigv4.Key{Secret: key.Secret}, Account: key.Account, ARN: owner.ARN, PrincipalARN: owner.ARN,
			UserID: owner.ID, UserName: owner.Name,
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return Identity{}, false, nil
	}
	return identity, err == nil, err
}

// PolicyDocument is that of a managed policy's default version, for sessions that name one; ok is false when there is no
// such policy.
func (s *Service) PolicyDocument(ctx context.Context, account, policyARN string) (document string, ok bool, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		document, err = records{tx: tx, scope: store.Scope{Account: account}}.document(policyARN)
		return err
	})
	if _, refused := errors.AsType[*awserr.Error](err); refused {
		return "", false, nil
	}
	return document, err == nil, err
}
