package awsservice

import (
	"context"
	"time"

	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// Services calls AWS services: those of AWS, those that something else answers in their place, those that this Postern
// answers itself. Its methods may be called from any goroutine.
type Services interface {
	// Do signs a call in the name of its principal, sends it, and fills resp with the answer, whatever its status. Errors
	// are *integration.RoleError when there are no credentials to sign with, and those of package http1.
	Do(ctx context.Context, call *Call, resp *message.Response) error
}

// Call is one call of an AWS service.
type Call struct {
	// Partition, Region, Subdomain and Service say which endpoint is called: "aws", "us-east-1", "", "dynamodb".
	Partition, Region, Subdomain, Service string
	Method                                string
	// Path starts with a slash and is percent-encoded as it is to be sent; RawQuery is what follows the question mark.
	Path, RawQuery string
	// Header has every header but Host, Content-Length and those of the signature. A Host among them is what the service
	// sees.
	Header message.Pairs
	// Body is valid until Do returns.
	Body      []byte
	Principal integration.Principal
	// Deadline bounds the whole.
	Deadline time.Time
	// Stream asks for the answer's body as Response.Stream, and StreamIdle bounds the pause between two pieces of it; 0 for
	// no bound.
	Stream     bool
	StreamIdle time.Duration
	// Signed, where it is not nil, is told what is sent just before it is.
	Signed func(url string, header message.Pairs)
}
