package runtime

import (
	"os/exec"
	"runtime"
)

// starter starts processes from one thread that lives as long as the server: Linux ends a child whose parent thread
// ends, and Go's threads come and go.
type starter struct {
	requests chan startRequest
	done     chan struct{}
}

type startRequest struct {
	command *exec.Cmd
	stream  string
	result  chan error
}

func newStarter() *starter {
	s := &starter{requests: make(chan startRequest), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *starter) run() {
	defer close(s.done)
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	for r := range s.requests {
		r.result <- kinship().birth(r.command, r.stream)
	}
}

// start starts the runtime that writes to a log stream. It dies with this server.
func (s *starter) start(c *exec.Cmd, stream string) error {
	r := startRequest{c, stream, make(chan error, 1)}
	s.requests <- r
	return <-r.result
}

// close ends the thread; every process must have ended.
func (s *starter) close() {
	close(s.requests)
	<-s.done
}
