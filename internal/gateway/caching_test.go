package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// counting is a backend that numbers its answers and tells what it was asked.
type counting struct {
	calls atomic.Int64
	body  []byte // in the place of the number
}

func (u *counting) Do(req *http1.UpstreamRequest, _ time.Time, resp *message.Response) error {
	n := u.calls.Add(1)
	resp.Status = 200
	resp.Header.Add("Content-Type", "application/json")
	resp.Header.Add("Asked", req.Target)
	if u.body != nil {
		resp.SetBody(append(resp.Memory(), u.body...))
		return nil
	}
	resp.SetBody(fmt.Appendf(resp.Memory(), "%d", n))
	return nil
}

const cachedAPI = `
stage:
  deploymentId: dep1
  cacheClusterEnabled: true
  cacheClusterSize: "0.5"
  methodSettings: {"*/*": {cachingEnabled: true, cacheTtlInSeconds: 60, throttlingRateLimit: -1, throttlingBurstLimit: -1, cacheDataEncrypted: %v}}
methods:
  GET /x: {methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://b/x", cacheNamespace: x, cacheKeyParameters: [method.request.querystring.q]}}
`

func TestEntriesExpire(t *testing.T) {
	for _, encrypted := range []bool{false, true} {
		w := newGuarded(t, fmt.Sprintf(cachedAPI, encrypted), &counting{}, nil)
		for i, want := range []string{"200 1", "200 1", "200 2", "200 2"} {
			if i == 2 {
				w.now.Add(61)
			}
			if got := w.ask("/prod/x"); got != want {
				t.Errorf("encrypted %v, request %d: %s, want %s", encrypted, i+1, got, want)
			}
		}
		resp, _ := w.traced("/prod/x")
		if asked, _ := resp.Header.GetFold("Asked"); asked != "/x" {
			t.Errorf("encrypted %v: the header of the entry is %q", encrypted, asked)
		}
	}
}

// Source: developer guide, "Cache settings for REST APIs in API Gateway".
func TestLargeAnswersPassUncached(t *testing.T) {
	for _, c := range []struct {
		size  int
		calls int64
	}{{1048576, 1}, {1048577, 2}} {
		u := &counting{body: bytes.Repeat([]byte("x"), c.size)}
		w := newGuarded(t, fmt.Sprintf(cachedAPI, false), u, nil)
		for range 2 {
			resp, _ := w.traced("/prod/x")
			if len(resp.Body) != c.size {
				t.Errorf("%d bytes are answered of %d", len(resp.Body), c.size)
			}
		}
		if u.calls.Load() != c.calls {
			t.Errorf("an answer of %d bytes: %d calls, want %d", c.size, u.calls.Load(), c.calls)
		}
	}
}

// What one request did to its answer must not reach another: entries are whole and never change.
func TestEntriesAreNeverChanged(t *testing.T) {
	const clients, rounds = 16, 200
	text := `{"text":"` + strings.Repeat("abc", 1000) + `"}`
	u := &counting{body: []byte(text)}
	api := strings.Replace(fmt.Sprintf(cachedAPI, false), "methods:", "restApi: {minimumCompressionSize: 0}\nmethods:", 1)
	w := newGuarded(t, api, u, nil)
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			req := &message.Request{}
			resp := &message.Response{}
			for range rounds {
				resp.Reset()
				*req = message.Request{
					Method: "GET", Target: "/prod/x", Path: "/prod/x", Host: "api1.execute-api.us-east-1.amazonaws.com",
					RemoteAddr: netip.MustParseAddrPort("203.0.113.7:1"),
				}
				w.gateway.Serve(req, resp)
				if string(resp.Body) != text {
					t.Errorf("the entry has become %.40q", resp.Body)
					return
				}
				// What a front end may do with an answer that it has sent.
				resp.Header.SetFold("Asked", "somebody else's")
				memory := resp.Memory()
				for i := range memory[:cap(memory)] {
					memory[:cap(memory)][i] = '#'
				}
			}
		})
	}
	running.Wait()
	resp, _ := w.traced("/prod/x")
	if asked, _ := resp.Header.GetFold("Asked"); asked != "/x" {
		t.Errorf("the entry's header has become %q", asked)
	}
}

// republished is a source with one stage that a test changes.
type republished struct {
	versions
	revision int64
	g        *gateway.Gateway
}

// serve starts a gateway over the source, and returns how to change the stage.
func (r *republished) serve(t *testing.T, u http1Transport) (change func(func(*apidef.Stage))) {
	r.feed = make(chan apidef.Changes)
	r.current = deployed(t, fmt.Sprintf(cachedAPI, false))
	r.g = gateway.New(gateway.Options{Source: r, Backends: gateway.Backends{Transport: u}, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.g.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return func(edit func(*apidef.Stage)) {
		t.Helper()
		next := *r.current
		stage := *next.Stage
		edit(&stage)
		next.Stage = &stage
		r.mu.Lock()
		r.current = &next
		r.mu.Unlock()
		r.revision++
		r.feed <- apidef.Changes{Revision: r.revision, Stages: []apidef.StageKey{{APIID: "api1", Stage: "prod"}}}
		if err := r.g.Follow(t.Context(), r.revision); err != nil {
			t.Fatal(err)
		}
	}
}

// Sources: API reference, FlushStageCache; developer guide, "Cache settings for REST APIs in API Gateway": a cluster of
// another size begins empty. A new deployment does not flush (inferred).
func TestWhatEmptiesTheCache(t *testing.T) {
	r := &republished{}
	change := r.serve(t, &counting{})
	w := &guarded{t: t, gateway: r.g}
	for _, c := range []struct {
		sentence string
		edit     func(*apidef.Stage)
		want     string
	}{
		{"the first request", func(*apidef.Stage) {}, "200 1"},
		{"nothing that matters has changed", func(s *apidef.Stage) { s.Description = "new" }, "200 1"},
		{"a flush", func(s *apidef.Stage) { s.CacheGeneration++ }, "200 2"},
		{"a stage variable", func(s *apidef.Stage) { s.Variables = map[string]string{"a": "b"} }, "200 2"},
		{"another size", func(s *apidef.Stage) { s.CacheClusterSize = "1.6" }, "200 3"},
		{"caching off", func(s *apidef.Stage) { s.CacheClusterEnabled = false }, "200 4"},
		{"still off", func(*apidef.Stage) {}, "200 5"},
	} {
		change(c.edit)
		if got := w.ask("/prod/x"); got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, got, c.want)
		}
	}
}

// Source: developer guide, "Set up an API Gateway canary release deployment": with useStageCache the canary has entries of its
// own, unless both sides share a deployment; without it, it is not cached (inferred).
func TestCanariesAreCachedApart(t *testing.T) {
	for _, c := range []struct {
		sentence   string
		deployment string
		useCache   bool
		want       []string
	}{
		{"another deployment that uses the cache", "dep2", true, []string{"200 2", "200 2"}},
		{"another deployment that does not", "dep2", false, []string{"200 2", "200 3"}},
		{"the same deployment", "dep1", true, []string{"200 1", "200 1"}},
		{"the same deployment that does not", "dep1", false, []string{"200 2", "200 3"}},
	} {
		r := &republished{}
		change := r.serve(t, &counting{})
		w := &guarded{t: t, gateway: r.g}
		if got := w.ask("/prod/x"); got != "200 1" {
			t.Fatalf("the stage itself: %s", got)
		}
		canary := *r.current.Snapshot
		canary.DeploymentID = c.deployment
		r.current.Canary = &canary
		change(func(s *apidef.Stage) {
			s.CanarySettings = &apidef.CanarySettings{DeploymentID: c.deployment, PercentTraffic: 100, UseStageCache: c.useCache}
		})
		for i, want := range c.want {
			if got := w.ask("/prod/x"); got != want {
				t.Errorf("%s: the canary's request %d: %s, want %s", c.sentence, i+1, got, want)
			}
		}
		change(func(s *apidef.Stage) { s.CanarySettings = nil })
		if got := w.ask("/prod/x"); got != "200 1" {
			t.Errorf("%s: the stage afterwards: %s", c.sentence, got)
		}
	}
}

// Two APIs, and two stages of one API, never share entries, whatever their namespaces and whatever Host a client claims.
func TestStagesNeverShareEntries(t *testing.T) {
	source := stages{}
	for _, key := range []apidef.StageKey{{APIID: "api1", Stage: "prod"}, {APIID: "api1", Stage: "dev"}, {APIID: "api2", Stage: "prod"}} {
		d := deployed(t, fmt.Sprintf(cachedAPI, false))
		d.Snapshot.RestAPI.ID, d.Stage.StageName = key.APIID, key.Stage
		source[key] = d
	}
	g := gateway.New(gateway.Options{Source: source, Backends: gateway.Backends{Transport: &counting{}}, Log: slog.New(slog.DiscardHandler)})
	ask := func(host, path, forwarded string) string {
		req := &message.Request{Method: "GET", Target: path, Path: path, Host: host, RemoteAddr: netip.MustParseAddrPort("203.0.113.7:1")}
		req.Header.Add("Host", host)
		req.Header.Add("X-Forwarded-Host", forwarded)
		resp := &message.Response{}
		g.Serve(req, resp)
		return string(resp.Body)
	}
	for _, c := range []struct{ host, path, forwarded, want string }{
		{"api1.execute-api.us-east-1.amazonaws.com", "/prod/x", "", "1"},
		{"api1.execute-api.us-east-1.amazonaws.com", "/dev/x", "", "2"},
		{"api2.execute-api.us-east-1.amazonaws.com", "/prod/x", "", "3"},
		{"api1.execute-api.us-east-1.amazonaws.com", "/prod/x", "api2.execute-api.us-east-1.amazonaws.com", "1"},
		{"API1.execute-api.eu-west-1.amazonaws.com", "/prod/x", "", "1"},
		{"api2.execute-api.us-east-1.amazonaws.com", "/prod/x", "", "3"},
	} {
		if got := ask(c.host, c.path, c.forwarded); got != c.want {
			t.Errorf("%s%s, forwarded for %q: answer %s, want %s", c.host, c.path, c.forwarded, got, c.want)
		}
	}
}

// A hit costs what the answer's mapping costs, and the string of the exchange's ids.
func TestAllocationsOfAHit(t *testing.T) {
	if raceDetector {
		t.Skip("counts hold without the race detector")
	}
	g := gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(t, fmt.Sprintf(cachedAPI, false))}, Backends: gateway.Backends{Transport: &counting{}}, Log: slog.New(slog.DiscardHandler),
	})
	req := &message.Request{Host: "api1.execute-api.us-east-1.amazonaws.com", RemoteAddr: netip.MustParseAddrPort("203.0.113.7:1")}
	resp := &message.Response{}
	serve := func() {
		resp.Reset()
		req.Method, req.Target, req.Path = "GET", "/prod/x", "/prod/x"
		g.Serve(req, resp)
	}
	serve()
	if n := testing.AllocsPerRun(200, serve); n > 1 || string(resp.Body) != "1" {
		t.Errorf("%v allocations for answer %s, want at most 1 for answer 1", n, resp.Body)
	}
}
