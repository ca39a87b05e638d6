//go:build linux

package http1

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"postern/internal/gateway/message"
)

// A handler that computes must not keep other connections waiting until it is done, on one processor or on two. The
// server runs in a process of its own, since the client's system calls would wake the runtime's monitor thread, too.
func TestAHandlerThatComputesHoldsNobodyUp(t *testing.T) {
	const child = "POSTERN_TEST_COMPUTES"
	if os.Getenv(child) != "" {
		serveComputing(t)
		return
	}
	for _, processors := range []string{"1", "2"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"=1", "GOMAXPROCS="+processors)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(stdout)
		askWhileComputing(t, processors, said)
		_ = cmd.Process.Kill() // it serves for ever
		_ = cmd.Wait()
	}
}

func askWhileComputing(t *testing.T, processors string, said *bufio.Scanner) {
	said.Scan()
	address := said.Text()
	long, quick := dial(t, address), dial(t, address)
	for range 3 {
		// After requests with pauses between them the server's poller leaves its waits to the runtime; the monitor thread
		// goes to sleep after 10 ms without work.
		for range 3 {
			time.Sleep(30 * time.Millisecond)
			long.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
			long.answer("GET")
		}
		time.Sleep(30 * time.Millisecond)
		long.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
		said.Scan() // it computes
		quick.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
		quick.answer("GET")
		if _, body := long.answer("GET"); body != "released" {
			t.Errorf("GOMAXPROCS=%s: the other request had to wait until the handler was %s", processors, body)
			return
		}
	}
}

// serveComputing answers /long when it has answered /quick, and computes until then.
func serveComputing(t *testing.T) {
	var released atomic.Bool
	s := &Server{Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		if req.Path == "/quick" {
			released.Store(true)
			return
		}
		released.Store(false)
		_, _, _ = syscall.RawSyscall(syscall.SYS_WRITE, 1, uintptr(unsafe.Pointer(unsafe.StringData("it computes\n"))), uintptr(len("it computes\n"))) // unseen by the scheduler
		resp.Body = []byte("released")
		for end := time.Now().Add(time.Minute); !released.Load(); {
			if time.Now().After(end) {
				resp.Body = []byte("done")
				return
			}
		}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdout.WriteString(l.Addr().String() + "\n")
	_ = s.Serve(listenerOf(t, l))
}
