package server

import (
	"context"

	"postern/internal/control"
	"postern/internal/gateway"
)

// testAuthorizer runs a test of an authorizer for the control plane on the data plane.
func (s *Server) testAuthorizer(ctx context.Context, test *control.AuthorizerCall) *control.AuthorizerAnswer {
	call := &gateway.AuthorizerTest{
		Deployed: test.Deployed, Authorizer: test.Authorizer, PathWithQueryString: test.PathWithQueryString, Context: test.Context,
	}
	for _, h := range test.Headers {
		call.Header.Add(h.Name, h.Value)
	}
	got := s.gateway.TestAuthorizer(ctx, call)
	answer := &control.AuthorizerAnswer{
		ClientStatus: got.ClientStatus, Log: got.Log, PrincipalID: got.PrincipalID, Policy: got.Policy, Latency: got.Latency,
	}
	if len(got.Claims) > 0 {
		answer.Claims = make(map[string]string, len(got.Claims))
		for _, claim := range got.Claims {
			answer.Claims[claim.Name] = claim.Value
		}
	}
	return answer
}
