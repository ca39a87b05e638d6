package runtime

import (
	"strconv"
	"time"
)

// Config is what the processes of one version of a function are made from. It does not change.
type Config struct {
	// Account and Region are the function's.
	Account, Region string
	// Name, Version ("$LATEST", "3") and ARN (without a qualifier) are the function's.
	Name, Version, ARN string
	// Runtime is AWS's identifier, "python3.12"; Handler is what the runtime calls.
	Runtime, Handler string
	// Root is the folder with the code, LAMBDA_TASK_ROOT.
	Root string
	// MemoryMB is how much memory a process may use, in MiB; a process that uses more is killed.
	MemoryMB int
	// Timeout is how long one event may take.
	Timeout time.Duration
	// Variables are the function's own environment variables, "NAME=value".
	Variables []string
	// Role is the ARN of the role that the function acts as.
	Role string
	// LogGroup is the function's log group, "/aws/lambda/pets".
	LogGroup string
	// JSONLogs writes the log as JSON. LogLevel is the least level that the runtimes' loggers write then, and
	// SystemLogLevel the least of START, END and REPORT; empty means INFO.
	JSONLogs                 bool
	LogLevel, SystemLogLevel string
}

// Event is one invocation.
type Event struct {
	// RequestID is unique, a UUID.
	RequestID string
	// ARN is the function's as it was invoked, with its qualifier if it had one.
	ARN string
	// Payload is the event, JSON. It is not used after the invocation has returned.
	Payload []byte
	// TraceID is the value of X-Amzn-Trace-Id.
	TraceID string
	// ClientContext is JSON, empty for none.
	ClientContext string
	// Tail asks for the last 4 KB of the log.
	Tail bool
}

// appendHead writes the head of the answer to a runtime that waits for the next invocation.
// Source: Lambda developer guide, "Next invocation".
func (e *Event) appendHead(b []byte, deadline time.Time) []byte {
	b = append(b, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "...)
	b = append(b, e.RequestID...)
	b = append(b, "\r\nLambda-Runtime-Deadline-Ms: "...)
	b = strconv.AppendInt(b, deadline.UnixMilli(), 10)
	b = append(b, "\r\nLambda-Runtime-Invoked-Function-Arn: "...)
	b = append(b, e.ARN...)
	if e.TraceID != "" {
		b = append(b, "\r\nLambda-Runtime-Trace-Id: "...)
		b = append(b, e.TraceID...)
	}
	if e.ClientContext != "" {
		b = append(b, "\r\nLambda-Runtime-Client-Context: "...)
		b = append(b, e.ClientContext...)
	}
	b = append(b, "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(e.Payload)), 10)
	return append(b, "\r\n\r\n"...)
}
