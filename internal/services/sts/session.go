package sts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postern/internal/aws/sigv4"
	"postern/internal/aws/wire"
	wirests "postern/internal/aws/wire/sts"
	"postern/internal/services/iam"
	"postern/internal/store"
)

// The kinds of document; they are in no scope, since who signs a call is not known before its key is found.
const (
	kindSession = "sts-session" // {access key id}
	kindExpiry  = "sts-expiry"  // {seconds since the epoch, ten digits}/{access key id}
)

// session is what temporary credentials stand for.
type session struct {
	Secret  string    `json:"secret"`
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
	Account string    `json:"account"`
	ARN     string    `json:"arn"`
	// Principal is the role or the user whose policies decide.
	Principal      string            `json:"principal"`
	UserID         string            `json:"userId"`
	UserName       string            `json:"userName,omitempty"`
	Policies       []string          `json:"policies,omitempty"`
	Tags           map[string]string `json:"tags,omitempty"`
	Transitive     []string          `json:"transitive,omitempty"`
	SourceIdentity string            `json:"sourceIdentity,omitempty"`
	Parent         string            `json:"parent,omitempty"`
	Verified       bool              `json:"verified,omitempty"`
	Issued         time.Time         `json:"issued"`
}

// The lengths of what a caller gets; AWS's tokens have no fixed one.
const (
	accessKeyPrefix = "ASIA"
	accessKeyLength = 16
	secretLength    = 40
	tokenPrefix     = "IQoJb3JpZ2luX2Vj"
	tokenLength     = 336
)

// maxPurged bounds how many sessions that are over are removed when a new one begins.
const maxPurged = 100

// begin keeps a new session and gives its credentials.
func (s *Service) begin(ctx context.Context, made *session, seconds int) (*wirests.Credentials, error) {
	id := accessKeyPrefix + s.options.NewID(accessKeyLength)
	now := s.options.Clock().UTC()
	made.Issued = now.Truncate(time.Second)
	made.Secret, made.Token = s.options.NewSecret(secretLength), tokenPrefix+s.options.NewSecret(tokenLength)
	made.Expires = now.Add(time.Duration(seconds) * time.Second).Truncate(time.Second)
	body, err := json.Marshal(made)
	if err != nil {
		return nil, fmt.Errorf("write a session: %w", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := purge(tx, now); err != nil {
			return err
		}
		if err := tx.Put(store.Key{Kind: kindExpiry, ID: expiryID(made.Expires, id)}, []byte("{}")); err != nil {
			return err
		}
		return tx.Put(store.Key{Kind: kindSession, ID: id}, body)
	})
	return &wirests.Credentials{
		AccessKeyID: &id, SecretAccessKey: &made.Secret, SessionToken: &made.Token,
		Expiration: new(wire.Timestamp(made.Expires.Unix())),
	}, err
}

func expiryID(at time.Time, id string) string { return fmt.Sprintf("%010d/%s", at.Unix(), id) }

// grace is how long a session stays after its end, so that its caller is told that it is over.
const grace = 24 * time.Hour

// purge removes sessions that are long over.
func purge(tx store.Tx, now time.Time) error {
	var over []string
	err := tx.Scan(store.Scope{}, kindExpiry, "", "", func(doc store.Document) bool {
		at, _, _ := strings.Cut(doc.Key.ID, "/")
		seconds, err := strconv.ParseInt(at, 10, 64)
		if err != nil || time.Unix(seconds, 0).Add(grace).After(now) || len(over) == maxPurged {
			return false
		}
		over = append(over, doc.Key.ID)
		return true
	})
	for _, id := range over {
		_, key, _ := strings.Cut(id, "/")
		err = errors.Join(err, tx.Delete(store.Key{Kind: kindExpiry, ID: id}), tx.Delete(store.Key{Kind: kindSession, ID: key}))
	}
	return err
}

// Session finds whom temporary credentials belong to; ok is false when there are none with this access key. Credentials
// that are over are found for a while, for the caller to be told so: identity.Key.Expires says when.
func (s *Service) Session(ctx context.Context, accessKeyID string) (identity iam.Identity, ok bool, err error) {
	found, err := s.session(ctx, accessKeyID)
	if found == nil || err != nil {
		return iam.Identity{}, false, err
	}
	return iam.Identity{
		AccessKeyID: accessKeyID,
		Key:         sigv4.Key{Secret: found.Secret, SessionToken: found.Token, Expires: found.Expires},
		Account:     found.Account, ARN: found.ARN, PrincipalARN: found.Principal, UserID: found.UserID, UserName: found.UserName,
		Tags: found.Tags, Parent: found.Parent, SessionPolicies: found.Policies,
		Verified: found.Verified, Issued: found.Issued,
	}, true, nil
}

// session reads a session, nil when there is none.
func (s *Service) session(ctx context.Context, accessKeyID string) (found *session, err error) {
	if !strings.HasPrefix(accessKeyID, accessKeyPrefix) {
		return nil, nil
	}
	err = s.store.View(ctx, func(tx store.Tx) error {
		doc, err := tx.Get(store.Key{Kind: kindSession, ID: accessKeyID})
		if err != nil {
			return err
		}
		found = new(session)
		if err := json.Unmarshal(doc.Body, found); err != nil {
			return fmt.Errorf("read session %s: %w", accessKeyID, err)
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return found, err
}
