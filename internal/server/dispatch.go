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
		req.Task.Block()
		s.own(req, resp)
	case s.gateway.Serve(req, resp):
	default:
		req.Task.Block()
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
	if target.Service == "apigateway" && strings.HasPrefix(req.Path, "/v2/") {
		target.Service = "apigatewayv2" // HTTP and WebSocket APIs, whose calls are signed for the same name
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

// call is who calls, as far as nobody verifies it: an access key of twelve digits names its account, as local AWS tools
// have it; one that IAM or STS gave out has its own; any other belongs to the account of the options.
func (s *Server) call(target wire.Target) *wire.Call {
	call := &wire.Call{
		Account: s.options.Account, Region: target.Region, AccessKeyID: target.AccessKeyID, RequestID: uuid.NewString(),
	}
	if target.Service == "apigateway" {
		call.ExtendedRequestID = gateway.ExtendedRequestID()
	}
	if len(target.AccessKeyID) == 12 && digits(target.AccessKeyID) {
		call.Account = target.AccessKeyID
	} else if identity, ok := s.principals.known(context.Background(), target.AccessKeyID); ok {
		call.Account = identity.Account
	}
	if call.Region == "" {
		call.Region = s.options.Region
	}
	return call
}

// maxBody is a stage's payload quota, which is more than any call of the AWS API needs (a definition may have 6 MB), but
// for the archive of a function.
func (s *Server) maxBody(req *message.Request) int64 {
	if s.uploadsFunction(req) {
		return maxFunctionUpload
	}
	return gateway.MaxBody
}

// maxFunctionUpload is an archive of 50 MB as base64 with what is around it, in bytes.
// Source: recorded AWS answer ("Request must be smaller than 69905067 bytes for the CreateFunction operation").
const maxFunctionUpload = 69905067

// uploadsFunction tells whether a request may carry the code of a Lambda function.
func (s *Server) uploadsFunction(req *message.Request) bool {
	if !strings.HasPrefix(req.Path, "/2015-03-31/functions") || s.gateway.Matches(req) {
		return false
	}
	target, ok := wire.TargetOf(req)
	return ok && target.Service == "lambda"
}

// refuse answers what the HTTP engine refused: what is too large for an API's stage as AWS answers it, anything else in
// AWS's error form.
func (s *Server) refuse(req *message.Request, resp *message.Response, why http1.Refusal) {
	tooLarge := why == http1.BodyTooLarge || why == http1.TargetTooLong || why == http1.HeaderTooLarge
	switch {
	case tooLarge && s.gateway.Matches(req):
		s.gateway.Refuse(req, resp, why.Status())
	case why == http1.BodyTooLarge && s.uploadsFunction(req):
		answer(resp, why.Status(), "RequestEntityTooLargeException", "Request must be smaller than 69905067 bytes for the CreateFunction operation")
	case why == http1.BodyTooLarge:
		answer(resp, why.Status(), "RequestEntityTooLargeException", "Request body exceeds 10485760 bytes")
	default:
		answer(resp, why.Status(), "BadRequestException", "Postern cannot take this request: "+http.StatusText(why.Status()))
	}
}
