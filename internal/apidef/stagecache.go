package apidef

import (
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// The values of a stage's cacheClusterStatus. Source: API Gateway API reference, Stage, cacheClusterStatus.
const (
	CacheCreateInProgress = "CREATE_IN_PROGRESS"
	CacheAvailable        = "AVAILABLE"
	CacheDeleteInProgress = "DELETE_IN_PROGRESS"
	CacheNotAvailable     = "NOT_AVAILABLE"
	CacheFlushInProgress  = "FLUSH_IN_PROGRESS"
)

// cacheChangeTime is how long a cluster is said to be created, deleted or flushed. Here that is done at once; clients wait
// for the change of status, which takes AWS minutes. Seconds.
const cacheChangeTime = 2

// cacheClusterSizes are the sizes that AWS offers, in GB.
var cacheClusterSizes = []string{"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"}

// CacheClusterStatus is what became of the stage's cache cluster by a time, in seconds since the epoch. A cluster caches from
// the start, whatever its status says.
// Source: developer guide, "Cache settings for REST APIs in API Gateway".
func (s *Stage) CacheClusterStatus(now int64) string {
	switch {
	case s.CacheClusterChange != "" && now-s.CacheClusterChanged < cacheChangeTime:
		return s.CacheClusterChange
	case s.CacheClusterEnabled:
		return CacheAvailable
	}
	return CacheNotAvailable
}

// FlushCache forgets every cached response: nodes cache under the stage's current generation. now is in seconds since the
// epoch.
func (s *Stage) FlushCache(now int64) {
	s.CacheGeneration++
	if s.CacheClusterEnabled {
		s.CacheClusterChange, s.CacheClusterChanged = CacheFlushInProgress, now
	}
}

// settleCache checks the cluster's size, and begins the change to another cluster than before, which is empty: nodes cache
// under a new generation. The error is a size that AWS does not offer.
// Source: developer guide, "Cache settings for REST APIs in API Gateway"; that another size is created anew is inferred.
func (s *Stage) settleCache(before *Stage, now int64) error {
	if s.CacheClusterSize != "" && !slices.Contains(cacheClusterSizes, s.CacheClusterSize) {
		return awserr.BadRequest.Errorf("Invalid cache cluster size specified. Valid options are %s", strings.Join(cacheClusterSizes, ","))
	}
	if s.CacheClusterEnabled && s.CacheClusterSize == "" {
		s.CacheClusterSize = cacheClusterSizes[0]
	}
	if s.CacheClusterEnabled == before.CacheClusterEnabled && s.CacheClusterSize == before.CacheClusterSize {
		return nil
	}
	s.CacheGeneration++
	switch {
	case s.CacheClusterEnabled:
		s.CacheClusterChange, s.CacheClusterChanged = CacheCreateInProgress, now
	case before.CacheClusterEnabled:
		s.CacheClusterChange, s.CacheClusterChanged = CacheDeleteInProgress, now
	}
	return nil
}
