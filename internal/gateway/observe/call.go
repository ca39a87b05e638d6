package observe

import (
	"time"

	"postern/internal/gateway/message"
)

// CallStarted notes that the integration's endpoint is being called, and returns the moment.
func CallStarted(x *message.Exchange) time.Time {
	x.Called = true
	x.Observed.CallStart = x.Now()
	return x.Observed.CallStart
}

// CallEnded notes that the endpoint answered with status, or that the call failed (status 0), and returns how long it
// took. Of a streamed answer it is the moment when its headers had arrived.
func CallEnded(x *message.Exchange, status int) time.Duration {
	x.Observed.CallEnd = x.Now()
	x.Observed.IntegrationStatus = status
	return x.Observed.CallEnd.Sub(x.Observed.CallStart)
}
