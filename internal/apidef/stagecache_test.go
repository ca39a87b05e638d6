package apidef

import "testing"

// A cache starts and stops at once, so that its status follows whether it is enabled; a cluster that is replaced is another
// generation. Source: API Gateway API reference, Stage, cacheClusterStatus; developer guide, "Cache settings for REST APIs".
func TestCacheClusterStatusFollowsTheCluster(t *testing.T) {
	at := StagePlace{HasDeployment: func(string) bool { return true }, Limits: DefaultLimits()}
	stage, err := NewStage(Stage{StageName: "dev", CacheGeneration: 7}, at)
	if err != nil || stage.CacheClusterStatus != CacheNotAvailable {
		t.Fatalf("a stage without a cache is %q, %v", stage.CacheClusterStatus, err)
	}
	for _, c := range []struct {
		path, value, status string
		generation          int64
	}{
		{"/description", "x", CacheNotAvailable, 7},
		{"/cacheClusterEnabled", "true", CacheAvailable, 8},
		{"/*/*/caching/enabled", "true", CacheAvailable, 8},
		{"/cacheClusterSize", "1.6", CacheAvailable, 9},
		{"/cacheClusterSize", "1.6", CacheAvailable, 9},
		{"/cacheClusterEnabled", "false", CacheNotAvailable, 10},
	} {
		if stage, err = stage.Patch([]PatchOperation{{Op: "replace", Path: &c.path, Value: &c.value}}, at); err != nil {
			t.Fatalf("%s: %v", c.path, err)
		}
		if stage.CacheClusterStatus != c.status || stage.CacheGeneration != c.generation {
			t.Errorf("after %s %s: %s of generation %d, want %s of %d",
				c.path, c.value, stage.CacheClusterStatus, stage.CacheGeneration, c.status, c.generation)
		}
	}
}
