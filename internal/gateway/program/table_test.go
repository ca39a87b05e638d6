package program_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/program"
)

// fakeSource is a Source that tests change by hand.
type fakeSource struct {
	mu     sync.Mutex
	stages map[apidef.StageKey]*apidef.Deployed
	err    error
	loads  map[apidef.StageKey]int
	feed   chan apidef.Changes
	// hold, when not nil, is waited for by every Load after it has read.
	hold chan struct{}
}

func newSource(keys ...apidef.StageKey) *fakeSource {
	s := &fakeSource{stages: map[apidef.StageKey]*apidef.Deployed{}, loads: map[apidef.StageKey]int{}, feed: make(chan apidef.Changes)}
	for _, key := range keys {
		s.deploy(key, "first")
	}
	return s
}

func (s *fakeSource) deploy(key apidef.StageKey, deployment string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stages[key] = &apidef.Deployed{Stage: &apidef.Stage{}, Snapshot: &apidef.Snapshot{DeploymentID: deployment}}
}

func (s *fakeSource) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *fakeSource) loaded(key apidef.StageKey) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loads[key]
}

func (s *fakeSource) Load(_ context.Context, apiID, stage string) (*apidef.Deployed, error) {
	key := apidef.StageKey{APIID: apiID, Stage: stage}
	s.mu.Lock()
	s.loads[key]++
	d, err, hold := s.stages[key], s.err, s.hold
	s.mu.Unlock()
	if hold != nil {
		<-hold
	}
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return nil, apidef.ErrNoStage
	}
	return d, nil
}

func (s *fakeSource) Watch(context.Context) (<-chan apidef.Changes, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.feed, nil
}

func newTable(s *fakeSource, maxPrograms int) *program.Table {
	return program.NewTable(program.Options{
		Source: s, MaxPrograms: maxPrograms, Log: slog.New(slog.DiscardHandler),
		Compile: func(key apidef.StageKey, d *apidef.Deployed) (*program.Program, error) {
			if d.Snapshot.DeploymentID == "panics" {
				panic("compiler")
			}
			return program.Compile(key, d, func(*program.Definition) []program.Step { return nil })
		},
	})
}

// serving is the deployment that the table serves for a stage.
func serving(t *testing.T, table *program.Table, key apidef.StageKey) string {
	t.Helper()
	p, err := table.Program(t.Context(), key.APIID, key.Stage)
	if err != nil {
		return err.Error()
	}
	return p.Deployment().ID
}

func expect(t *testing.T, table *program.Table, key apidef.StageKey, want string) {
	t.Helper()
	if got := serving(t, table, key); got != want {
		t.Errorf("%s/%s serves %s, want %s", key.APIID, key.Stage, got, want)
	}
}

var (
	prod  = apidef.StageKey{APIID: "api1", Stage: "prod"}
	beta  = apidef.StageKey{APIID: "api1", Stage: "beta"}
	other = apidef.StageKey{APIID: "api2", Stage: "prod"}
)

func TestStagesAreCompiledWhenFirstCalled(t *testing.T) {
	source := newSource(prod)
	table := newTable(source, 0)
	if source.loaded(prod) != 0 {
		t.Fatal("a stage was loaded before anybody called it")
	}
	expect(t, table, prod, "first")
	expect(t, table, prod, "first")
	expect(t, table, other, apidef.ErrNoStage.Error())
	expect(t, table, other, apidef.ErrNoStage.Error())
	if p, o := source.loaded(prod), source.loaded(other); p != 1 || o != 1 {
		t.Errorf("loaded %d and %d times, want each once: also what is not there is remembered", p, o)
	}
}

func TestConcurrentFirstCallsLoadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newSource(prod)
		source.hold = make(chan struct{})
		table := newTable(source, 0)
		var wrong atomic.Int32
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if p, err := table.Program(t.Context(), "api1", "prod"); err != nil || p.Deployment().ID != "first" {
					wrong.Add(1)
				}
			})
		}
		synctest.Wait()
		close(source.hold)
		calls.Wait()
		if wrong.Load() > 0 || source.loaded(prod) != 1 {
			t.Errorf("%d calls failed, %d loads; want 0 and 1", wrong.Load(), source.loaded(prod))
		}
	})
}

// run starts the table's Run, and ends it with the test.
func run(t *testing.T, table *program.Table) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); table.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func TestChangesAreServedOnceFollowed(t *testing.T) {
	source := newSource(prod, beta, other)
	table := newTable(source, 0)
	run(t, table)
	source.feed <- apidef.Changes{Revision: 1, All: true}
	for _, key := range []apidef.StageKey{prod, beta, other} {
		expect(t, table, key, "first")
		source.deploy(key, "second")
	}
	source.feed <- apidef.Changes{Revision: 2, Stages: []apidef.StageKey{prod}}
	if err := table.Follow(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	expect(t, table, prod, "second")
	expect(t, table, beta, "first")
	source.feed <- apidef.Changes{Revision: 3, APIs: []string{"api1"}}
	if err := table.Follow(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	expect(t, table, beta, "second")
	expect(t, table, other, "first")
	source.feed <- apidef.Changes{Revision: 7, All: true}
	if err := table.Follow(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	expect(t, table, other, "second")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := table.Follow(ctx, 8); !errors.Is(err, context.Canceled) {
		t.Errorf("following a revision that has not come gave %v", err)
	}
}

func TestStagesComeAndGo(t *testing.T) {
	source := newSource()
	table := newTable(source, 0)
	run(t, table)
	expect(t, table, prod, apidef.ErrNoStage.Error())
	source.deploy(prod, "first")
	source.feed <- apidef.Changes{Revision: 1, Stages: []apidef.StageKey{prod}}
	if err := table.Follow(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	expect(t, table, prod, "first")
	source.mu.Lock()
	delete(source.stages, prod)
	source.mu.Unlock()
	source.feed <- apidef.Changes{Revision: 2, APIs: []string{"api1"}}
	if err := table.Follow(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	expect(t, table, prod, apidef.ErrNoStage.Error())
}

func TestTheFormerProgramServesWhileTheNewOneCannotBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newSource(prod)
		table := newTable(source, 0)
		run(t, table)
		expect(t, table, prod, "first")
		source.deploy(prod, "panics")
		source.feed <- apidef.Changes{Revision: 1, Stages: []apidef.StageKey{prod}}
		synctest.Wait()
		expect(t, table, prod, "first")
		source.deploy(prod, "second")
		source.fail(errors.New("store away"))
		source.feed <- apidef.Changes{Revision: 2, Stages: []apidef.StageKey{prod}}
		synctest.Wait()
		expect(t, table, prod, "first")
		expect(t, table, beta, "store away")
		source.fail(nil)
		expect(t, table, beta, apidef.ErrNoStage.Error()) // a failure is not remembered
		time.Sleep(2 * time.Second)                       // of the test's own clock
		synctest.Wait()
		expect(t, table, prod, "second")
	})
}

func TestAFeedThatEndsIsWatchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newSource(prod)
		table := newTable(source, 0)
		run(t, table)
		expect(t, table, prod, "first")
		source.deploy(prod, "second")
		source.mu.Lock()
		old := source.feed
		source.feed = make(chan apidef.Changes)
		source.mu.Unlock()
		close(old)
		source.feed <- apidef.Changes{Revision: 9, All: true}
		synctest.Wait()
		expect(t, table, prod, "second")
	})
}

// A change that comes while a stage is being loaded for the first time must not be lost.
func TestAChangeDuringTheFirstLoadLoadsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newSource(prod)
		source.hold = make(chan struct{})
		table := newTable(source, 0)
		run(t, table)
		var got string
		var call sync.WaitGroup
		call.Go(func() { got = serving(t, table, prod) })
		synctest.Wait()
		source.deploy(prod, "second")
		source.feed <- apidef.Changes{Revision: 1, Stages: []apidef.StageKey{prod}}
		synctest.Wait()
		close(source.hold)
		call.Wait()
		if got != "second" {
			t.Errorf("the first call got %s", got)
		}
		expect(t, table, prod, "second")
	})
}

func TestProgramsNotUsedLatelyMakeRoom(t *testing.T) {
	source := newSource(prod)
	table := newTable(source, 16)
	for i := range 100 {
		key := apidef.StageKey{APIID: fmt.Sprint("api", i), Stage: "x"}
		source.deploy(key, "first")
		expect(t, table, key, "first")
		expect(t, table, prod, "first") // in use all the time
	}
	if n := source.loaded(prod); n > 3 {
		t.Errorf("a stage in constant use was compiled %d times", n)
	}
	for i := range 3000 { // guesses are remembered, but not without bound
		expect(t, table, apidef.StageKey{APIID: "none", Stage: fmt.Sprint(i)}, apidef.ErrNoStage.Error())
	}
	expect(t, table, prod, "first")
}

func TestLookingUpAProgramDoesNotAllocate(t *testing.T) {
	table := newTable(newSource(prod), 0)
	expect(t, table, prod, "first")
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { _, _ = table.Program(ctx, "api1", "prod") }); n != 0 {
		t.Errorf("a look-up allocates %v times, want none", n)
	}
}

func BenchmarkProgram(b *testing.B) {
	source := newSource()
	table := newTable(source, 0)
	for i := range 200 {
		key := apidef.StageKey{APIID: fmt.Sprintf("abcdefgh%02d", i), Stage: "prod"}
		source.deploy(key, "first")
		_, _ = table.Program(b.Context(), key.APIID, key.Stage)
	}
	ctx := b.Context()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = table.Program(ctx, "abcdefgh77", "prod")
		}
	})
}
