package vtl

import (
	"errors"
	"fmt"
	"strings"
)

// Why a template fails, other than by exceeding a bound (see Limits).
var (
	// ErrSyntax: the source breaks the grammar.
	ErrSyntax = errors.New("syntax error")
	// ErrMethod: a method failed, as Java's would by throwing.
	ErrMethod = errors.New("method failed")
	// ErrUnsupported: Velocity would do it, this engine cannot or must not (#include, #parse ...).
	ErrUnsupported = errors.New("not supported")
)

// Error tells what is wrong with a template, and where. Its text has three lines:
//
//	greeting:1:8: unexpected ")"
//	 | Hello $name.substring(0,)
//	 | ........................^
type Error struct {
	// Template is the name given to Parse.
	Template string
	// Line and Column are counted from 1, Column in characters.
	Line, Column int
	// Message is what went wrong, without position.
	Message string
	// SourceLine is the line of the template at Line.
	SourceLine string
	// Err is one of the package's error values, or what a method of an Object returned.
	Err error
}

// Error returns position, message, the line of the template and a caret below the place.
func (e *Error) Error() string {
	head := fmt.Sprintf("%s:%d:%d: %s", e.Template, e.Line, e.Column, e.Message)
	if e.SourceLine == "" {
		return head
	}
	return head + "\n | " + e.SourceLine + "\n | " + strings.Repeat(".", max(e.Column-1, 0)) + "^"
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// failWith makes an error of a kind, without a place yet.
func failWith(kind error, format string, args ...any) error {
	return &methodFailure{fmt.Sprintf(format, args...), kind}
}

// errorAt adds template, place and source line to err.
func (t *Template) errorAt(at place, err error) *Error {
	e := &Error{Template: t.name, Line: int(at.line), Column: int(at.column), Message: err.Error(), Err: err}
	if m, ok := errors.AsType[*methodFailure](err); ok {
		e.Err = m.err
	}
	e.SourceLine = sourceLine(t.source, e.Line)
	return e
}

// sourceLine returns a line of source, counted from 1.
func sourceLine(source string, line int) string {
	for ; line > 1; line-- {
		i := strings.IndexByte(source, '\n')
		if i < 0 {
			return ""
		}
		source = source[i+1:]
	}
	source, _, _ = strings.Cut(source, "\n")
	return strings.TrimSuffix(source, "\r")
}

// methodFailure is what a method says when it throws.
type methodFailure struct {
	msg string
	err error
}

func (e *methodFailure) Error() string { return e.msg }

func (e *methodFailure) Unwrap() error { return e.err }

func failf(format string, args ...any) error { return failWith(ErrMethod, format, args...) }

// fail adds the place to an error, unless it has one or is none.
func (r *renderer) fail(at place, err error) error {
	if _, ok := err.(*Error); ok || isStop(err) {
		return err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return r.t.errorAt(at, err)
}
