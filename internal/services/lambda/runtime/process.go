package runtime

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// process is one execution environment: a runtime with its Runtime API.
type process struct {
	pool *Pool
	// stream is the log stream, "2026/01/31/[$LATEST]0123456789abcdef...", which no other process has.
	stream   string
	listener net.Listener
	command  *exec.Cmd
	// first is the connection that our own bootstraps are started with; nil for other programs.
	first    *conn
	output   *output
	launched time.Time
	// idleSince is when the process became idle, and adopted tells that it became ready; guarded by the pool's lock.
	idleSince time.Time
	adopted   bool
	// memory is what the process used last, and peak the most it was seen to use, in bytes.
	memory, peak atomic.Int64

	mu    sync.Mutex
	conns map[*conn]struct{}
	// parked is the connection on which the runtime waits for an event.
	parked *conn
	// current is the invocation that runs; settling is since when one has been answered and no other been asked for.
	current  *invocation
	settling time.Time
	// reading is the connection that the invocation's goroutine reads from; woken tells it to look around.
	reading *conn
	woken   bool
	// initError is what the runtime said of its start.
	initError *Failure
	// used is true once an event was assigned; doomed once the process was killed.
	used, doomed bool

	// handoff gets the connection on which an answer came, when it is not the one that the event went out on.
	handoff chan *conn
	// ready is closed when the runtime asks for its first event.
	ready        chan struct{}
	initDuration time.Duration
	// exited is closed when the process has ended, buried when its children have too and all is given back.
	exited, buried chan struct{}
	accepting      sync.WaitGroup
}

// launch starts a process, which is a member of the pool until it is buried.
func (p *Pool) launch() (*process, error) {
	p.host.launched.Store(true)
	unpacked, err := p.host.bootstraps()
	if err != nil {
		return nil, fmt.Errorf("write the programs that run handlers: %w", err)
	}
	arguments, err := p.host.arguments(&p.config, unpacked.path)
	if err != nil {
		return nil, err
	}
	process := &process{
		pool: p, stream: streamName(p.config.Version, time.Now()), conns: map[*conn]struct{}{}, launched: time.Now(),
		handoff: make(chan *conn, 1), ready: make(chan struct{}), exited: make(chan struct{}), buried: make(chan struct{}),
	}
	if err := process.open(arguments, unpacked.path); err != nil {
		return nil, err
	}
	if line := p.host.substitution(&p.config); line != "" {
		process.output.say(line)
	}
	process.accepting.Add(1)
	go process.accept()
	if c := process.first; c != nil && (!process.remember(c) || !process.spawn(c.run)) {
		c.net.Close()
	}
	go process.bury()
	return process, nil
}

// open listens for the runtime and starts it.
func (p *process) open(arguments []string, bootstraps string) (err error) {
	ctx := context.Background()
	if p.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0"); err != nil {
		return fmt.Errorf("listen for the runtime: %w", err)
	}
	env, err := p.environment(ctx, bootstraps)
	if err != nil {
		p.listener.Close()
		return fmt.Errorf("credentials of role %s: %w", p.pool.config.Role, err)
	}
	output, write, err := newOutput(p)
	if err != nil {
		p.listener.Close()
		return err
	}
	p.output = output
	p.command = &exec.Cmd{Path: arguments[0], Args: arguments, Env: env, Dir: p.pool.config.Root, Stdout: write, Stderr: write}
	err = p.start()
	write.Close()
	if err != nil {
		p.listener.Close()
		output.close()
		return err
	}
	go output.run()
	return nil
}

// start starts the program; our own bootstraps get a connection with them.
func (p *process) start() error {
	if family(p.pool.config.Runtime) == "provided" {
		return p.startProgram()
	}
	ours, theirs, err := pair()
	if err != nil {
		return err
	}
	if theirs == nil {
		return p.startProgram()
	}
	p.command.ExtraFiles = []*os.File{theirs}
	p.command.Args = append(p.command.Args, "3")
	err = p.startProgram()
	theirs.Close()
	if err != nil {
		ours.Close()
		return err
	}
	p.first = newConn(p, ours)
	return nil
}

func (p *process) startProgram() error {
	if err := p.pool.host.starter.start(p.command, p.stream); err != nil {
		return &entrypointError{err}
	}
	return nil
}

// entrypointError says that a function's program could not be started.
type entrypointError struct{ err error }

func (e *entrypointError) Error() string { return e.err.Error() }

// streamName makes the name of a log stream.
func streamName(version string, now time.Time) string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return now.UTC().Format("2006/01/02/[") + version + "]" + hex.EncodeToString(random[:])
}

// maxConns is how many connections a runtime may have open at one time.
const maxConns = 32

// accept serves the Runtime API until the process ends.
func (p *process) accept() {
	defer p.accepting.Done()
	for {
		nc, err := p.listener.Accept()
		if err != nil {
			return
		}
		c := newConn(p, nc)
		if !ownPeer(nc) || !p.remember(c) {
			nc.Close()
			continue
		}
		if !p.spawn(c.run) {
			nc.Close()
		}
	}
}

func (p *process) remember(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.conns) >= maxConns {
		return false
	}
	select {
	case <-p.exited:
		return false
	default:
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *process) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	if p.parked == c {
		p.parked = nil
	}
}

// awaitInit waits until the runtime asks for its first event.
func (p *process) awaitInit(limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ready:
		return nil
	case <-p.exited:
	case <-timer.C:
		return errInitTimeout
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.initError != nil {
		return p.initError
	}
	return &errExited{p.command.ProcessState}
}

func (p *process) wasReady() bool {
	select {
	case <-p.ready:
		return true
	default:
		return false
	}
}

// kill ends the process and its group; bury finds the rest of its children.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.doomed {
		return
	}
	select {
	case <-p.exited: // the number may be another's by now
	default:
		p.doomed = true
		killGroup(p.command.Process)
	}
}

// bury waits for the process's end, kills what it leaves behind, and gives everything back.
func (p *process) bury() {
	awaitEnd(p.command)
	p.mu.Lock()
	_ = p.command.Wait() // the state tells how it ended
	close(p.exited)
	p.mu.Unlock()
	p.wake()
	kinship().remove(p.command.Process.Pid)
	p.listener.Close()
	p.output.close()
	p.mu.Lock()
	open := make([]*conn, 0, len(p.conns))
	for c := range p.conns {
		open = append(open, c)
	}
	p.mu.Unlock()
	for _, c := range open {
		c.net.Close()
	}
	p.accepting.Wait()
	p.pool.buried(p)
	close(p.buried)
}

// wake makes the invocation's goroutine look around.
func (p *process) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.woken = true
	if p.reading != nil {
		_ = p.reading.net.SetReadDeadline(time.Unix(1, 0)) // a closed connection wakes by itself
	}
}

// excessive tells whether the process uses more memory than its function may, or has neither ended nor asked for an
// event for longer than an event may take.
func (p *process) excessive(now time.Time) bool {
	p.measure()
	c := &p.pool.config
	if c.MemoryMB > 0 && p.memory.Load() > int64(c.MemoryMB)<<20 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.settling.IsZero() && now.Sub(p.settling) > c.Timeout+round
}

// measure looks at how much memory the process has resident.
func (p *process) measure() {
	n := residentMemory(p.command.Process.Pid)
	p.memory.Store(n)
	if n > p.peak.Load() {
		p.peak.Store(n)
	}
}

// maxInitError is how long the description of a failed start may be, in bytes.
const maxInitError = 256 << 10

// noteInitError keeps what the runtime says of its failed start.
func (p *process) noteInitError(c *conn) error {
	text, err := io.ReadAll(io.LimitReader(&c.body, maxInitError))
	if err != nil {
		return err
	}
	kind := c.request.errorType
	if kind == "" {
		kind = "Runtime.Unknown"
	}
	p.mu.Lock()
	p.initError = &Failure{Type: strings.Clone(kind), Payload: text}
	p.mu.Unlock()
	return nil
}

// maxMemoryUsed is the most memory the process was seen to use, in MiB, rounded up.
func (p *process) maxMemoryUsed() int64 {
	if p.peak.Load() == 0 {
		p.measure()
	}
	return (p.peak.Load() + 1<<20 - 1) >> 20
}

// alive tells whether the process has not ended.
func (p *process) alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}
