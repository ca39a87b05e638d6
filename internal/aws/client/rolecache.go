package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postern/internal/eventloop"
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

// session is one role's: the rest is set once done is closed.
type session struct {
	done chan struct{}
	keys aws.Credentials
	err  error
	// unanswered tells that whoever asked could not wait for the answer.
	unanswered bool
}

// keys returns the keys of a role, by ask when none are known. Who waits for another's question stops with ctx, and asks
// himself when that one got no answer: its time may have been shorter than his.
func (r *roleCache) keys(ctx context.Context, role string, ask func(context.Context) (aws.Credentials, error)) (aws.Credentials, error) {
	s, mine := r.session(role)
	if mine {
		eventloop.Of(ctx).Block()
		return s.ask(ctx, ask)
	}
	select {
	case <-s.done:
	default:
		eventloop.Of(ctx).Block()
	}
	select {
	case <-s.done:
		if s.unanswered {
			return ask(ctx)
		}
		return s.keys, s.err
	case <-ctx.Done():
		return aws.Credentials{}, ctx.Err()
	}
}

// session is the one that is usable, or a new one, which the caller has to ask for.
func (r *roleCache) session(role string) (s *session, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s = r.sessions[role]; s != nil && s.usable(r.now()) {
		return s, false
	}
	if len(r.sessions) >= maxSessions {
		clear(r.sessions)
	}
	s = &session{done: make(chan struct{})}
	r.sessions[role] = s
	return s, true
}

// ask asks for a session's keys. One that panics has no answer either, and leaves nobody waiting.
func (s *session) ask(ctx context.Context, ask func(context.Context) (aws.Credentials, error)) (aws.Credentials, error) {
	s.err, s.unanswered = errNoAnswer, true
	defer close(s.done)
	s.keys, s.err = ask(ctx)
	s.unanswered = ctx.Err() != nil
	return s.keys, s.err
}

var errNoAnswer = errors.New("the question for the role's keys has no answer")

// usable reports whether a session is being asked for, or has keys that last. A refusal is asked again.
func (s *session) usable(now time.Time) bool {
	select {
	case <-s.done:
		return s.err == nil && (!s.keys.CanExpire || now.Before(s.keys.Expires.Add(-renewal)))
	default:
		return true
	}
}
