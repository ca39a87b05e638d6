// Package awserr is the one table of the error codes that AWS's services answer with, and the error value that carries
// one from where it happens to where it is answered.
//
// What comes in: a code and AWS's text for it. What goes out: an *Error, which the wire turns into status, headers and
// body. It never decides what goes wrong, and never writes to the wire itself.
package awserr

import "fmt"

// Code is one error as clients tell them apart: the name in x-amzn-ErrorType and the HTTP status it travels with.
type Code struct {
	Name   string
	Status int
}

// Error is a refusal that the caller is meant to read.
type Error struct {
	Code Code
	// Message is AWS's text, to the byte where it is known.
	Message string
	// RetryAfterSeconds is sent as the Retry-After header; 0 sends none. Only 429 and 503 carry it.
	RetryAfterSeconds int
	// Reason is the member of that name in the answers of Lambda's throttles; empty sends none.
	Reason string
}

// Errorf gives the error with this code and the formatted message.
func (c Code) Errorf(format string, args ...any) *Error {
	return &Error{Code: c, Message: fmt.Sprintf(format, args...)}
}

// RetryAfter gives a copy of e that asks the caller to wait.
func (e *Error) RetryAfter(seconds int) *Error {
	waiting := *e
	waiting.RetryAfterSeconds = seconds
	return &waiting
}

// Error is the code's name and the message, for logs.
func (e *Error) Error() string { return e.Code.Name + ": " + e.Message }

// Is tells errors.Is that two errors of one code and text are the same.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Message == e.Message
}
