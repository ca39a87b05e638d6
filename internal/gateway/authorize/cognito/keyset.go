package cognito

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/eventloop"
)

const (
	// maxAge is how long keys are used without asking for them anew: a key that a pool withdraws is good no longer.
	maxAge = time.Hour
	// minWait is how long an unknown key id is not asked for again, so that made-up ids do not become requests.
	minWait = 5 * time.Second
	// retryWait is how long old keys are used before they are asked for again, where the issuer did not answer.
	retryWait = time.Minute
	// fetchTimeout bounds one request for keys.
	fetchTimeout = 5 * time.Second
)

var errUnknownKey = errors.New("the token is signed by a key that the user pool does not have")

// keySet is the keys of one issuer. They are read without a lock, and fetched when a token first names a key that is not
// among them, or when they are old.
type keySet struct {
	issuer, location string
	pools            *Pools
	current          atomic.Pointer[keys]

	mu sync.Mutex // held while fetching
	// tried is when the last fetch was begun.
	tried time.Time
}

type keys struct {
	byID    map[string]*rsa.PublicKey
	fetched time.Time
}

// key returns the key with an id.
func (s *keySet) key(ctx context.Context, id string) (*rsa.PublicKey, error) {
	now := s.pools.now()
	k := s.current.Load()
	if k != nil {
		if key := k.byID[id]; key != nil {
			if now.Sub(k.fetched) > maxAge && s.renew(ctx, now) {
				return s.known(id)
			}
			return key, nil
		}
	}
	eventloop.Of(ctx).Block()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Load() == k {
		if !s.tried.IsZero() && now.Sub(s.tried) < minWait {
			return nil, errUnknownKey
		}
		if err := s.fetch(ctx, now); err != nil {
			return nil, err
		}
	}
	return s.known(id)
}

// renew fetches keys that are old. Who finds them old does so; the others go on with what there is.
func (s *keySet) renew(ctx context.Context, now time.Time) bool {
	if !s.mu.TryLock() {
		return false
	}
	defer s.mu.Unlock()
	eventloop.Of(ctx).Block()
	return now.Sub(s.tried) >= retryWait && s.fetch(ctx, now) == nil
}

func (s *keySet) known(id string) (*rsa.PublicKey, error) {
	if key := s.current.Load().byID[id]; key != nil {
		return key, nil
	}
	return nil, errUnknownKey
}

// fetch replaces the keys; s.mu is held. Keys that cannot be had leave those that there are.
func (s *keySet) fetch(ctx context.Context, now time.Time) error {
	s.tried = now
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	document, err := s.pools.read(ctx, s.location)
	var byID map[string]*rsa.PublicKey
	if err == nil {
		byID, err = parseJWKS(document)
	}
	if err != nil {
		s.pools.log.LogAttrs(ctx, slog.LevelWarn, "the keys of a user pool cannot be read: its tokens are refused once those known are old",
			slog.String("issuer", s.issuer), slog.String("location", s.location), slog.String("error", err.Error()))
		return fmt.Errorf("keys of %s: %w", s.issuer, err)
	}
	s.current.Store(&keys{byID, now})
	return nil
}
