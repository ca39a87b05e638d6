package lambda_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/authorize/lambda"
	"postern/internal/gateway/gatewayresponse"
	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
)

// When the function is asked anew. Sources: developer guide, "Use API Gateway Lambda authorizers"; knowledge center, "Lambda
// authorizer 403 with caching"; API reference, FlushStageAuthorizersCache. What belongs to an identity is ours.
func TestResultsAreKept(t *testing.T) {
	two := "method.request.header.A,method.request.querystring.q"
	for _, c := range []struct {
		name   string
		def    *apidef.Authorizer
		first  *message.Exchange
		wait   time.Duration
		second *message.Exchange
		change func(*lambda.Settings)
		asked  int
	}{
		{name: "the same token", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/b", "Authorization: t"), asked: 1},
		{name: "another token", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: u"), asked: 2},
		{name: "a token in another case", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: T"), asked: 2},
		{name: "300 seconds by default", def: token(), first: exchange("/a", "Authorization: t"), wait: 299 * time.Second, second: exchange("/a", "Authorization: t"), asked: 1},
		{name: "after 300 seconds", def: token(), first: exchange("/a", "Authorization: t"), wait: 301 * time.Second, second: exchange("/a", "Authorization: t"), asked: 2},
		{name: "a TTL of an hour", def: token(ttl(3600)), first: exchange("/a", "Authorization: t"), wait: 3599 * time.Second, second: exchange("/a", "Authorization: t"), asked: 1},
		{name: "a TTL of a second", def: token(ttl(1)), first: exchange("/a", "Authorization: t"), wait: 2 * time.Second, second: exchange("/a", "Authorization: t"), asked: 2},
		{name: "a TTL of 0", def: token(ttl(0)), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), asked: 2},
		{name: "Cache-Control changes nothing", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t", "Cache-Control: max-age=0"), asked: 1},
		{name: "all sources are the same", def: request(two), first: exchange("/a?q=1", "A: x"), second: exchange("/b?q=1&z=2", "A: x"), asked: 1},
		{name: "one source is another", def: request(two), first: exchange("/a?q=1", "A: x"), second: exchange("/a?q=2", "A: x"), asked: 2},
		{name: "sources that change places", def: request(two), first: exchange("/a?q=1", "A: 2"), second: exchange("/a?q=2", "A: 1"), asked: 2},
		{name: "sources that run into each other", def: request(two), first: exchange("/a?q=c", "A: ab"), second: exchange("/a?q=bc", "A: a"), asked: 2},
		{name: "a value that stands second", def: request(two), first: exchange("/a?q=1", "A: x", "A: y"), second: exchange("/a?q=1", "A: y"), asked: 2},
		{name: "a parameter that stands second", def: request(two), first: exchange("/a?q=2&q=1", "A: x"), second: exchange("/a?q=1", "A: x"), asked: 2},
		{name: "two headers for one with both", def: request(two), first: exchange("/a?q=1", "A: x", "A: y"), second: exchange("/a?q=1", "A: x,y"), asked: 2},
		{name: "a flush", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: func(s *lambda.Settings) { s.Generation++ }, asked: 2},
		{name: "another stage", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: func(s *lambda.Settings) { s.Stage = "test" }, asked: 2},
		{name: "another API", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: func(s *lambda.Settings) { s.APIID = "api2" }, asked: 2},
		{name: "another authorizer", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: redefined(func(a *apidef.Authorizer) { a.ID = "auth02" }), asked: 2},
		{name: "another function", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: redefined(at(strings.Replace(uri, ":auth/", ":other/", 1))), asked: 2},
		{name: "another function by its variable", def: token(at(strings.Replace(uri, ":auth/", ":${stageVariables.fn}/", 1))), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: func(s *lambda.Settings) { s.Variables = map[string]string{"fn": "other"} }, asked: 2},
		{name: "another identity source", def: token(), first: exchange("/a", "Authorization: t", "B: t"), second: exchange("/a", "Authorization: t", "B: t"), change: redefined(func(a *apidef.Authorizer) { a.IdentitySource = "method.request.header.B" }), asked: 2},
		{name: "a new deployment of the same", def: token(), first: exchange("/a", "Authorization: t"), second: exchange("/a", "Authorization: t"), change: func(*lambda.Settings) {}, asked: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			room, f := newRoom(), says(allowAll)
			a := room.compile(c.def, f)
			if _, err := authorize(t, a, c.first); err != nil {
				t.Fatal(err)
			}
			room.clock.pass(c.wait)
			if c.change != nil {
				a = room.compile(c.def, f, c.change)
			}
			if _, err := authorize(t, a, c.second); err != nil {
				t.Fatal(err)
			}
			if f.count() != c.asked {
				t.Errorf("the function was asked %d times, want %d", f.count(), c.asked)
			}
		})
	}
}

func redefined(change func(*apidef.Authorizer)) func(*lambda.Settings) {
	return func(s *lambda.Settings) {
		next := *s.Authorizer
		change(&next)
		s.Authorizer = &next
	}
}

// A policy that is kept is asked anew for each method. Source: knowledge center, "Lambda authorizer 403 with caching".
func TestKeptPoliciesAreAskedAnew(t *testing.T) {
	f := says(reply("Allow", stage+"/GET/a"))
	a := newRoom().compile(token(), f)
	for _, c := range []struct{ path, want string }{{"/a", "allow"}, {"/b", "implicit deny"}, {"/a", "allow"}} {
		if got, err := authorize(t, a, exchange(c.path, "Authorization: t")); got.String() != c.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", c.path, got, err, c.want)
		}
	}
	if f.count() != 1 {
		t.Errorf("the function was asked %d times", f.count())
	}
}

// What is no result is not kept. Inferred.
func TestRefusalsAndFailuresAreNotKept(t *testing.T) {
	for _, f := range []*fakeFunctions{raises(`{"errorMessage":"Unauthorized"}`), raises(`{}`), says("null"), cannot(functions.ErrPermission), refuses(429, "{}")} {
		a := newRoom().compile(token(), f)
		for range 2 {
			if _, err := authorize(t, a, exchange("/a", "Authorization: t")); err == nil {
				t.Error("no error")
			}
		}
		if f.count() != 2 {
			t.Errorf("the function was asked %d times, want 2", f.count())
		}
	}
}

// Requests of one caller that come at once cost one call; those of others do not wait for it.
func TestOneCallForOneCaller(t *testing.T) {
	release := make(chan struct{})
	begun := make(chan struct{}, 100)
	f := &fakeFunctions{answer: func(*functions.Invocation) (functions.Result, error) {
		begun <- struct{}{}
		<-release
		return functions.Result{Status: 200, Payload: []byte(allowAll)}, nil
	}}
	a := newRoom().compile(token(), f)
	var all sync.WaitGroup
	ask := func(token string) {
		all.Go(func() {
			if got, err := authorize(t, a, exchange("/a", "Authorization: "+token)); got.String() != "allow" || err != nil {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	for range 20 {
		ask("t")
	}
	<-begun
	ask("u")
	<-begun // although t's call still runs
	close(release)
	all.Wait()
	if f.count() != 2 {
		t.Errorf("the function was asked %d times, want 2", f.count())
	}
}

// A call that fails fails only who made it: the others ask for themselves.
func TestFailuresAreNotShared(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f := &fakeFunctions{}
	f.answer = func(*functions.Invocation) (functions.Result, error) {
		bad := false
		once.Do(func() { bad = true; close(begun); <-release })
		if bad {
			return functions.Result{}, errors.New("connection refused")
		}
		return functions.Result{Status: 200, Payload: []byte(allowAll)}, nil
	}
	a := newRoom().compile(token(), f)
	first := make(chan error)
	go func() {
		_, err := authorize(t, a, exchange("/a", "Authorization: t"))
		first <- err
	}()
	<-begun
	second := make(chan error)
	go func() {
		_, err := authorize(t, a, exchange("/a", "Authorization: t"))
		second <- err
	}()
	close(release)
	if err := <-first; !errors.Is(err, gatewayresponse.AuthorizerConfiguration) {
		t.Errorf("the first: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the second: %v", err)
	}
}

// The memory that results take is bounded, whatever tokens come.
func TestMemoryIsBounded(t *testing.T) {
	c := lambda.NewMemoryCache(64<<10, nil)
	result, err := lambda.Parse([]byte(allowAll))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for i := range 10_000 {
		var key lambda.Key
		copy(key[:], fmt.Sprintf("%d", i))
		c.Put(ctx, key, result, time.Hour)
	}
	kept := 0
	for i := range 10_000 {
		var key lambda.Key
		copy(key[:], fmt.Sprintf("%d", i))
		if _, ok := c.Get(ctx, key); ok {
			kept++
		}
	}
	if kept == 0 || kept > 1000 {
		t.Errorf("%d of 10000 results are kept", kept)
	}
}

// A caller whose result is kept costs the memory of the method's ARN, and of what policies are asked.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("counts hold without the race detector")
	}
	for _, def := range []*apidef.Authorizer{token(), request("method.request.header.Authorization,method.request.querystring.q")} {
		a := newRoom().compile(def, says(allowAll))
		x := exchange("/pets?q=1", "Authorization: Bearer "+strings.Repeat("t", 800))
		x.Trace = nil
		if _, err := authorize(t, a, x); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(200, func() { _, _ = authorize(t, a, x) }); n > 2 {
			t.Errorf("%s: %v allocations, want at most 2", def.Type, n)
		}
	}
}

func BenchmarkKept(b *testing.B) {
	a := newRoom().compile(token(), says(allowAll))
	x := exchange("/pets", "Authorization: Bearer "+strings.Repeat("t", 800))
	x.Trace = nil
	b.ReportAllocs()
	for b.Loop() {
		if _, err := authorize(b, a, x); err != nil {
			b.Fatal(err)
		}
	}
}
