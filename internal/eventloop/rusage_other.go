//go:build !unix

package eventloop

import "time"

// cpuTime is not known.
func cpuTime() time.Duration { return 0 }
