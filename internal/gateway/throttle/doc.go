// Package throttle decides how much may be asked: token buckets for rates, counters for quotas.
//
// What comes in: the time, a limit or a quota, and what it is for. What goes out: yes or no. Buckets live in memory;
// counters are kept between runs by a Ledger. It knows neither requests nor answers, and nothing here takes a lock on a
// request's way, except that the first request of a counter's day waits for what was counted before.
//
// Limiter and Counters are what a cluster replaces; the types here are those of a single node.
//
// Sources: developer guide, "Throttle requests to your REST APIs for better throughput in API Gateway" (token buckets),
// "Usage plans and API keys for REST APIs in API Gateway" (quotas).
package throttle
