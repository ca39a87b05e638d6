package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

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

// Service answers the calls of one AWS service. It may be used by many goroutines at once.
type Service struct {
	name     string
	protocol Protocol
	log      *slog.Logger
}

// NewService gives the service with this name ("apigateway"); the generated packages call it.
func NewService(name string, protocol Protocol, log *slog.Logger) *Service {
	return &Service{name: name, protocol: protocol, log: log}
}

// Name is the service's signing name, "apigateway".
func (s *Service) Name() string { return s.name }

// Serve answers one call. Whatever goes wrong, resp is complete when it returns: what is not an *awserr.Error, panics
// included, is logged and answered as 500 InternalFailure without its text.
func (s *Service) Serve(ctx context.Context, call *Call, req *message.Request, resp *message.Response) {
	call.Request = req
	defer func() {
		if p := recover(); p != nil {
			s.fail(ctx, call, fmt.Errorf("panic: %v\n%s", p, debug.Stack()), resp)
		}
	}()
	resp.Header.Add("x-amzn-RequestId", call.RequestID)
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
	resp.Reset()
	resp.Header.Add("x-amzn-RequestId", call.RequestID)
	s.protocol.Fail(call, refusal, resp)
}
