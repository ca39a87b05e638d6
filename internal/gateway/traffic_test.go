package gateway_test

import (
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
	"postern/internal/gateway/apikey"
	"postern/internal/gateway/cache"
	"postern/internal/gateway/message"
	"postern/internal/gateway/throttle"
	"postern/internal/http1"
)

// subscriptions is a source of API keys that tells what it is given at once, and nothing later.
type subscriptions apidef.SubscriptionChanges

func (s subscriptions) WatchSubscriptions(ctx context.Context) (<-chan apidef.SubscriptionChanges, error) {
	told := make(chan apidef.SubscriptionChanges, 1)
	told <- apidef.SubscriptionChanges(s)
	go func() { <-ctx.Done(); close(told) }()
	return told, nil
}

// forgetful is a ledger that keeps nothing.
type forgetful struct{}

func (forgetful) Sum(context.Context, apidef.UsageID, apidef.Date, apidef.Date) (apidef.UsageSum, error) {
	return apidef.UsageSum{}, nil
}

func (forgetful) Add(_ context.Context, deltas []apidef.UsageDelta) ([]int64, error) {
	return make([]int64, len(deltas)), nil
}

// guarded is a gateway that serves one API to the holders of the keys gold-key-of-a-client and silver-key-of-a-client.
type guarded struct {
	t       testing.TB
	gateway *gateway.Gateway
	now     atomic.Int64 // seconds since the epoch
}

type http1Transport interface {
	Do(*http1.UpstreamRequest, time.Time, *message.Response) error
}

const (
	gold   = "gold-key-of-a-client"
	silver = "silver-key-of-a-client"
)

// newGuarded deploys an API; plans change the plan of gold, named "gold", and silver's.
func newGuarded(t testing.TB, api string, upstream http1Transport, change func(gold, silver *apidef.UsagePlan)) *guarded {
	t.Helper()
	scope := apidef.Scope{AccountID: "111111111111", Region: "us-east-1"}
	stage := []apidef.APIStage{{APIID: "api1", Stage: "prod"}}
	goldPlan, silverPlan := &apidef.UsagePlan{ID: "gold", APIStages: stage}, &apidef.UsagePlan{ID: "silver", APIStages: stage}
	if change != nil {
		change(goldPlan, silverPlan)
	}
	key := func(id, value string, enabled bool) apidef.KeyChange {
		return apidef.KeyChange{Scope: scope, Key: apidef.APIKey{ID: id, Value: value, Enabled: enabled}}
	}
	joins := func(plan, key string) apidef.SubscriptionChange {
		return apidef.SubscriptionChange{Scope: scope, Subscription: apidef.Subscription{PlanID: plan, KeyID: key}}
	}
	w := &guarded{t: t}
	w.now.Store(time.Date(2126, 11, 22, 12, 0, 0, 0, time.UTC).Unix())
	clock := func() time.Time { return time.Unix(w.now.Load(), 0) }
	log := slog.New(slog.DiscardHandler)
	limiter := throttle.NewBuckets()
	keys := apikey.New(apikey.Options{
		Source: subscriptions{
			All: true, Revision: 1,
			Keys: []apidef.KeyChange{
				key("gold1", gold, true), key("silver1", silver, true), key("off1", "disabled-key-of-a-client", false), key("alone1", "lonely-key-of-a-client", true),
			},
			Plans:         []apidef.PlanChange{{Scope: scope, Plan: *goldPlan}, {Scope: scope, Plan: *silverPlan}},
			Subscriptions: []apidef.SubscriptionChange{joins("gold", "gold1"), joins("silver", "silver1"), joins("gold", "off1")},
		},
		Limiter: limiter, Counters: throttle.NewCounters(forgetful{}, log), Account: throttle.NewLimit(10000, 5000), Log: log,
	})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { keys.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	w.gateway = gateway.New(gateway.Options{
		Source: stages{{APIID: "api1", Stage: "prod"}: deployed(t, api)}, Backends: gateway.Backends{Transport: upstream},
		Traffic: gateway.Traffic{
			Keys: keys, Limiter: limiter, Clock: clock, Caches: cache.NewMemory(cache.Options{Clock: clock}),
		},
		Log: log,
	})
	return w
}

// ask sends GET with header lines "Name: value", and returns status and body in one line.
func (w *guarded) ask(target string, lines ...string) string {
	resp, _ := w.traced(target, lines...)
	return fmt.Sprint(resp.Status, " ", string(resp.Body))
}

func (w *guarded) traced(target string, header ...string) (*message.Response, string) {
	path, query, _ := strings.Cut(target, "?")
	req := &message.Request{
		Method: "GET", Target: target, Path: path, RawQuery: query, Proto: "HTTP/1.1",
		Host: "api1.execute-api.us-east-1.amazonaws.com", RemoteAddr: netip.MustParseAddrPort("203.0.113.7:4711"),
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	resp, trace := &message.Response{}, &message.Trace{}
	w.gateway.ServeTraced(req, resp, trace)
	return resp, lines(trace)
}

const guardedAPI = `
methods:
  GET /:
    apiKeyRequired: true
    methodIntegration: &mock
      type: MOCK
      requestTemplates: {application/json: '{"statusCode": 200}'}
      integrationResponses: {"200": {responseTemplates: {application/json: "$context.identity.apiKeyId $context.identity.apiKey"}}}
  GET /pets:
    apiKeyRequired: true
    methodIntegration: *mock
  GET /open:
    methodIntegration: *mock
`

const (
	forbidden = `403 {"message":"Forbidden"}`
	tooMany   = `429 {"message":"Too Many Requests"}`
	exceeded  = `429 {"message":"Limit Exceeded"}`
)

// Source: developer guide, "Choose an API key source in API Gateway"; knowledge center, "HTTP 403 errors"; recorded AWS
// answer (API key required). That of several headers the last counts is how single-value views read headers everywhere.
func TestMethodsThatRequireAnAPIKey(t *testing.T) {
	w := newGuarded(t, guardedAPI, nil, nil)
	for _, c := range []struct {
		sentence string
		header   []string
		want     string
	}{
		{"no key", nil, forbidden},
		{"an empty key", []string{"x-api-key: "}, forbidden},
		{"a key in a plan with the stage", []string{"x-api-key: " + gold}, "200 gold1 " + gold},
		{"the header's name in capitals", []string{"X-API-KEY: " + gold}, "200 gold1 " + gold},
		{"the key in capitals", []string{"x-api-key: " + strings.ToUpper(gold)}, forbidden},
		{"the key with more behind it", []string{"x-api-key: " + gold + "x"}, forbidden},
		{"the key with blanks around it", []string{"x-api-key:  " + gold + " "}, forbidden},
		{"two keys in one header", []string{"x-api-key: " + gold + ", " + silver}, forbidden},
		{"two headers, the last one good", []string{"x-api-key: nothing", "X-Api-Key: " + silver}, "200 silver1 " + silver},
		{"two headers, the first one good", []string{"x-api-key: " + gold, "x-api-key: nothing"}, forbidden},
		{"a disabled key", []string{"x-api-key: disabled-key-of-a-client"}, forbidden},
		{"a key in no plan", []string{"x-api-key: lonely-key-of-a-client"}, forbidden},
		{"a key in the query", nil, forbidden},
		{"a key's id", []string{"x-api-key: gold1"}, forbidden},
		{"a key in Authorization", []string{"Authorization: " + gold}, forbidden},
	} {
		if got := w.ask("/prod/?x-api-key="+gold, c.header...); got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, got, c.want)
		}
	}
	resp, _ := w.traced("/prod/")
	if kind, _ := resp.Header.GetFold("x-amzn-ErrorType"); kind != "ForbiddenException" {
		t.Errorf("x-amzn-ErrorType is %q", kind)
	}
	if got := w.ask("/prod/open", "x-api-key: "+gold); got != "200  " {
		t.Errorf("a method that requires no key shows one: %s", got)
	}
}

// With apiKeySource AUTHORIZER what a client sends is no key; see also the conformance dialogues of Lambda authorizers.
func TestAKeyOfTheClientIsNoneWhereAnAuthorizerNamesIt(t *testing.T) {
	w := newGuarded(t, "restApi: {apiKeySource: AUTHORIZER}\n"+guardedAPI, nil, nil)
	if got := w.ask("/prod/", "x-api-key: "+gold); got != forbidden {
		t.Errorf("got %s, want %s", got, forbidden)
	}
}

// Source: public execution logs, whose lines these are.
func TestPlansThrottleEachClient(t *testing.T) {
	w := newGuarded(t, guardedAPI, nil, func(gold, _ *apidef.UsagePlan) {
		gold.Throttle = &apidef.ThrottleSettings{RateLimit: new(1.0), BurstLimit: new(2)}
		gold.APIStages[0].Throttle = map[string]apidef.ThrottleSettings{"/pets/GET": {RateLimit: new(5.0), BurstLimit: new(1)}}
		gold.Quota = &apidef.QuotaSettings{Limit: 4, Period: "DAY"}
	})
	key := "x-api-key: " + gold
	got := []string{w.ask("/prod/", key), w.ask("/prod/", key), w.ask("/prod/", key)}
	want := []string{"200 gold1 " + gold, "200 gold1 " + gold, tooMany}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("request %d: %s, want %s", i+1, got[i], want[i])
		}
	}
	if got := w.ask("/prod/", "x-api-key: "+silver); !strings.HasPrefix(got, "200") {
		t.Errorf("another client is throttled too: %s", got)
	}
	if got := w.ask("/prod/pets", key); !strings.HasPrefix(got, "200") {
		t.Errorf("a method with a throttle of its own: %s", got)
	}
	resp, log := w.traced("/prod/pets", key)
	line := "API Key **************client exceeded throttle limit for API Stage api1/prod: Key throttle limit exceeded for Usage Plan ID gold, " +
		"RestApi api1, Stage prod, Resource res-pets, HttpMethod GET. Limit: 5.00 Burst: 1"
	if resp.Status != 429 || !strings.Contains(log, line) {
		t.Errorf("status %d, no line %q in\n%s", resp.Status, line, log)
	}
	if kind, _ := resp.Header.GetFold("x-amzn-ErrorType"); kind != "TooManyRequestsException" {
		t.Errorf("x-amzn-ErrorType is %q", kind)
	}
	// Three passed, and what was throttled did not count: one is left of the quota's four.
	w.now.Add(10)
	if got := w.ask("/prod/", key); got != want[0] {
		t.Errorf("after ten seconds: %s", got)
	}
	if got := w.ask("/prod/", key); got != exceeded {
		t.Errorf("after the quota: %s, want %s", got, exceeded)
	}
	w.now.Add(24 * 3600)
	if got := w.ask("/prod/", key); got != want[0] {
		t.Errorf("the next day: %s", got)
	}
}

// Source: public execution logs.
func TestQuotasEnd(t *testing.T) {
	w := newGuarded(t, guardedAPI, nil, func(gold, _ *apidef.UsagePlan) {
		gold.Quota = &apidef.QuotaSettings{Limit: 1, Period: "DAY"}
	})
	key := "x-api-key: " + gold
	_, log := w.traced("/prod/", key)
	for _, line := range []string{
		"API Key: **************client API Stage: api1/prod\n",
		"Usage Plan check succeeded for API Key **************client and API Stage api1/prod\n",
	} {
		if !strings.Contains(log, line) {
			t.Errorf("no line %q in\n%s", line, log)
		}
	}
	resp, log := w.traced("/prod/", key)
	line := "API Key **************client exceeded quota limit for API Stage api1/prod: Key quota exhausted for Usage Plan ID gold. Quota Limit: 1 Period: DAY"
	if kind, _ := resp.Header.GetFold("x-amzn-ErrorType"); resp.Status != 429 || kind != "LimitExceededException" || !strings.Contains(log, line) {
		t.Errorf("status %d, %s, no line %q in\n%s", resp.Status, kind, line, log)
	}
	if got := w.ask("/prod/open", key); got != "200  " {
		t.Errorf("a method that requires no key: %s", got)
	}
}

// Of a thousand requests at once exactly the quota of a hundred passes.
func TestQuotaUnderRace(t *testing.T) {
	const requests, limit = 1000, 100
	w := newGuarded(t, guardedAPI, nil, func(gold, _ *apidef.UsagePlan) {
		gold.Quota = &apidef.QuotaSettings{Limit: limit, Period: "MONTH"}
	})
	var passed, refused atomic.Int64
	var running sync.WaitGroup
	for range requests {
		running.Go(func() {
			switch got := w.ask("/prod/", "x-api-key: "+gold); got {
			case exceeded:
				refused.Add(1)
			case "200 gold1 " + gold:
				passed.Add(1)
			}
		})
	}
	running.Wait()
	if passed.Load() != limit || refused.Load() != requests-limit {
		t.Errorf("%d passed and %d were refused", passed.Load(), refused.Load())
	}
}

// A request that the account's throttle refuses has taken its token of the stage's and its request of the quota (inferred).
func TestLimitsAreTakenInOrder(t *testing.T) {
	w := newGuarded(t, `
stage: {methodSettings: {"GET": {throttlingRateLimit: 0, throttlingBurstLimit: 0}, "/GET": {throttlingRateLimit: 0, throttlingBurstLimit: 0}}}
`+guardedAPI, nil, func(gold, _ *apidef.UsagePlan) {
		gold.Quota = &apidef.QuotaSettings{Limit: 2, Period: "DAY"}
	})
	key := "x-api-key: " + gold
	for i, want := range []string{tooMany, tooMany, exceeded} {
		if got := w.ask("/prod/", key); got != want {
			t.Errorf("request %d: %s, want %s", i+1, got, want)
		}
	}
	if got := w.ask("/prod/"); got != forbidden {
		t.Errorf("a missing key comes before the stage's throttle: %s", got)
	}
}

func TestAccountThrottle(t *testing.T) {
	g := gateway.New(gateway.Options{
		Source:  stages{{APIID: "api1", Stage: "prod"}: deployed(t, guardedAPI)},
		Traffic: gateway.Traffic{Account: new(throttle.NewLimit(1e-9, 3))}, Log: slog.New(slog.DiscardHandler),
	})
	w := &guarded{t: t, gateway: g}
	for i, want := range []string{"200  ", "200  ", "200  ", tooMany} {
		if got := w.ask("/prod/open"); got != want {
			t.Errorf("request %d: %s, want %s", i+1, got, want)
		}
	}
}

// A node that has just started refuses nobody whose key it has not been told of yet.
func TestRequestsWaitForTheKeys(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	late := make(chan apidef.SubscriptionChanges, 1)
	scope := apidef.Scope{AccountID: "111111111111", Region: "us-east-1"}
	keys := apikey.New(apikey.Options{
		Source: lateSource(late), Limiter: throttle.NewBuckets(), Counters: throttle.NewCounters(forgetful{}, log), Log: log,
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { keys.Run(ctx) })
	defer running.Wait()
	defer close(late)
	defer stop()
	w := &guarded{t: t, gateway: gateway.New(gateway.Options{
		Source:  stages{{APIID: "api1", Stage: "prod"}: deployed(t, guardedAPI)},
		Traffic: gateway.Traffic{Keys: keys}, Log: log,
	})}
	answer := make(chan string)
	go func() { answer <- w.ask("/prod/", "x-api-key: "+gold) }()
	late <- apidef.SubscriptionChanges{
		All: true, Keys: []apidef.KeyChange{{Scope: scope, Key: apidef.APIKey{ID: "gold1", Value: gold, Enabled: true}}},
		Plans:         []apidef.PlanChange{{Scope: scope, Plan: apidef.UsagePlan{ID: "p", APIStages: []apidef.APIStage{{APIID: "api1", Stage: "prod"}}}}},
		Subscriptions: []apidef.SubscriptionChange{{Scope: scope, Subscription: apidef.Subscription{PlanID: "p", KeyID: "gold1"}}},
	}
	if got := <-answer; !strings.HasPrefix(got, "200") {
		t.Errorf("the first request is answered %s", got)
	}
}

type lateSource chan apidef.SubscriptionChanges

func (s lateSource) WatchSubscriptions(context.Context) (<-chan apidef.SubscriptionChanges, error) {
	return s, nil
}
