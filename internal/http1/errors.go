package http1

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// The kinds of failure of a Transport, for errors.Is.
var (
	// ErrTimeout: the deadline passed, at whatever step.
	ErrTimeout = errors.New("the deadline has passed")
	// ErrConnect: no connection came about: refused, unreachable, unresolvable, or no address at all.
	ErrConnect = errors.New("cannot connect")
	// ErrFenced: the address may not be called. See Transport.Fence.
	ErrFenced = errors.New("the address may not be called")
	// ErrTLS: no TLS session came about. The error is an *UpstreamError whose Err is crypto/tls's or crypto/x509's:
	// x509.HostnameError, x509.UnknownAuthorityError, tls.AlertError ...
	ErrTLS = errors.New("the TLS handshake failed")
	// ErrReset: the upstream reset the connection after it had been made.
	ErrReset = errors.New("the connection was reset")
	// ErrClosed: the upstream closed the connection before its answer was complete.
	ErrClosed = errors.New("the connection was closed early")
	// ErrMalformed: what the upstream answered is no HTTP/1.x.
	ErrMalformed = errors.New("the answer is malformed")
	// ErrTooLarge: the answer's head or body exceeds its limit.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrInvalidRequest: the request cannot be put on the wire: a method, target, host or header line that would
	// break out of its place.
	ErrInvalidRequest = errors.New("the request is invalid")
	// ErrTransportClosed: Transport.Close was called.
	ErrTransportClosed = errors.New("the transport is closed")
)

// UpstreamError is every error of Transport.Do and of a streamed body.
type UpstreamError struct {
	// Upstream is "scheme://host:port".
	Upstream string
	// Kind is one of the Err values of this package.
	Kind error
	// Err is the cause; nil when Kind says all.
	Err error
}

func (e *UpstreamError) Error() string {
	if e.Err == nil {
		return e.Upstream + ": " + e.Kind.Error()
	}
	return e.Upstream + ": " + e.Kind.Error() + ": " + e.Err.Error()
}

// Unwrap gives the kind and the cause.
func (e *UpstreamError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// timedOut reports a deadline's end in any of the forms that packages give it.
func timedOut(err error) bool {
	var n net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &n) && n.Timeout() && !errors.Is(err, syscall.ETIMEDOUT)
}

// connectKind sorts a failure to connect.
func connectKind(err error) error {
	switch {
	case timedOut(err):
		return ErrTimeout
	case errors.Is(err, ErrFenced):
		return ErrFenced
	default:
		return ErrConnect
	}
}

// handshakeKind sorts a failure of the TLS handshake: the network's, or TLS's own.
func handshakeKind(err error) error {
	var (
		record  tls.RecordHeaderError
		alert   tls.AlertError
		verify  *tls.CertificateVerificationError
		network *net.OpError
		host    x509.HostnameError
	)
	switch {
	case timedOut(err):
		return ErrTimeout
	case errors.As(err, &record), errors.As(err, &alert), errors.As(err, &verify), errors.As(err, &host):
		return ErrTLS
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ErrReset
	case errors.Is(err, io.EOF):
		return ErrClosed
	case errors.As(err, &network) && network.Op != "remote error" && network.Op != "local error":
		return ErrReset
	default:
		return ErrTLS
	}
}

// networkKind sorts a failure to write or read on a connection.
func networkKind(err error) error {
	switch {
	case timedOut(err):
		return ErrTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return ErrClosed
	default:
		return ErrReset
	}
}
