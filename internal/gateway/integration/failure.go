package integration

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"syscall"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// UpstreamFailure is what the client is answered when a call failed, one of package http1 or one that wants credentials, and
// what the execution log says of it. x.Called is unset when nothing was called.
//
// Sources: captured replies and logs for timeouts, broken connections, certificates of another host and roles; recorded AWS
// answer for addresses that cannot be called; captured reply for refused connections. The answers to other faults of TLS
// and to answers that are no HTTP are inferred from these.
func UpstreamFailure(x *message.Exchange, err error) error {
	role, isRole := errors.AsType[*RoleError](err)
	switch {
	case errors.Is(err, http1.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return gatewayresponse.IntegrationTimeout
	case isRole:
		x.Called = false
		return gatewayresponse.Configuration("API Gateway does not have permission to assume the provided role " + role.Role)
	case errors.Is(err, http1.ErrFenced), errors.Is(err, http1.ErrInvalidRequest):
		x.Called = false
		return gatewayresponse.Configuration("Invalid endpoint address")
	case errors.Is(err, http1.ErrConnect):
		return unconnected(x, err)
	case errors.Is(err, http1.ErrTLS):
		return untrusted(err)
	case errors.Is(err, http1.ErrTooLarge):
		return gatewayresponse.Configuration("Integration response is larger than allowed maximum of " +
			strconv.Itoa(http1.DefaultMaxResponseBody) + " bytes.")
	case errors.Is(err, http1.ErrReset):
		return gatewayresponse.Network("Connection reset by peer")
	case errors.Is(err, http1.ErrMalformed):
		return gatewayresponse.Network("The target server failed to respond with a valid HTTP response")
	}
	return gatewayresponse.Network("Connection is closed")
}

func unconnected(x *message.Exchange, err error) error {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		x.Called = false
		return gatewayresponse.Configuration("Invalid endpoint address")
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return gatewayresponse.Network("Connection refused")
	}
	return gatewayresponse.Network("Connect to endpoint failed")
}

func untrusted(err error) error {
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return gatewayresponse.Configuration("Host name '" + e.Host + "' does not match the certificate subject provided by the peer (" +
			e.Certificate.Subject.String() + ")")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return gatewayresponse.Configuration("PKIX path building failed: unable to find valid certification path to requested target")
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if e.Reason == x509.Expired {
			return gatewayresponse.Configuration("PKIX path validation failed: validity check failed")
		}
		return gatewayresponse.Configuration("PKIX path validation failed")
	}
	return gatewayresponse.Network("Remote host terminated the handshake")
}
