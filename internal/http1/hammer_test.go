package http1

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"postern/internal/gateway/message"
)

// TestHammer sends bodies of many sizes through a proxy made of both halves from many goroutines at once, with
// connections that come and go, over plain TCP and TLS, and wants every body back unmixed. Run it with -race.
func TestHammer(t *testing.T) {
	leakCheck(t)
	back := start(t, &Server{Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		resp.Header.Add("X-Path", req.Path)
		resp.Body = req.Body
		resp.Close = len(req.Body)%7 == 3
		if len(req.Body)%5 == 4 {
			resp.Stream = pieces(string(req.Body))
		}
	})})
	tcp, err := net.ResolveTCPAddr("tcp", back)
	if err != nil {
		t.Fatal(err)
	}
	tr := Transport{Loop: loopOf(t)}
	defer tr.Close()
	proxy := &Server{MaxConnections: 12, Handler: HandlerFunc(func(req *message.Request, resp *message.Response) {
		up := UpstreamRequest{
			Address: addressOf(tcp), Method: req.Method, Target: req.Target, Host: req.Host,
			Header: req.Header, Body: req.Body, Stream: len(req.Body)%3 == 2,
		}
		if err := tr.Do(&up, soon(), resp); err != nil {
			resp.Status, resp.Body = 502, []byte(err.Error())
		}
	})}
	certificate, roots := selfSigned(t, "localhost")
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	plain := start(t, proxy)
	startOn(t, proxy, tls.NewListener(listenerOf(t, inner), &tls.Config{Certificates: []tls.Certificate{certificate}}))
	secure := addressOf(inner.Addr())
	secure.Scheme, secure.Host, secure.TLS = "https", "localhost", &tls.Config{RootCAs: roots}
	open, err := net.ResolveTCPAddr("tcp", plain)
	if err != nil {
		t.Fatal(err)
	}

	var clients Transport
	defer clients.Close()
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			address := addressOf(open)
			if g%2 == 1 {
				address = secure
			}
			var resp message.Response
			for i := range 150 {
				body := bytes.Repeat([]byte{byte('a' + g)}, (i*i*7+g)%70_000)
				path := fmt.Sprintf("/%d/%d", g, i)
				req := UpstreamRequest{Address: address, Method: "PUT", Target: path, Body: body}
				if err := clients.Do(&req, soon(), &resp); err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				got, _ := resp.Header.GetFold("X-Path")
				if resp.Status != 200 || got != path || !bytes.Equal(resp.Body, body) {
					t.Errorf("%s: status %d, path %q, %d of %d bytes", path, resp.Status, got, len(resp.Body), len(body))
					return
				}
			}
		})
	}
	all.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := proxy.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownUnderLoad: whoever got a connection accepted gets an answer, however the shutdown falls.
func TestShutdownUnderLoad(t *testing.T) {
	leakCheck(t)
	for range 20 {
		s := &Server{}
		addr := start(t, s)
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var clients Transport
		for range 4 {
			all.Go(func() {
				var resp message.Response
				for {
					req := UpstreamRequest{Address: addressOf(tcp), Method: "POST", Target: "/", Body: []byte("hello")}
					if err := clients.Do(&req, soon(), &resp); err != nil {
						return
					}
					if string(resp.Body) != "hello" {
						t.Errorf("got %q", resp.Body)
						return
					}
				}
			})
		}
		time.Sleep(5 * time.Millisecond)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		cancel()
		all.Wait()
		clients.Close()
	}
}
