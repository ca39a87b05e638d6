//go:build linux

package eventloop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// leakCheck fails the test if goroutines of this package are left when it ends. Call it first, so that it runs last.
func leakCheck(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		var stacks string
		for range 500 {
			buf := make([]byte, 1<<20)
			stacks = string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(stacks, "eventloop.(*") {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("goroutines are left:\n%s", stacks)
	})
}

func newLoop(t *testing.T) *Loop {
	t.Helper()
	leakCheck(t)
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// pair connects a Conn of the loop with an ordinary connection.
func pair(t *testing.T, l *Loop) (*Conn, *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := l.Listener(listener)
	defer accepting.Close()
	peer, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	here, err := accepting.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c := here.(*Conn)
	t.Cleanup(func() { c.Close() })
	peer.SetDeadline(time.Now().Add(30 * time.Second))
	return c, peer.(*net.TCPConn)
}

// inTask runs f as a task, or as an ordinary goroutine, and returns when it has ended.
func inTask(l *Loop, task bool, f func(*Task)) {
	done := make(chan struct{})
	run := func(t *Task) {
		defer close(done)
		f(t)
	}
	if task {
		l.Go(run)
	} else {
		go run(nil)
	}
	<-done
}

// both runs a test of what tasks and goroutines see alike.
func both(t *testing.T, test func(t *testing.T, l *Loop, task bool)) {
	for name, task := range map[string]bool{"task": true, "goroutine": false} {
		t.Run(name, func(t *testing.T) { test(t, newLoop(t), task) })
	}
}

func TestReadAndWrite(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		c, peer := pair(t, l)
		long := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
		var got []byte
		go func() {
			b := bufio.NewReader(peer)
			line, _ := b.ReadString('\n')
			io.WriteString(peer, "you said "+line)
			got, _ = io.ReadAll(b)
			peer.Write(got)
			peer.CloseWrite()
		}()
		inTask(l, task, func(t2 *Task) {
			c.Bind(t2)
			io.WriteString(c, "hello\n")
			b := make([]byte, 100)
			if n, err := c.Read(b); string(b[:n]) != "you said hello\n" || err != nil {
				t.Errorf("%q, %v", b[:n], err)
			}
			if n, err := c.WriteBoth([]byte("head:"), long); n != len(long)+5 || err != nil {
				t.Errorf("wrote %d, %v", n, err)
			}
			c.CloseWrite()
			back, err := io.ReadAll(c)
			if want := append([]byte("head:"), long...); err != nil || !bytes.Equal(back, want) {
				t.Errorf("%d of %d bytes came back, %v", len(back), len(want), err)
			}
		})
	})
}

func TestTryWriteBothDoesNotWait(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		c, peer := pair(t, l)
		head, body := []byte("head:"), bytes.Repeat([]byte("0123456789abcdef"), 1<<21) // more than sockets hold
		inTask(l, task, func(t2 *Task) {
			c.Bind(t2)
			n, err := c.TryWriteBoth(head, body)
			if n <= len(head) || n >= len(head)+len(body) || err != nil {
				t.Errorf("wrote %d, %v, want a part", n, err)
			}
			if m, err := c.TryWriteBoth(nil, body[n-len(head):]); m != 0 || err != nil {
				t.Errorf("wrote %d more, %v, want nothing", m, err)
			}
			got := make([]byte, n)
			if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, append(head, body...)[:n]) {
				t.Errorf("something else arrived, %v", err)
			}
			if n, err := c.TryWriteBoth(head, []byte("body")); n != len("head:body") || err != nil {
				t.Errorf("wrote %d, %v, want all", n, err)
			}
			c.Close()
			if _, err := c.TryWriteBoth(head, body); !errors.Is(err, net.ErrClosed) {
				t.Errorf("wrote to a closed connection: %v", err)
			}
		})
	})
}

// The end of what the peer sends is told by one event, which may come together with the last bytes.
func TestTheEndIsSeenBehindTheLastBytes(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		c, peer := pair(t, l)
		io.WriteString(peer, "last")
		peer.CloseWrite()
		inTask(l, task, func(t2 *Task) {
			c.Bind(t2)
			if b, err := io.ReadAll(c); string(b) != "last" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
		})
		if !c.Stale() {
			t.Error("a connection that has ended is not stale")
		}
	})
}

func TestDeadlines(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		c, peer := pair(t, l)
		inTask(l, task, func(t2 *Task) {
			c.Bind(t2)
			b := make([]byte, 10)
			for _, c2 := range []struct {
				name string
				set  func()
			}{
				{"one that comes", func() { c.SetReadDeadline(time.Now().Add(5 * time.Millisecond)) }},
				{"one that has passed", func() { c.SetReadDeadline(time.Unix(1, 0)) }},
				{"one put off, then brought forward", func() {
					c.SetReadDeadline(time.Now().Add(time.Hour))
					c.SetReadDeadline(time.Now().Add(2 * time.Hour))
					c.SetDeadline(time.Now().Add(5 * time.Millisecond))
				}},
				{"one put off a little", func() {
					c.SetReadDeadline(time.Now().Add(2 * time.Millisecond))
					c.SetReadDeadline(time.Now().Add(8 * time.Millisecond))
				}},
			} {
				c2.set()
				if _, err := c.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%s: %v", c2.name, err)
				}
			}
			c.SetDeadline(time.Time{})
			io.WriteString(peer, "x")
			if n, err := c.Read(b); n != 1 || err != nil {
				t.Errorf("without a deadline: %d, %v", n, err)
			}
			c.SetWriteDeadline(time.Now().Add(5 * time.Millisecond))
			if _, err := c.Write(make([]byte, 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("writing to who does not read: %v", err)
			}
		})
	})
}

// Somebody else's deadline, or Abort, wakes who reads.
func TestWakingAReader(t *testing.T) {
	both(t, func(t *testing.T, l *Loop, task bool) {
		for name, c2 := range map[string]struct {
			wake func(c *Conn)
			want error
		}{
			"deadline": {func(c *Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
			"abort":    {(*Conn).Abort, net.ErrClosed},
		} {
			c, _ := pair(t, l)
			inTask(l, task, func(t2 *Task) {
				c.Bind(t2)
				time.AfterFunc(5*time.Millisecond, func() { c2.wake(c) })
				if _, err := c.Read(make([]byte, 1)); !errors.Is(err, c2.want) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	})
}

// held is how long a test waits for what must not be held up.
const held = 60 * time.Second

// goesOn fails the test if done is not closed.
func goesOn(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(held):
		t.Error("somebody is held up")
	}
}

// parked returns when somebody waits for d.
func parked(d *direction) {
	for state := d.state.Load(); state == nil || state == ready; state = d.state.Load() {
		time.Sleep(time.Millisecond)
	}
}

// One event may tell of something to read and of room to write. Who reads may wait for who writes.
func TestAReaderWaitsForTheWriter(t *testing.T) {
	l := newLoop(t)
	c, _ := pair(t, l)
	written, read := make(chan struct{}), make(chan struct{})
	go func() {
		c.w.await(nil) // the socket has room
		c.w.await(nil)
		close(written)
	}()
	l.Go(func(t2 *Task) {
		c.r.await(t2)
		t2.Block()
		<-written
		close(read)
	})
	parked(&c.r)
	parked(&c.w)
	go (&poller{loop: l}).handle(event{fd: c.fd, read: true, write: true})
	goesOn(t, read)
}

// inOneBatch sends something to several connections, so that their events come together.
func inOneBatch(t *testing.T, l *Loop, peers ...*net.TCPConn) {
	t.Helper()
	c, peer := pair(t, l)
	busy := make(chan struct{})
	l.Go(func(t2 *Task) {
		c.Bind(t2)
		c.Read(make([]byte, 1))
		close(busy)
		for start := time.Now(); time.Since(start) < tick/2; {
			runtime.Gosched()
		}
	})
	time.Sleep(2 * tick) // all wait
	io.WriteString(peer, "x")
	<-busy
	for _, p := range peers {
		io.WriteString(p, "x")
	}
}

// What a poller leaves of its batch is taken over also when the poller was to end.
func TestARetiredPollerIsHeldUp(t *testing.T) {
	l := newLoop(t)
	first, firstPeer := pair(t, l)
	second, secondPeer := pair(t, l)
	seen, done := make(chan struct{}), make(chan struct{})
	l.Go(func(t2 *Task) {
		first.Bind(t2)
		first.Read(make([]byte, 1))
		t2.poller.retired.Store(true)
		l.add()
		t2.Block()
		<-seen
		close(done)
	})
	l.Go(func(t2 *Task) {
		second.Bind(t2)
		second.Read(make([]byte, 1))
		close(seen)
	})
	inOneBatch(t, l, firstPeer, secondPeer)
	goesOn(t, done)
}

// A task that was found to hold its poller up may begin another, and wait for it.
func TestAHeldUpTaskBeginsAnother(t *testing.T) {
	l := newLoop(t)
	c, peer := pair(t, l)
	begun, done := make(chan struct{}), make(chan struct{})
	l.Go(func(t2 *Task) {
		c.Bind(t2)
		c.Read(make([]byte, 1))
		for p := t2.poller; p.turn.Load() != replaced; {
			time.Sleep(tick)
		}
		time.Sleep(tick) // who has replaced the poller finds nothing left
		l.GoAfter(t2, func(*Task) { close(begun) })
		t2.Block()
		<-begun
		close(done)
	})
	parked(&c.r)
	io.WriteString(peer, "x")
	goesOn(t, done)
}

// Tasks that wait for something else than a connection hold no other up, whether they say so or not.
func TestBlockedTasksHoldNobodyUp(t *testing.T) {
	for name, say := range map[string]bool{"said": true, "unsaid": false} {
		t.Run(name, func(t *testing.T) {
			l := newLoop(t)
			release := make(chan struct{})
			var all sync.WaitGroup
			const blocked = 10
			var clients []*net.TCPConn
			for range blocked {
				c, peer := pair(t, l)
				clients = append(clients, peer)
				all.Add(1)
				l.Go(func(t2 *Task) {
					defer all.Done()
					c.Bind(t2)
					c.Read(make([]byte, 1)) // it is run by a poller from here on
					if say {
						t2.Block()
					}
					<-release
					io.WriteString(c, "done")
				})
			}
			echo, peer := pair(t, l)
			l.Go(func(t2 *Task) {
				echo.Bind(t2)
				io.Copy(struct{ io.Writer }{echo}, struct{ io.Reader }{echo})
			})
			for _, c := range clients {
				io.WriteString(c, "x")
				io.WriteString(peer, "y")
				if _, err := io.ReadFull(peer, make([]byte, 1)); err != nil {
					t.Fatal(err)
				}
			}
			close(release)
			for _, c := range clients {
				if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
					t.Error(err)
				}
			}
			all.Wait()
			peer.Close()
		})
	}
}

// A task that ends its goroutine, as a failing test does, takes no poller with it.
func TestGoexit(t *testing.T) {
	l := newLoop(t)
	for range 3 {
		c, peer := pair(t, l)
		l.Go(func(t2 *Task) {
			defer c.Close()
			c.Bind(t2)
			c.Read(make([]byte, 1))
			runtime.Goexit()
		})
		io.WriteString(peer, "x")
		if _, err := peer.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
}

// Many tasks, each with a connection to a server of the same loop, all at once: nothing is lost or mixed.
func TestManyAtOnce(t *testing.T) {
	l := newLoop(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := l.Listener(listener)
	defer accepting.Close()
	var all sync.WaitGroup
	go func() {
		for {
			nc, err := accepting.Accept()
			if err != nil {
				return
			}
			c := nc.(*Conn)
			all.Add(1)
			l.Go(func(t2 *Task) {
				defer all.Done()
				defer c.Close()
				c.Bind(t2)
				b := make([]byte, 16)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					if n%3 == 0 {
						t2.Block()
					}
					c.Write(b[:n])
				}
			})
		}
	}()
	for i := range 64 {
		nc, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c := l.Adopt(nc).(*Conn)
		all.Add(1)
		l.Go(func(t2 *Task) {
			defer all.Done()
			defer c.Close()
			c.Bind(t2)
			c.SetDeadline(time.Now().Add(30 * time.Second))
			for j := range 200 {
				sent := bytes.Repeat([]byte{byte(i), byte(j)}, 1+j%20)
				c.Write(sent)
				got := make([]byte, len(sent))
				if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("%v came back as %v, %v", sent, got, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestContext(t *testing.T) {
	l := newLoop(t)
	inTask(l, true, func(t2 *Task) {
		if Of(context.WithoutCancel(t2.Context())) != t2 {
			t.Error("a task's context does not know it")
		}
	})
	var none *Task
	none.Block()
	if Of(none.Context()) != nil {
		t.Error("no task is some task")
	}
}

func TestAClosedConnectionIsClosed(t *testing.T) {
	l := newLoop(t)
	c, _ := pair(t, l)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{"close": c.Close(), "close write": c.CloseWrite(), "wait": c.AwaitRead()} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write: %v", err)
	}
	c.Abort()
}

// The stack of a task that has ended is used again, and given back when nothing happens any more.
func TestTasksAreUsedAgain(t *testing.T) {
	l := newLoop(t)
	seen := map[*Task]bool{}
	const runs = 50
	for range runs {
		inTask(l, true, func(t2 *Task) { seen[t2] = true })
		for i := 0; i < 1000 && l.kept() == 0; i++ { // the task has yet to be put back
			runtime.Gosched()
		}
	}
	if len(seen) == runs {
		t.Error("each function got a task of its own")
	}
	c, peer := pair(t, l)
	l.Go(func(t2 *Task) {
		c.Bind(t2)
		io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
	})
	io.WriteString(peer, "x") // it keeps the monitor awake for a while
	for l.kept() > 0 {
		time.Sleep(time.Millisecond)
	}
}

// kept counts the tasks that wait for another function.
func (l *Loop) kept() int {
	l.spare.mu.Lock()
	defer l.spare.mu.Unlock()
	return len(l.spare.tasks)
}

// All pollers end with the loop, and none begins behind it, whose queue is somebody else's descriptor by then.
func TestClose(t *testing.T) {
	leakCheck(t)
	for range 50 {
		l, err := New()
		if err != nil {
			t.Fatal(err)
		}
		l.add()
		_, last := l.active()
		time.Sleep(time.Millisecond) // both wait
		last.retired.Store(true)
		l.Close()
		for running := 1; running > 0; {
			time.Sleep(time.Millisecond)
			l.mu.Lock()
			running = l.running
			l.mu.Unlock()
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		l.add()
		time.Sleep(time.Millisecond)
		if _, err := io.WriteString(w, "x"); err != nil {
			t.Error(err)
		}
		r.Close()
		w.Close()
	}
}

// The end of what the peer sends is seen also when it comes, behind its last bytes, while a read finds nothing yet.
func TestNoEndIsMissed(t *testing.T) {
	l := newLoop(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := l.Listener(inner).(*Listener)
	defer accepting.Close()
	accepting.Go(func(by *Task) {
		for {
			nc, err := accepting.Accept()
			if err != nil {
				return
			}
			l.GoAfter(by, func(t2 *Task) {
				c := nc.(*Conn)
				defer c.Close()
				c.Bind(t2)
				c.Read(make([]byte, 10))
				c.Write([]byte("bye"))
			})
		}
	})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 300 {
				nc, err := net.Dial("tcp", inner.Addr().String())
				if err != nil {
					t.Error(err)
					return
				}
				c := l.Adopt(nc).(*Conn)
				inTask(l, true, func(t2 *Task) {
					defer c.Close()
					c.Bind(t2)
					c.SetDeadline(time.Now().Add(time.Minute))
					c.Write([]byte("hello"))
					if got, err := io.ReadAll(c); string(got) != "bye" || err != nil {
						t.Errorf("%q, %v", got, err)
					}
				})
			}
		})
	}
	all.Wait()
}

// The socket's number may be another connection's once it is closed: what goroutines have begun with it ends before.
func TestCloseWaitsForSystemCalls(t *testing.T) {
	l := newLoop(t)
	for name, mu := range map[string]func(*Conn) *sync.Mutex{
		"read":  func(c *Conn) *sync.Mutex { return &c.r.mu },
		"write": func(c *Conn) *sync.Mutex { return &c.w.mu },
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := pair(t, l)
			mu(c).Lock() // a call is under way
			closed := make(chan struct{})
			go func() {
				defer close(closed)
				c.Close()
			}()
			for !c.closed.Load() {
				runtime.Gosched()
			}
			time.Sleep(10 * time.Millisecond)
			if l.conns.get(c.fd) != c {
				t.Error("it was closed")
			}
			mu(c).Unlock()
			<-closed
			if _, err := c.TryRead(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("read: %v", err)
			}
			if _, err := c.WriteBoth([]byte("a"), []byte("b")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("write: %v", err)
			}
			if _, err := c.TryWriteBoth([]byte("a"), []byte("b")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("write what there is room for: %v", err)
			}
		})
	}
}
