package control

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store/memory"
)

// accounts is a control plane whose clock a test moves, with a plan and a key in it.
type accounts struct {
	t         *testing.T
	control   *Control
	ledger    *Ledger
	now       time.Time
	plan, key string
}

var usageCall = &wire.Call{Account: "111111111111", Region: "us-east-1"}

func newAccounts(t *testing.T, quota *apigateway.QuotaSettings) *accounts {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { _ = s.Close() })
	a := &accounts{t: t, ledger: NewLedger(s), now: time.Date(2016, 8, 1, 12, 0, 0, 0, time.UTC)}
	a.control = New(s, Options{Clock: func() time.Time { return a.now }})
	plan, err := a.control.CreateUsagePlan(t.Context(), usageCall, &apigateway.CreateUsagePlanRequest{Name: new("plan"), Quota: quota})
	if err != nil {
		t.Fatal(err)
	}
	key, err := a.control.CreateAPIKey(t.Context(), usageCall, &apigateway.CreateAPIKeyRequest{Enabled: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	a.plan, a.key = *plan.ID, *key.ID
	_, err = a.control.CreateUsagePlanKey(t.Context(), usageCall, &apigateway.CreateUsagePlanKeyRequest{UsagePlanID: a.plan, KeyID: key.ID, KeyType: new("API_KEY")})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// use counts requests on the clock's day.
func (a *accounts) use(n, remaining int64) {
	a.t.Helper()
	_, err := a.ledger.Add(a.t.Context(), []apidef.UsageDelta{{
		UsageID: apidef.UsageID{Scope: scopePair(scopeOf(usageCall)), PlanID: a.plan, KeyID: a.key},
		Day:     apidef.DateOf(a.now), Count: n, Remaining: remaining,
	}})
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *accounts) setRemaining(n int) {
	a.t.Helper()
	_, err := a.control.UpdateUsage(a.t.Context(), usageCall, &apigateway.UpdateUsageRequest{
		UsagePlanID: a.plan, KeyID: a.key,
		PatchOperations: []apigateway.PatchOperation{{Op: new("replace"), Path: new("/remaining"), Value: new(fmt.Sprint(n))}},
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *accounts) usage(first, last string) [][]int64 {
	a.t.Helper()
	u, err := a.control.GetUsage(a.t.Context(), usageCall, &apigateway.GetUsageRequest{UsagePlanID: a.plan, StartDate: &first, EndDate: &last})
	if err != nil {
		a.t.Fatal(err)
	}
	return u.Items[a.key]
}

func (a *accounts) nextDay() { a.now = a.now.AddDate(0, 0, 1) }

// Source: developer guide, "Maintain a usage plan for REST APIs in API Gateway": its exported example, in which the remaining
// quota is reduced from 5000 to 10 on the third day.
func TestUsageOfTheGuidesExample(t *testing.T) {
	a := newAccounts(t, &apigateway.QuotaSettings{Limit: new(5000), Period: new("MONTH")})
	a.now = a.now.AddDate(0, 0, 2)
	a.setRemaining(10)
	if diff := cmp.Diff([][]int64{{0, 5000}, {0, 5000}, {0, 10}}, a.usage("2016-08-01", "2016-08-03")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Source: API Gateway API reference, GetUsage, values. Inferred: what remains is carried over the days of a period, and days
// without requests are there.
func TestUsageByDay(t *testing.T) {
	a := newAccounts(t, &apigateway.QuotaSettings{Limit: new(100), Period: new("MONTH"), Offset: new(20)})
	a.use(10, 70)
	a.use(5, 65)
	a.nextDay()
	a.nextDay()
	a.use(30, 35)
	for range 29 {
		a.nextDay() // 2016-09-01, another period: the offset is over
	}
	a.use(1, 99)
	want := [][]int64{{15, 65}, {0, 65}, {30, 35}, {0, 35}}
	if diff := cmp.Diff(want, a.usage("2016-08-01", "2016-08-04")); diff != "" {
		t.Errorf("August (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]int64{{0, 35}, {1, 99}, {0, 99}}, a.usage("2016-08-31", "2016-09-02")); diff != "" {
		t.Errorf("the turn of the month (-want +got):\n%s", diff)
	}
}

// What remained on a day that is over stays what it was, however the plan changes.
func TestAChangedPlanDoesNotChangeThePast(t *testing.T) {
	a := newAccounts(t, &apigateway.QuotaSettings{Limit: new(100), Period: new("DAY")})
	a.use(40, 60)
	a.nextDay()
	a.use(40, 60)
	_, err := a.control.UpdateUsagePlan(t.Context(), usageCall, &apigateway.UpdateUsagePlanRequest{
		UsagePlanID: a.plan, PatchOperations: []apigateway.PatchOperation{{Op: new("replace"), Path: new("/quota/limit"), Value: new("30")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]int64{{40, 60}, {40, 0}}, a.usage("2016-08-01", "2016-08-02")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// UpdateUsage sets what remains, again and again, and of the current period only.
func TestRemainingIsSetForTheCurrentPeriod(t *testing.T) {
	a := newAccounts(t, &apigateway.QuotaSettings{Limit: new(10), Period: new("WEEK")}) // a Monday
	a.use(10, 0)
	a.setRemaining(7)
	a.setRemaining(5)
	if diff := cmp.Diff([][]int64{{10, 5}}, a.usage("2016-08-01", "2016-08-01")); diff != "" {
		t.Errorf("the same day (-want +got):\n%s", diff)
	}
	a.nextDay()
	a.use(2, 3)
	a.setRemaining(1)
	if diff := cmp.Diff([][]int64{{2, 1}, {0, 1}}, a.usage("2016-08-02", "2016-08-03")); diff != "" {
		t.Errorf("the next day (-want +got):\n%s", diff)
	}
	for range 5 {
		a.nextDay() // Sunday, another week
	}
	if diff := cmp.Diff([][]int64{{0, 10}}, a.usage("2016-08-07", "2016-08-07")); diff != "" {
		t.Errorf("the next week (-want +got):\n%s", diff)
	}
}

func TestUsageOfDeletedKeysIsNotKept(t *testing.T) {
	a := newAccounts(t, nil)
	a.use(1, -1)
	if err := a.control.DeleteAPIKey(t.Context(), usageCall, &apigateway.DeleteAPIKeyRequest{APIKey: a.key}); err != nil {
		t.Fatal(err)
	}
	a.nextDay()
	a.use(1, -1)
	id := apidef.UsageID{Scope: scopePair(scopeOf(usageCall)), PlanID: a.plan, KeyID: a.key}
	if sum, err := a.ledger.Sum(t.Context(), id, apidef.DateOf(a.now)-10, apidef.DateOf(a.now)); err != nil || sum.Used != 0 {
		t.Errorf("%d requests of a deleted key are kept, %v", sum.Used, err)
	}
}

// Usage is kept for some 400 days.
func TestOldUsageIsForgotten(t *testing.T) {
	a := newAccounts(t, nil)
	id := apidef.UsageID{Scope: scopePair(scopeOf(usageCall)), PlanID: a.plan, KeyID: a.key}
	first := apidef.DateOf(a.now)
	a.use(1, -1)
	a.now = a.now.AddDate(0, 0, usageKept)
	a.use(1, -1)
	if sum, _ := a.ledger.Sum(t.Context(), id, first, first); sum.Used != 1 {
		t.Error("usage of 400 days ago is forgotten")
	}
	a.nextDay()
	a.use(1, -1)
	if sum, _ := a.ledger.Sum(t.Context(), id, first, first); sum.Used != 0 {
		t.Error("usage of 401 days ago is kept")
	}
}
