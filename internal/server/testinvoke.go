package server

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/control"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// testMethod runs a test invocation of the control plane on the data plane.
func (s *Server) testMethod(ctx context.Context, test *control.TestCall) *control.TestAnswer {
	invocation := &gateway.TestInvocation{
		Deployed: test.Deployed, Resource: test.Resource, Method: test.Method,
		PathWithQueryString: test.PathWithQueryString, Body: []byte(test.Body),
	}
	for _, h := range test.Headers {
		invocation.Header.Add(h.Name, h.Value)
	}
	var resp message.Response
	log := s.gateway.Test(ctx, invocation, &resp)
	answer := &control.TestAnswer{Status: resp.Status, Body: string(resp.Body), Log: log}
	for _, h := range resp.Header {
		answer.Headers = append(answer.Headers, apidef.Header{Name: h.Name, Value: h.Value})
	}
	return answer
}
