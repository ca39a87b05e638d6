package http1

import (
	"context"
	"time"
)

// past is a deadline that wakes whoever reads.
var past = time.Unix(1, 0)

// Shutdown stops accepting, closes idle connections and waits until running requests have been answered, each with
// "Connection: close". When ctx ends first, the connections that are left are closed and ctx's error is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopListening()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.evict(fresh) || c.evict(idle)
	}
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.room.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.conns) > 0 && ctx.Err() == nil {
		s.room.Wait()
	}
	if len(s.conns) == 0 {
		return nil
	}
	s.cut()
	return ctx.Err()
}

// Close closes all listeners and connections at once. A connection's goroutine ends as soon as its handler, which is
// not interrupted, has returned.
func (s *Server) Close() error {
	s.stopListening()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut()
	return nil
}

func (s *Server) stopListening() {
	s.prepare()
	s.closing.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.listeners {
		l.Close()
	}
	s.room.Broadcast()
}

// cut closes every connection where it stands. The caller holds s.mu.
func (s *Server) cut() {
	for c := range s.conns {
		c.kill()
	}
}
