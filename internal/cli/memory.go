package cli

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// headroom is how much a heap may grow between two collections at least, in bytes. Go's default lets a heap double, so the
// few MiB of a gateway would be collected some hundred times a second under load.
const headroom = 16 << 20

// tuneMemory keeps the collector's goal at the live heap and headroom, or at twice the live heap where that is more, until
// ctx ends. GOGC and GOMEMLIMIT, where one is set, go before it.
func tuneMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := func() {
		metrics.Read(live)
		debug.SetGCPercent(gcPercent(live[0].Value.Uint64()))
	}
	set()
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				set()
			}
		}
	}()
}

// gcPercent is how much a heap of so many live bytes may grow, in percent.
func gcPercent(live uint64) int {
	const smallest = 4 << 20 // the heap that Go's percentages start from
	return max(100, int(headroom*100/max(live, smallest)))
}
