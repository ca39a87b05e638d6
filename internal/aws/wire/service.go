package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

// Protocol is how the calls of one service look on the wire.
type Protocol interface {
	// Serve finds the operation that call.Request addresses, names it in call.Operation, decodes its input, calls its
	// handler and writes the answer into resp. It returns what the decoding or the handler refused; resp is then
	// written again by Fail.
	Serve(ctx context.Context, call *Call, resp *message.Response) error
	// Fail writes the error answer.
	Fail(call *Call, err *awserr.Error, resp *message.Response)
}

// namer is a protocol that can tell which operation a request addresses without serving it.
type namer interface {
	Operation(req *message.Request) string
}

// Service answers the calls of one AWS service. It may be used by many goroutines at once.
type Service struct {
	name     string
	protocol Protocol
	log      *slog.Logger
	// missed are the operations that somebody called and Postern does not have; each is logged once.
	missed missed
}

// NewService gives the service with this name ("apigateway"); the generated packages call it.
func NewService(name string, protocol Protocol, log *slog.Logger) *Service {
	return &Service{name: name, protocol: protocol, log: log}
}

// Name is the service's signing name, "apigateway".
func (s *Service) Name() string { return s.name }

// Operation is AWS's name of the operation that a request addresses; empty when it addresses none.
func (s *Service) Operation(req *message.Request) string {
	if n, ok := s.protocol.(namer); ok {
		return n.Operation(req)
	}
	return ""
}

// Serve answers one call. Whatever goes wrong, resp is complete when it returns: what is not an *awserr.Error, panics
// included, is logged and answered as 500 InternalFailure without its text.
func (s *Service) Serve(ctx context.Context, call *Call, req *message.Request, resp *message.Response) {
	call.Request = req
	defer func() {
		if p := recover(); p != nil {
			s.fail(ctx, call, fmt.Errorf("panic: %v\n%s", p, debug.Stack()), resp)
		}
	}()
	identify(call, resp)
	if err := s.protocol.Serve(ctx, call, resp); err != nil {
		s.fail(ctx, call, err, resp)
	}
}

func (s *Service) fail(ctx context.Context, call *Call, err error, resp *message.Response) {
	refusal, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		s.log.LogAttrs(ctx, slog.LevelError, "operation failed", slog.String("service", s.name),
			slog.String("operation", call.Operation), slog.String("requestId", call.RequestID),
			slog.String("error", err.Error()))
		refusal = awserr.InternalFailure.Errorf("Internal server error")
	}
	if refusal.Code == awserr.NotImplemented && s.missed.first(call.Operation) {
		s.log.LogAttrs(ctx, slog.LevelWarn, "a client calls an operation that Postern does not implement; what it does next depends on the client",
			slog.String("service", s.name), slog.String("operation", call.Operation), slog.String("requestId", call.RequestID))
	}
	s.Refuse(call, refusal, resp)
}

// Refuse answers a call with an error in the form of the service, for callers that are stopped before Serve.
func (s *Service) Refuse(call *Call, err *awserr.Error, resp *message.Response) {
	resp.Reset()
	identify(call, resp)
	s.protocol.Fail(call, err, resp)
}

// identify adds the ids that every answer has.
func identify(call *Call, resp *message.Response) {
	resp.Header.Add("x-amzn-RequestId", call.RequestID)
	if call.ExtendedRequestID != "" {
		resp.Header.Add("x-amz-apigw-id", call.ExtendedRequestID)
	}
}

// Unimplemented is the refusal of an operation that AWS has and Postern does not. Each protocol answers it as AWS
// answers an operation that nobody knows, so that no client retries it.
func Unimplemented(operation string) *awserr.Error {
	return awserr.NotImplemented.Errorf("Postern does not implement %s yet.", operation)
}

// maxMissed bounds how many operations are remembered, and maxOperationName what of their names: a client may call anything.
const (
	maxMissed        = 256
	maxOperationName = 128
)

// missed remembers names.
type missed struct {
	mu    sync.Mutex
	names map[string]bool
}

// first tells whether the name is new.
func (m *missed) first(name string) bool {
	name = strings.Clone(name[:min(len(name), maxOperationName)])
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names[name] || len(m.names) == maxMissed {
		return false
	}
	if m.names == nil {
		m.names = map[string]bool{}
	}
	m.names[name] = true
	return true
}
