package control

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
)

func (c tester) patchStage(api, stage string, ops ...string) {
	c.t.Helper()
	in := &apigateway.UpdateStageRequest{RestAPIID: api, StageName: stage}
	for i := 0; i < len(ops); i += 2 {
		in.PatchOperations = append(in.PatchOperations, apigateway.PatchOperation{Op: new("replace"), Path: &ops[i], Value: &ops[i+1]})
	}
	out, err := c.UpdateStage(c.ctx, caller, in)
	must(c.t, out, err)
}

// A stage is loaded with what its deployment froze and with its live settings, and with its canary's snapshot.
func TestLoad(t *testing.T) {
	c := newTester(t, Options{})
	source := NewSource(c.store)
	api, root := c.createAPI()
	c.mock(api, root)
	first := c.deploy(api, "dev")
	c.mock(api, c.createResource(api, root, "later"))
	deployed, err := source.Load(c.ctx, api, "dev")
	must(t, deployed, err)
	if got := len(deployed.Snapshot.Resources); got != 1 {
		t.Errorf("%d resources in the snapshot, want the 1 that was deployed", got)
	}
	if diff := cmp.Diff([]string{caller.Account, caller.Region, first, first}, []string{deployed.AccountID, deployed.Region, deployed.Snapshot.DeploymentID, deployed.Stage.DeploymentID}); diff != "" {
		t.Error(diff)
	}
	second := c.deploy(api, "")
	c.patchStage(api, "dev", "/variables/v", "1", "/canarySettings/deploymentId", second)
	deployed, err = source.Load(c.ctx, api, "dev")
	must(t, deployed, err)
	if deployed.Stage.Variables["v"] != "1" || deployed.Snapshot.DeploymentID != first || deployed.Canary.DeploymentID != second || len(deployed.Canary.Resources) != 2 {
		t.Errorf("loaded %+v", deployed)
	}
	keys, err := source.Stages(c.ctx)
	if diff := cmp.Diff([]apidef.StageKey{{APIID: api, Stage: "dev"}}, must(t, keys, err)); diff != "" {
		t.Error(diff)
	}
	for _, unknown := range []apidef.StageKey{{APIID: api, Stage: "prod"}, {APIID: "unknown", Stage: "dev"}} {
		if _, err := source.Load(c.ctx, unknown.APIID, unknown.Stage); !errors.Is(err, apidef.ErrNoStage) {
			t.Errorf("%v: %v, want ErrNoStage", unknown, err)
		}
	}
	if err := c.DeleteRestAPI(c.ctx, caller, &apigateway.DeleteRestAPIRequest{RestAPIID: api}); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Load(c.ctx, api, "dev"); !errors.Is(err, apidef.ErrNoStage) {
		t.Errorf("after the API was deleted: %v, want ErrNoStage", err)
	}
}

// When Published is called, a watcher that reads up to its revision has heard of the change.
func TestPublishedComesWithTheFeed(t *testing.T) {
	var published []int64
	c := newTester(t, Options{Published: func(_ context.Context, revision int64) { published = append(published, revision) }})
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	changes, err := NewSource(c.store).Watch(ctx)
	must(t, changes, err)
	api, root := c.createAPI()
	c.mock(api, root)
	if published != nil {
		t.Errorf("published %v before anything was deployed", published)
	}
	d := c.deploy(api, "dev")
	seen := map[apidef.StageKey]bool{}
	for revision := int64(0); revision < published[0]; {
		batch := <-changes
		revision = batch.Revision
		for _, key := range batch.Stages {
			seen[key] = true
		}
	}
	if !seen[apidef.StageKey{APIID: api, Stage: "dev"}] {
		t.Errorf("the stage is not among %v", seen)
	}
	c.patchStage(api, "dev", "/deploymentId", d)
	if err := c.FlushStageCache(c.ctx, caller, &apigateway.FlushStageCacheRequest{RestAPIID: api, StageName: "dev"}); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteStage(c.ctx, caller, &apigateway.DeleteStageRequest{RestAPIID: api, StageName: "dev"}); err != nil {
		t.Fatal(err)
	}
	if len(published) != 4 {
		t.Errorf("published %v, want one revision for each of four operations", published)
	}
	cancel()
	for range changes {
	}
}

// laggingStore closes its feed as a store does that a watcher fell behind of.
type laggingStore struct {
	store.Store
	feeds chan chan []store.Change
}

func (s laggingStore) Watch(ctx context.Context, _ int64) (<-chan []store.Change, error) {
	feed := make(chan []store.Change)
	select {
	case s.feeds <- feed:
		return feed, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A watcher that fell behind is told that everything is in doubt, and goes on.
func TestWatchAfterFallingBehind(t *testing.T) {
	c := newTester(t, Options{})
	lagging := laggingStore{c.store, make(chan chan []store.Change, 1)}
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	changes, err := NewSource(lagging).Watch(ctx)
	must(t, changes, err)
	first := <-lagging.feeds
	if diff := cmp.Diff(apidef.Changes{}, <-changes); diff != "" {
		t.Errorf("greeting: %s", diff)
	}
	close(first)
	if diff := cmp.Diff(apidef.Changes{All: true}, <-changes); diff != "" {
		t.Errorf("after falling behind: %s", diff)
	}
	second := <-lagging.feeds
	second <- []store.Change{
		{Key: store.Key{Kind: kindStage, ID: "a/dev"}, Revision: 6},
		{Key: store.Key{Kind: kindSnapshot, ID: "b/x"}, Revision: 7},
		{Key: store.Key{Kind: kindResource, ID: "c/x"}, Revision: 7},
	}
	want := apidef.Changes{Revision: 7, Stages: []apidef.StageKey{{APIID: "a", Stage: "dev"}}, APIs: []string{"b"}}
	if diff := cmp.Diff(want, <-changes); diff != "" {
		t.Error(diff)
	}
	cancel()
	close(second)
	if _, open := <-changes; open {
		t.Error("the channel is open after the context ended")
	}
}
