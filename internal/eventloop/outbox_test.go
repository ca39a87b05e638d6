//go:build linux

package eventloop

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// withAndWithoutRing runs a test with what the kernel lets this process have, and with a loop that has no ring.
func withAndWithoutRing(t *testing.T, test func(t *testing.T, l *Loop)) {
	t.Run("ring", func(t *testing.T) {
		l := newLoop(t)
		if l.rings.none {
			t.Skip("the kernel gives no ring")
		}
		test(t, l)
	})
	t.Run("none", func(t *testing.T) {
		l := newLoop(t)
		l.rings.close()
		test(t, l)
	})
}

// What several tasks send is sent at once, and each learns what came of its own.
func TestTransmit(t *testing.T) {
	withAndWithoutRing(t, func(t *testing.T, l *Loop) {
		short, shortPeer := pair(t, l)
		both, bothPeer := pair(t, l)
		shut, _ := pair(t, l)
		full, fullPeer := pair(t, l)
		shut.CloseWrite()
		filling := make([]byte, maxSize)
		for errno := syscall.Errno(0); errno == 0; {
			_, errno = sysWrite(full.fd, filling)
		}
		tasks := []*Task{
			{out: outgoing{fd: short.fd, head: []byte("one")}},
			{out: outgoing{fd: shut.fd, head: []byte("two")}},
			{out: outgoing{fd: full.fd, head: []byte("three")}},
			{out: outgoing{fd: both.fd, head: []byte("four "), body: []byte("and five")}},
		}
		for len(tasks) < maxSends+3 {
			tasks = append(tasks, &Task{out: outgoing{fd: short.fd, head: []byte(".")}})
		}
		l.transmit(tasks)
		for i, want := range []outgoing{{n: 3}, {errno: syscall.EPIPE}, {errno: syscall.EAGAIN}, {n: 13}} {
			if o := tasks[i].out; o.n != want.n || o.errno != want.errno {
				t.Errorf("%s: %d, %v", o.head, o.n, o.errno)
			}
		}
		for _, rest := range tasks[4:] {
			if rest.out.n != 1 || rest.out.errno != 0 {
				t.Errorf("%d, %v", rest.out.n, rest.out.errno)
			}
		}
		for peer, want := range map[io.Reader]string{shortPeer: "one" + strings.Repeat(".", maxSends-1), bothPeer: "four and five"} {
			got := make([]byte, len(want))
			if _, err := io.ReadFull(peer, got); string(got) != want {
				t.Errorf("%q, %v", got, err)
			}
		}
		fullPeer.Close()
	})
}

// A ring is used many times: its counters go round.
func TestARingGoesRound(t *testing.T) {
	withAndWithoutRing(t, func(t *testing.T, l *Loop) {
		c, peer := pair(t, l)
		lost := l.rings.none
		var want []byte
		for i := range 500 {
			var tasks []*Task
			for j := range 2 + i%(maxSends-1) {
				tasks = append(tasks, &Task{out: outgoing{fd: c.fd, head: []byte{byte(i), byte(j)}}})
				want = append(want, byte(i), byte(j))
			}
			l.transmit(tasks)
		}
		if l.rings.none != lost {
			t.Error("the ring has failed")
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("what comes is not what was sent: %v", err)
		}
	})
}

// What a task has to send goes out although another task of the batch blocks, and needs it.
func TestASendIsNotHeldUp(t *testing.T) {
	for name, say := range map[string]bool{"said": true, "unsaid": false} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutRing(t, func(t *testing.T, l *Loop) {
				const tasks = 4
				var peers []*net.TCPConn
				arrived, done := make(chan struct{}), make(chan struct{})
				for i := range tasks {
					c, peer := pair(t, l)
					peers = append(peers, peer)
					l.Go(func(t2 *Task) {
						c.Bind(t2)
						c.Read(make([]byte, 1))
						if i < tasks-1 {
							c.Write([]byte("sent"))
							return
						}
						if say {
							t2.Block()
						}
						<-arrived
						c.Write([]byte("seen"))
						close(done)
					})
				}
				inOneBatch(t, l, peers...)
				for _, peer := range peers[:tasks-1] {
					if _, err := io.ReadFull(peer, make([]byte, 4)); err != nil {
						t.Fatal(err)
					}
				}
				close(arrived)
				goesOn(t, done)
			})
		})
	}
}

// What a task has to send goes out although many others of the batch compute, none for so long that it is taken to hold
// its poller up.
func TestASendDoesNotWaitForAllWhoCompute(t *testing.T) {
	l := newLoop(t)
	sender, receiver := pair(t, l)
	peers := []*net.TCPConn{receiver}
	l.Go(func(t2 *Task) {
		sender.Bind(t2)
		sender.Read(make([]byte, 1))
		sender.Write([]byte("sent"))
	})
	raw, err := receiver.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	const computing = 24
	var ended atomic.Int32
	done := make(chan struct{})
	for range computing {
		c, peer := pair(t, l)
		peers = append(peers, peer)
		l.Go(func(t2 *Task) {
			c.Bind(t2)
			c.Read(make([]byte, 1))
			for start := time.Now(); time.Since(start) < tick/2; {
				runtime.Gosched()
			}
			if ended.Add(1) < computing {
				return
			}
			_ = raw.Control(func(fd uintptr) {
				if errno := sysPeek(int(fd)); errno != 0 {
					t.Errorf("when all the others have computed, nothing has come: %v", errno)
				}
			})
			close(done)
		})
	}
	inOneBatch(t, l, peers...)
	goesOn(t, done)
}

// A task that finds, with something to send, that its poller has been replaced is seen to by itself when nobody else does.
func TestASendBehindTheReplacement(t *testing.T) {
	l := newLoop(t)
	c, peer := pair(t, l)
	b := &batch{}
	p := &poller{loop: l}
	p.from.Store(b)
	done := make(chan struct{})
	task := l.take(func(t2 *Task) {
		t2.wait(outbox)
		close(done)
	})
	task.out = outgoing{fd: c.fd, head: []byte("x")}
	p.turn.Store(replaced)
	task.run(p)
	goesOn(t, done)
	if _, err := io.ReadFull(peer, make([]byte, 1)); err != nil {
		t.Error(err)
	}
}

// Who sends without end lets others go on.
func TestManySendersLetOthersGoOn(t *testing.T) {
	l := newLoop(t)
	var peers []*net.TCPConn
	for range 4 {
		c, peer := pair(t, l)
		peers = append(peers, peer)
		l.Go(func(t2 *Task) {
			c.Bind(t2)
			c.Read(make([]byte, 1))
			for {
				if _, err := c.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
		})
		go io.Copy(io.Discard, struct{ io.Reader }{peer})
	}
	inOneBatch(t, l, peers...)
	c, peer := pair(t, l)
	l.Go(func(t2 *Task) {
		c.Bind(t2)
		io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
	})
	for range 20 {
		io.WriteString(peer, "y")
		if _, err := io.ReadFull(peer, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, peer := range peers {
		peer.Close()
	}
	peer.Close()
}

// Long answers, more than a socket has room for, are sent whole to many that read slowly.
func TestLongAnswersTogether(t *testing.T) {
	withAndWithoutRing(t, func(t *testing.T, l *Loop) {
		var peers []*net.TCPConn
		want := bytes.Repeat([]byte("0123456789"), 3<<18)
		for range 6 {
			c, peer := pair(t, l)
			peers = append(peers, peer)
			l.Go(func(t2 *Task) {
				defer c.Close()
				c.Bind(t2)
				c.Read(make([]byte, 1))
				for part := range slices.Chunk(want, maxSize-1) {
					if _, err := c.WriteBoth(part[:1], part[1:]); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		inOneBatch(t, l, peers...)
		for _, peer := range peers {
			if got, err := io.ReadAll(peer); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		}
	})
}

// A task learns of the end of its connection also when it sends together with others.
func TestSendingToWhoHasGone(t *testing.T) {
	withAndWithoutRing(t, func(t *testing.T, l *Loop) {
		var peers []*net.TCPConn
		failed := make(chan error, 4)
		for range cap(failed) {
			c, peer := pair(t, l)
			peers = append(peers, peer)
			l.Go(func(t2 *Task) {
				c.Bind(t2)
				c.Read(make([]byte, 1))
				peer.SetLinger(0)
				peer.Close()
				var err error
				for start := time.Now(); err == nil && time.Since(start) < held; {
					_, err = c.Write([]byte("x"))
				}
				failed <- err
			})
		}
		inOneBatch(t, l, peers...)
		for range cap(failed) {
			if err := <-failed; !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
				t.Error(err)
			}
		}
	})
}

// A poller that sends is at work, although it runs no task: one that mostly sends would else seem to rest, and get no other
// to help it.
func TestAPollerThatSendsWorks(t *testing.T) {
	l := newLoop(t)
	c, _ := pair(t, l)
	p := &poller{loop: l}
	l.mu.Lock()
	l.pollers = append(l.pollers, p)
	l.mu.Unlock()
	b, sent := &batch{}, make(chan struct{})
	b.post(&Task{out: outgoing{fd: c.fd, head: []byte("x")}}, 0)
	b.post(&Task{out: outgoing{fd: c.fd, head: []byte("y")}}, 0)
	l.rings.mu.Lock() // it sends for as long as the test wants
	go func() {
		defer close(sent)
		p.flush(b)
	}()
	working := 0
	for start := time.Now(); working == 0 && time.Since(start) < held; time.Sleep(time.Millisecond) {
		working, _ = l.look(map[*poller]uint64{})
	}
	l.rings.mu.Unlock()
	<-sent
	if working != 1 {
		t.Errorf("%d pollers work while one sends", working)
	}
	if working, _ = l.look(map[*poller]uint64{}); working != 0 {
		t.Errorf("%d pollers work once it has sent", working)
	}
	l.mu.Lock()
	l.forget(p)
	l.mu.Unlock()
}

// Who asks together with others goes on when the answer is there, or when there will be none.
func TestAsking(t *testing.T) {
	withAndWithoutRing(t, func(t *testing.T, l *Loop) {
		const asking = 8
		ends := []error{2: io.EOF, 4: os.ErrDeadlineExceeded, 6: net.ErrClosed, asking - 1: nil}
		var conns []*Conn
		var peers []*net.TCPConn
		var waited atomic.Int32
		var all sync.WaitGroup
		for i := range asking {
			c, peer := pair(t, l)
			conns, peers = append(conns, c), append(peers, peer)
			all.Add(1)
			l.Go(func(t2 *Task) {
				defer all.Done()
				c.Bind(t2)
				c.Read(make([]byte, 2))
				if errors.Is(ends[i], os.ErrDeadlineExceeded) {
					c.SetDeadline(time.Now().Add(2 * tick))
				}
				if n, err := c.Ask([]byte("question")); n != len("question") || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
				b := make([]byte, 16)
				n, err := c.TryRead(b)
				if n > 0 {
					waited.Add(1)
				} else {
					n, err = c.Read(b)
				}
				if string(b[:n]) != "answer" && !errors.Is(err, ends[i]) || n > 0 && ends[i] != nil {
					t.Errorf("%q, %v; want %v", b[:n], err, ends[i])
				}
			})
		}
		inOneBatch(t, l, peers...)
		for _, peer := range peers {
			if _, err := io.ReadFull(peer, make([]byte, len("question"))); err != nil {
				t.Fatal(err)
			}
		}
		for i, peer := range peers {
			switch end := ends[i]; {
			case end == nil:
				io.WriteString(peer, "answer")
			case errors.Is(end, io.EOF):
				peer.Close()
			case errors.Is(end, net.ErrClosed):
				conns[i].Abort()
			}
		}
		all.Wait()
		if n := waited.Load(); n < asking-3-1 { // but for three without an answer, and who was the last of the batch
			t.Errorf("only %d waited for their answers", n)
		}
	})
}

// A ring that there was no descriptor for is had once there is.
func TestARingIsAskedForAgain(t *testing.T) {
	l := newLoop(t)
	first := l.rings.take()
	if first == nil {
		t.Skip("the kernel gives no ring")
	}
	defer l.rings.put(first, true)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	second := l.rings.take()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if second != nil {
		t.Fatal("there was a ring without a descriptor")
	}
	if second = l.rings.take(); second == nil {
		t.Fatal("there is no ring any more")
	}
	l.rings.put(second, true)
}
