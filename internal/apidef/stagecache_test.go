package apidef

import "testing"

// A cluster that is made, deleted or flushed is said to be for a while, and then to be there or not; one that is replaced is
// another generation. Source: API Gateway API reference, Stage, cacheClusterStatus; developer guide, "Cache settings for REST
// APIs in API Gateway". How long it takes is Postern's own.
func TestCacheClusterStatusFollowsTheCluster(t *testing.T) {
	at := StagePlace{HasDeployment: func(string) bool { return true }, Limits: DefaultLimits(), Now: 1000}
	stage, err := NewStage(Stage{StageName: "dev", CacheGeneration: 7}, at)
	if err != nil || stage.CacheClusterStatus(1000) != CacheNotAvailable {
		t.Fatalf("a stage without a cache is %q, %v", stage.CacheClusterStatus(1000), err)
	}
	for _, c := range []struct {
		path, value, status, later string
		generation                 int64
	}{
		{"/description", "x", CacheNotAvailable, CacheNotAvailable, 7},
		{"/cacheClusterEnabled", "true", CacheCreateInProgress, CacheAvailable, 8},
		{"/*/*/caching/enabled", "true", CacheAvailable, CacheAvailable, 8},
		{"/cacheClusterSize", "1.6", CacheCreateInProgress, CacheAvailable, 9}, // inferred
		{"/cacheClusterSize", "1.6", CacheAvailable, CacheAvailable, 9},
		{"/cacheClusterEnabled", "false", CacheDeleteInProgress, CacheNotAvailable, 10},
		{"/cacheClusterSize", "0.5", CacheNotAvailable, CacheNotAvailable, 11}, // there is no cluster to replace
	} {
		at.Now += 10
		if stage, err = stage.Patch([]PatchOperation{{Op: "replace", Path: &c.path, Value: &c.value}}, at); err != nil {
			t.Fatalf("%s: %v", c.path, err)
		}
		if status := stage.CacheClusterStatus(at.Now); status != c.status || stage.CacheGeneration != c.generation {
			t.Errorf("after %s %s: %s of generation %d, want %s of %d",
				c.path, c.value, status, stage.CacheGeneration, c.status, c.generation)
		}
		if later := stage.CacheClusterStatus(at.Now + cacheChangeTime); later != c.later {
			t.Errorf("a while after %s %s: %s, want %s", c.path, c.value, later, c.later)
		}
	}
}

// A flush says so of a cluster, and nothing of a stage that has none.
func TestFlushCache(t *testing.T) {
	for _, c := range []struct {
		enabled       bool
		status, later string
	}{
		{true, CacheFlushInProgress, CacheAvailable},
		{false, CacheNotAvailable, CacheNotAvailable},
	} {
		stage := &Stage{CacheClusterEnabled: c.enabled, CacheGeneration: 1}
		stage.FlushCache(1000)
		if now, later := stage.CacheClusterStatus(1000), stage.CacheClusterStatus(1002); now != c.status || later != c.later || stage.CacheGeneration != 2 {
			t.Errorf("flushed, enabled %t: %s, then %s, generation %d", c.enabled, now, later, stage.CacheGeneration)
		}
	}
}
