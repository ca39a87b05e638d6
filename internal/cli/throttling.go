package cli

import (
	"postern/internal/apidef"
	"postern/internal/server"
)

// Throttling is what bounds how much callers of APIs may ask for.
type Throttling struct {
	AccountRateLimit  float64 `default:"-1" placeholder:"N" help:"Requests a second that all APIs of an account and region together answer, 10000 on AWS; -1 for no limit. Default: ${default}."`
	AccountBurstLimit int     `default:"-1" placeholder:"N" help:"How many of them may come at once, 5000 on AWS; -1 for no limit. Default: ${default}."`
	StageCache        int64   `default:"512" placeholder:"MIB" help:"Memory that the cache of a stage takes at most, however large its cluster is, in MiB. Default: ${default}."`
}

func (t *Throttling) options() server.TrafficOptions {
	o := server.TrafficOptions{StageCacheBytes: t.StageCache << 20}
	if t.AccountRateLimit != 0 || t.AccountBurstLimit != 0 { // not so in commands that were not parsed
		o.Account = &apidef.ThrottleSettings{RateLimit: &t.AccountRateLimit, BurstLimit: &t.AccountBurstLimit}
	}
	return o
}
