// Package wiretest lets AWS's own clients talk to a service in a test, without the rest of Postern.
//
// What comes in: a wire.Service. What goes out: the address of a server on loopback that carries requests to it. It is for
// tests only.
package wiretest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

// Account, Region and RequestID are those of every call.
const (
	Account   = "123456789012"
	Region    = "eu-west-1"
	RequestID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
)

// Serve starts a server for the service until the test ends and gives its URL. A request whose target is another service
// fails the test.
func Serve(t testing.TB, service *wire.Service) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := Request(t, r)
		target, ok := wire.TargetOf(req)
		if !ok || target.Service != service.Name() {
			t.Errorf("the client's request is taken for %+v", target)
		}
		resp := new(message.Response)
		call := &wire.Call{Account: Account, Region: Region, AccessKeyID: target.AccessKeyID, RequestID: RequestID}
		service.Serve(r.Context(), call, req, resp)
		for _, pair := range resp.Header {
			w.Header().Add(pair.Name, pair.Value)
		}
		w.WriteHeader(resp.Status)
		if resp.Stream != nil {
			defer resp.Stream.Close()
			if _, err := io.Copy(w, resp.Stream); err != nil {
				t.Error(err)
			}
			return
		}
		if _, err := w.Write(resp.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Request is a request of net/http as the listeners read one.
func Request(t testing.TB, r *http.Request) *message.Request {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	req := &message.Request{
		Method: r.Method, Target: r.RequestURI, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Host: r.Host, Body: body,
	}
	for name, values := range r.Header {
		for _, value := range values {
			req.Header.Add(name, value)
		}
	}
	return req
}
