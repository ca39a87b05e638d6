package client

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// renewal is how long before they expire keys are no longer used.
const renewal = 5 * time.Minute

// maxSessions bounds how many roles are remembered; beyond it all are forgotten and asked for anew.
const maxSessions = 10000

// roleCache remembers the keys of roles until shortly before they expire, and asks once for all who want the same role.
type roleCache struct {
	now      func() time.Time
	mu       sync.Mutex
	sessions map[string]*session
}

// session is one role's: keys and err are set once done is closed.
type session struct {
	done chan struct{}
	keys aws.Credentials
	err  error
}

// keys returns the keys of a role, by ask when none are known. Who waits for another's question stops with ctx.
func (r *roleCache) keys(ctx context.Context, role string, ask func(context.Context) (aws.Credentials, error)) (aws.Credentials, error) {
	r.mu.Lock()
	s := r.sessions[role]
	if s != nil && s.usable(r.now()) {
		r.mu.Unlock()
		select {
		case <-s.done:
			return s.keys, s.err
		case <-ctx.Done():
			return aws.Credentials{}, ctx.Err()
		}
	}
	if len(r.sessions) >= maxSessions {
		clear(r.sessions)
	}
	s = &session{done: make(chan struct{})}
	r.sessions[role] = s
	r.mu.Unlock()
	s.keys, s.err = ask(ctx)
	close(s.done)
	return s.keys, s.err
}

// usable reports whether a session is being asked for, or has keys that last. A refusal is asked again.
func (s *session) usable(now time.Time) bool {
	select {
	case <-s.done:
		return s.err == nil && (!s.keys.CanExpire || now.Before(s.keys.Expires.Add(-renewal)))
	default:
		return true
	}
}
