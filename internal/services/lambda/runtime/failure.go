package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Failure is how a function failed: what a caller of Invoke gets as the payload, with FunctionError "Unhandled".
type Failure struct {
	// Type is "Sandbox.Timedout", "Runtime.ExitError", or what the runtime called its exception.
	Type string
	// Payload is the description, JSON.
	Payload []byte
}

// Error implements error.
func (f *Failure) Error() string { return f.Type + ": " + string(f.Payload) }

// ErrRateExceeded is given when no process may be started and none became free in time.
var ErrRateExceeded = errors.New("Rate Exceeded.") //nolint:revive,staticcheck // AWS's text to the byte

// ErrRetired is given when the pool was retired before the event had a process: a newer pool runs it.
var ErrRetired = errors.New("the pool of processes is retired")

// errInitTimeout says that a process did not ask for its first event in time.
var errInitTimeout = errors.New("the runtime did not ask for an event in time")

// errExited says that a process ended before it asked for its first event.
type errExited struct{ state *os.ProcessState }

func (e *errExited) Error() string {
	return "the runtime ended before it asked for an event: " + e.state.String()
}

// describe words for an event why no process could be started for it.
func describe(why error, requestID string, limit time.Duration) error {
	if e, ok := errors.AsType[*errExited](why); ok {
		f, _ := exited(requestID, e.state)
		return f
	}
	if errors.Is(why, errInitTimeout) {
		f, _ := timedOut(requestID, limit, time.Now())
		return f
	}
	if e, ok := errors.AsType[*entrypointError](why); ok {
		return failed("Runtime.InvalidEntrypoint", "RequestId: "+requestID+" Error: "+e.Error())
	}
	return why
}

// failed is a failure that the sandbox itself describes.
// Source: Lambda developer guide, "Troubleshoot invocation issues in Lambda"; known AWS answers.
func failed(kind, message string) *Failure {
	b := append([]byte(`{"errorType":`), quote(kind)...)
	b = append(b, `,"errorMessage":`...)
	b = append(b, quote(message)...)
	return &Failure{Type: kind, Payload: append(b, '}')}
}

func quote(text string) []byte {
	b, _ := json.Marshal(text) // a string is always JSON
	return b
}

// timedOut is the failure of a function that took too long. Its message is the line in the log too.
func timedOut(requestID string, limit time.Duration, now time.Time) (f *Failure, line string) {
	line = fmt.Sprintf("%s %s Task timed out after %s seconds", now.UTC().Format("2006-01-02T15:04:05.000Z"), requestID,
		strconv.FormatFloat(limit.Seconds(), 'f', 2, 64))
	return failed("Sandbox.Timedout", line), line
}

// exited is the failure of a function whose process has ended. Its message is the line in the log too.
func exited(requestID string, state *os.ProcessState) (f *Failure, line string) {
	reason := "Runtime exited without providing a reason"
	if state != nil && !state.Success() {
		reason = "Runtime exited with error: " + state.String()
	}
	line = "RequestId: " + requestID + " Error: " + reason
	return failed("Runtime.ExitError", line), line
}

// tooLarge is the failure of a function whose answer is longer than MaxResponse.
func tooLarge() *Failure {
	return failed("Function.ResponseSizeTooLarge",
		fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponse))
}

// MaxResponse is how long an answer may be that is not streamed, in bytes: 6 MB and some room for the envelope.
// Source: known AWS answer; Lambda developer guide, "Lambda quotas".
const MaxResponse = 6291556
