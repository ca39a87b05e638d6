// Package runtime runs functions in processes of this machine and talks to them by the Lambda Runtime API.
//
// What comes in: a Config, which says how processes of one version of a function are started, and events. What goes
// out: what the function answered, or a *Failure that describes in AWS's words how it failed; and every line that the
// function printed, to a Log. A process works on one event at a time; it is started when no idle one is left, kept for
// the next event, and killed with all of its children when it is late, when it has been idle for long and when the Host
// closes. The package never decides who may invoke what, and never retries.
//
// A Host owns everything: pools, processes, the limits on their number. A Pool holds the processes of one Config. Each
// process has a Runtime API of its own, on a port of its own on loopback, that takes connections of this machine's user
// only (on Linux); the bootstraps for Python and Node.js are born with a connection to it instead, a pair of sockets. An invocation's goroutine writes the event to the connection on which the runtime waits, and reads
// the answer from it itself; only a runtime that answers on another connection costs a hand-over.
//
// Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes" and "Understanding the Lambda
// execution environment lifecycle".
package runtime
