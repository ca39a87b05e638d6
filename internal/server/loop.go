package server

import (
	"context"
	"errors"
	"fmt"
	"net"

	"postern/internal/eventloop"
)

// openLoop starts the event loop that waits for the connections of clients and upstreams; nil where the system has none,
// and every connection has a goroutine.
func openLoop() (*eventloop.Loop, error) {
	loop, err := eventloop.New()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, nil
	}
	return loop, err
}

// listen opens a port whose connections the event loop waits for.
func (s *Server) listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // it makes every connection that does not use it a tenth dearer
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	if s.loop != nil {
		l = s.loop.Listener(l)
	}
	return l, nil
}

// endLoop ends the event loop, once no connection needs it any more.
func (s *Server) endLoop() {
	if s.loop != nil {
		s.loop.Close()
	}
}
