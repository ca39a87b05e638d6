package apikey_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/apikey"
	"postern/internal/gateway/throttle"
)

// feed is a Source that tells what a test sends.
type feed chan apidef.SubscriptionChanges

func (f feed) WatchSubscriptions(context.Context) (<-chan apidef.SubscriptionChanges, error) {
	return f, nil
}

// noLedger forgets.
type noLedger struct{}

func (noLedger) Sum(context.Context, apidef.UsageID, apidef.Date, apidef.Date) (apidef.UsageSum, error) {
	return apidef.UsageSum{}, nil
}

func (noLedger) Add(_ context.Context, deltas []apidef.UsageDelta) ([]int64, error) {
	return make([]int64, len(deltas)), nil
}

// world is an index that follows what a test tells it.
type world struct {
	*apikey.Index
	t        *testing.T
	feed     feed
	revision int64
}

var here = apidef.Scope{AccountID: "111111111111", Region: "us-east-1"}

func newWorld(t *testing.T) *world {
	f := make(feed)
	log := slog.New(slog.DiscardHandler)
	w := &world{t: t, feed: f, Index: apikey.New(apikey.Options{
		Source: f, Limiter: throttle.NewBuckets(), Counters: throttle.NewCounters(noLedger{}, log),
		Account: throttle.NewLimit(-1, -1), Log: log,
	})}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	t.Cleanup(func() { stop(); close(f); running.Wait() })
	return w
}

// tell sends changes and waits until they are known.
func (w *world) tell(c apidef.SubscriptionChanges) {
	w.t.Helper()
	w.revision++
	c.Revision = w.revision
	w.feed <- c
	if err := w.Follow(w.t.Context(), w.revision); err != nil {
		w.t.Fatal(err)
	}
}

func key(id, value string) apidef.KeyChange {
	return apidef.KeyChange{Scope: here, Key: apidef.APIKey{ID: id, Value: value, Enabled: true}}
}

func plan(id string, stages ...string) apidef.PlanChange {
	p := apidef.PlanChange{Scope: here, Plan: apidef.UsagePlan{ID: id}}
	for _, s := range stages {
		api, stage, _ := strings.Cut(s, ":")
		p.Plan.APIStages = append(p.Plan.APIStages, apidef.APIStage{APIID: api, Stage: stage})
	}
	return p
}

func in(planID, keyID string) apidef.SubscriptionChange {
	return apidef.SubscriptionChange{Scope: here, Subscription: apidef.Subscription{PlanID: planID, KeyID: keyID}}
}

// admits returns the plan that lets a value in to a stage, or why none does.
func (w *world) admits(value, api, stage string) string {
	k, ok := w.Find(here.AccountID, here.Region, value)
	if !ok {
		return "unknown"
	}
	if !k.Enabled {
		return "disabled"
	}
	a, ok := w.Admission(k, api, stage)
	if !ok {
		return "no plan"
	}
	return a.PlanID()
}

// Source: developer guide, "Usage plans and API keys for REST APIs in API Gateway"; recorded AWS answer (API key required).
func TestKeysAreAdmittedByTheirPlans(t *testing.T) {
	w := newWorld(t)
	w.tell(apidef.SubscriptionChanges{
		All: true, Keys: []apidef.KeyChange{key("k1", "secret-one"), key("k2", "secret-two")},
		Plans:         []apidef.PlanChange{plan("p1", "api1:prod"), plan("p2", "api2:prod", "api1:dev")},
		Subscriptions: []apidef.SubscriptionChange{in("p1", "k1"), in("p2", "k1")},
	})
	check := func(what, value, api, stage, want string) {
		t.Helper()
		if got := w.admits(value, api, stage); got != want {
			t.Errorf("%s: %s at %s/%s is %s, want %s", what, value, api, stage, got, want)
		}
	}
	check("a key in a plan with the stage", "secret-one", "api1", "prod", "p1")
	check("the key's other plan", "secret-one", "api1", "dev", "p2")
	check("a stage that no plan of the key has", "secret-one", "api3", "prod", "no plan")
	check("a key in no plan", "secret-two", "api1", "prod", "no plan")
	check("a value compares with case", "Secret-one", "api1", "prod", "unknown")
	check("a value that starts like a key", "secret-on", "api1", "prod", "unknown")
	check("nothing", "", "api1", "prod", "unknown")
	if _, ok := w.Find("222222222222", here.Region, "secret-one"); ok {
		t.Error("another account has no such key")
	}
	if _, ok := w.Find(here.AccountID, "eu-west-1", "secret-one"); ok {
		t.Error("another region has no such key")
	}

	disabled := key("k1", "secret-one")
	disabled.Key.Enabled = false
	w.tell(apidef.SubscriptionChanges{Keys: []apidef.KeyChange{disabled}})
	check("once disabled", "secret-one", "api1", "prod", "disabled")
	w.tell(apidef.SubscriptionChanges{Keys: []apidef.KeyChange{key("k1", "secret-one")}})
	check("once enabled again", "secret-one", "api1", "prod", "p1")

	gone := in("p1", "k1")
	gone.Deleted = true
	w.tell(apidef.SubscriptionChanges{Subscriptions: []apidef.SubscriptionChange{gone, in("p1", "k2")}})
	check("once moved out of the plan", "secret-one", "api1", "prod", "no plan")
	check("its other plan stays", "secret-one", "api1", "dev", "p2")
	check("who moved in", "secret-two", "api1", "prod", "p1")

	w.tell(apidef.SubscriptionChanges{Plans: []apidef.PlanChange{plan("p1", "api3:prod")}})
	check("once the plan has other stages", "secret-two", "api1", "prod", "no plan")
	check("the new stage", "secret-two", "api3", "prod", "p1")

	w.tell(apidef.SubscriptionChanges{Keys: []apidef.KeyChange{{Scope: here, Key: apidef.APIKey{ID: "k2"}, Deleted: true}}})
	check("once deleted", "secret-two", "api3", "prod", "unknown")
	w.tell(apidef.SubscriptionChanges{Plans: []apidef.PlanChange{{Scope: here, Plan: apidef.UsagePlan{ID: "p2"}, Deleted: true}}})
	check("once its plan is deleted", "secret-one", "api1", "dev", "no plan")

	w.tell(apidef.SubscriptionChanges{All: true, Keys: []apidef.KeyChange{key("k9", "secret-nine")}})
	check("what a full account does not name is gone", "secret-one", "api2", "prod", "unknown")
	check("what it names is there", "secret-nine", "api2", "prod", "no plan")
}

func two() *apidef.ThrottleSettings {
	return &apidef.ThrottleSettings{RateLimit: new(1e-9), BurstLimit: new(2)}
}

// Source: developer guide, "Set up usage plans for REST APIs in API Gateway"; that a method's throttle takes the place of the
// plan's is inferred.
func TestThrottlesOfAPlan(t *testing.T) {
	w := newWorld(t)
	p := plan("p1", "api1:prod", "api2:prod")
	p.Plan.Throttle = two()
	p.Plan.APIStages[0].Throttle = map[string]apidef.ThrottleSettings{"/pets/GET": *two(), "/slow/*": {RateLimit: new(0.0)}}
	all := apidef.SubscriptionChanges{
		All: true, Keys: []apidef.KeyChange{key("k1", "one"), key("k2", "two")}, Plans: []apidef.PlanChange{p},
		Subscriptions: []apidef.SubscriptionChange{in("p1", "k1"), in("p1", "k2")},
	}
	w.tell(all)
	now := time.Now()
	passes := func(value, api string, names ...string) int {
		t.Helper()
		n := 0
		for range 5 {
			k, _ := w.Find(here.AccountID, here.Region, value)
			a, ok := w.Admission(k, api, "prod")
			if !ok {
				t.Fatalf("%s is not admitted to %s", value, api)
			}
			if a.Throttle(now, names) == nil {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		sentence, value, api string
		names                []string
		want                 int
	}{
		{"a method with a throttle of its own", "one", "api1", []string{"/pets/GET", "/pets/*"}, 2},
		{"which leaves the plan's alone", "one", "api1", []string{"/dogs/GET", "/dogs/*"}, 2},
		{"a plan's throttle is for all its stages", "one", "api2", []string{"/pets/GET", "/pets/*"}, 0},
		{"and for each key", "two", "api2", []string{"/pets/GET", "/pets/*"}, 2},
		{"a rate of 0 for all verbs of a path", "two", "api1", []string{"/slow/PUT", "/slow/*"}, 0},
	} {
		if got := passes(c.value, c.api, c.names...); got != c.want {
			t.Errorf("%s: %d of 5 pass, want %d", c.sentence, got, c.want)
		}
	}
	w.tell(all)
	if got := passes("two", "api2", "/pets/GET"); got != 0 {
		t.Errorf("%d pass after the index was told everything again: its buckets were filled", got)
	}
}

// What a plan does not set is the account's; where the account has no throttle, AWS's figures. A rate alone must not be none.
func TestHalfAThrottleBounds(t *testing.T) {
	w := newWorld(t)
	slow, small := plan("slow", "api1:prod"), plan("small", "api2:prod")
	slow.Plan.Throttle = &apidef.ThrottleSettings{RateLimit: new(1e-9)}
	small.Plan.Throttle = &apidef.ThrottleSettings{BurstLimit: new(3)}
	w.tell(apidef.SubscriptionChanges{
		All: true, Keys: []apidef.KeyChange{key("k1", "one")}, Plans: []apidef.PlanChange{slow, small},
		Subscriptions: []apidef.SubscriptionChange{in("slow", "k1"), in("small", "k1")},
	})
	now := time.Now()
	k, _ := w.Find(here.AccountID, here.Region, "one")
	for api, want := range map[string]int{"api1": apidef.AccountBurstLimit, "api2": 3} {
		a, _ := w.Admission(k, api, "prod")
		passed := 0
		for range 2 * apidef.AccountBurstLimit {
			if a.Throttle(now, nil) == nil {
				passed++
			}
		}
		if passed != want {
			t.Errorf("%s: %d pass at once, want %d", api, passed, want)
		}
	}
}

// While a key is disabled and enabled, moved and told anew, each look-up sees one of its states, and a key that nobody
// touches is always there.
func TestLookupsWhileKeysChange(t *testing.T) {
	w := newWorld(t)
	all := apidef.SubscriptionChanges{All: true, Plans: []apidef.PlanChange{plan("p1", "api1:prod")}}
	for i := range 3000 {
		all.Keys = append(all.Keys, key(fmt.Sprint("k", i), fmt.Sprint("secret-", i)))
		all.Subscriptions = append(all.Subscriptions, in("p1", fmt.Sprint("k", i)))
	}
	w.tell(all)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if got := w.admits("secret-7", "api1", "prod"); got != "p1" {
					t.Errorf("a key that nobody touches is %s", got)
					return
				}
				if got := w.admits("secret-8", "api1", "prod"); got != "p1" && got != "disabled" && got != "no plan" && got != "unknown" {
					t.Errorf("a key that changes is %s", got)
					return
				}
			}
		})
	}
	for n := range 100 {
		k := key("k8", "secret-8")
		k.Key.Enabled = n%2 == 0
		place := in("p1", "k8")
		place.Deleted = n%3 == 0
		w.tell(apidef.SubscriptionChanges{Keys: []apidef.KeyChange{k}, Subscriptions: []apidef.SubscriptionChange{place}})
		if n%10 == 0 {
			w.tell(all)
		}
	}
	stop()
	readers.Wait()
}

// A hundred thousand keys are found, and changing one of them copies a small part of the index.
func TestManyKeys(t *testing.T) {
	const keys = 100000
	w := newWorld(t)
	all := apidef.SubscriptionChanges{All: true, Plans: []apidef.PlanChange{plan("p1", "api1:prod")}}
	for i := range keys {
		all.Keys = append(all.Keys, key(fmt.Sprint("k", i), fmt.Sprint("secret-", i)))
		all.Subscriptions = append(all.Subscriptions, in("p1", fmt.Sprint("k", i)))
	}
	w.tell(all)
	for i := range keys {
		if got := w.admits(fmt.Sprint("secret-", i), "api1", "prod"); got != "p1" {
			t.Fatalf("key %d is %s", i, got)
		}
	}
	change := apidef.SubscriptionChanges{Keys: []apidef.KeyChange{{Scope: here, Key: apidef.APIKey{ID: "k5"}, Deleted: true}}}
	if n := testing.AllocsPerRun(20, func() { w.tell(change) }); n > 2000 {
		t.Errorf("%v allocations for one change", n)
	}
}

func TestLookupsAllocateNothing(t *testing.T) {
	w := newWorld(t)
	p := plan("p1", "api1:prod")
	p.Plan.Throttle, p.Plan.Quota = &apidef.ThrottleSettings{RateLimit: new(1e9), BurstLimit: new(1 << 30)}, &apidef.QuotaSettings{Limit: 1 << 30, Period: "DAY"}
	p.Plan.APIStages[0].Throttle = map[string]apidef.ThrottleSettings{"/pets/GET": {RateLimit: new(1e9), BurstLimit: new(1 << 30)}}
	w.tell(apidef.SubscriptionChanges{
		All: true, Keys: []apidef.KeyChange{key("k1", "secret")}, Plans: []apidef.PlanChange{p},
		Subscriptions: []apidef.SubscriptionChange{in("p1", "k1")},
	})
	names, now := []string{"/pets/GET", "/pets/*"}, time.Now()
	if n := testing.AllocsPerRun(100, func() {
		k, _ := w.Find(here.AccountID, here.Region, "secret")
		a, _ := w.Admission(k, "api1", "prod")
		a.Throttle(now, names)
		_, _ = a.Count(t.Context(), now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
