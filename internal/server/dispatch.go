package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"postern/internal/aws/wire"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// ServeHTTP1 tells the three kinds of requests apart: Postern's own, an API's stage, an AWS call.
func (s *Server) ServeHTTP1(req *message.Request, resp *message.Response) {
	switch {
	case strings.HasPrefix(req.Path, "/_postern/"):
		s.own(req, resp)
	case s.gateway.Matches(req):
		s.gateway.Serve(req, resp)
	default:
		s.aws(req, resp)
	}
}

// aws answers a call of an AWS service.
func (s *Server) aws(req *message.Request, resp *message.Response) {
	target, ok := wire.TargetOf(req)
	if !ok {
		answer(resp, 404, "UnknownOperationException", "This is neither a call of an AWS service, nor of an API's stage, "+
			"nor one of Postern's own paths; see /_postern/health.")
		return
	}
	service, ok := s.services[target.Service]
	if !ok {
		answer(resp, 501, "NotImplementedException", "Postern does not answer the service "+target.Service+".")
		return
	}
	if call := s.call(target); s.credentials.admit(call, target, req, resp) {
		service.Serve(context.Background(), call, req, resp)
	}
}

// call is who calls, as far as nobody verifies it: an access key of twelve digits names its account, as local AWS tools have it; any other belongs
// to the account of the options.
func (s *Server) call(target wire.Target) *wire.Call {
	call := &wire.Call{
		Account: s.options.Account, Region: target.Region, AccessKeyID: target.AccessKeyID, RequestID: uuid.NewString(),
	}
	if len(target.AccessKeyID) == 12 && digits(target.AccessKeyID) {
		call.Account = target.AccessKeyID
	}
	if call.Region == "" {
		call.Region = s.options.Region
	}
	return call
}

// maxBody is the same for all: a stage's payload quota, which is more than any call of the AWS API needs (a definition
// may have 6 MB).
func (s *Server) maxBody(*message.Request) int64 { return gateway.MaxBody }

// refuse answers what the HTTP engine refused: what is too large for an API's stage as AWS answers it, anything else in
// AWS's error form.
func (s *Server) refuse(req *message.Request, resp *message.Response, why http1.Refusal) {
	tooLarge := why == http1.BodyTooLarge || why == http1.TargetTooLong || why == http1.HeaderTooLarge
	switch {
	case tooLarge && s.gateway.Matches(req):
		s.gateway.Refuse(req, resp, why.Status())
	case why == http1.BodyTooLarge:
		answer(resp, why.Status(), "RequestEntityTooLargeException", "Request body exceeds 10485760 bytes")
	default:
		answer(resp, why.Status(), "BadRequestException", "Postern cannot take this request: "+http.StatusText(why.Status()))
	}
}
