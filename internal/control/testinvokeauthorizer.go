package control

import (
	"context"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// AuthorizerCall is an authorizer as it is defined now, and the request to ask it about.
type AuthorizerCall struct {
	Deployed            *apidef.Deployed // its Stage holds the stage variables of the call
	Authorizer          *apidef.Authorizer
	PathWithQueryString string // empty: "/"
	Headers             []apidef.Header
	// Context holds values of $context, by the names behind "context.", for identity sources that name them.
	Context map[string]string
}

// AuthorizerAnswer is what the authorizer said.
type AuthorizerAnswer struct {
	ClientStatus        int // 0: the authorizer knows the caller
	Log                 string
	PrincipalID, Policy string            // of a Lambda authorizer
	Claims              map[string]string // of a Cognito token
	Latency             time.Duration
}

// TestInvokeAuthorizer asks an authorizer about a request, past its cache. The request's body is not looked at: no
// authorizer sees one.
// Source: API Gateway API reference, TestInvokeAuthorizer; captured execution logs.
func (c *Control) TestInvokeAuthorizer(ctx context.Context, call *wire.Call, in *apigateway.TestInvokeAuthorizerRequest) (*apigateway.TestInvokeAuthorizerResponse, error) {
	if c.options.TestAuthorizer == nil {
		return nil, awserr.NotImplemented.Errorf("TestInvokeAuthorizer is not available: no gateway runs beside this control plane")
	}
	test, err := view(ctx, c, call, func(r records) (*AuthorizerCall, error) { return r.authorizerCall(call, in) })
	if err != nil {
		return nil, err
	}
	answer := c.options.TestAuthorizer(ctx, test)
	return &apigateway.TestInvokeAuthorizerResponse{
		ClientStatus: &answer.ClientStatus, Log: &answer.Log, Latency: new(answer.Latency.Milliseconds()),
		PrincipalID: optional(answer.PrincipalID), Policy: optional(answer.Policy), Claims: answer.Claims,
	}, nil
}

// authorizerCall reads what the test of an authorizer needs in one consistent state.
func (r records) authorizerCall(call *wire.Call, in *apigateway.TestInvokeAuthorizerRequest) (*AuthorizerCall, error) {
	a, err := r.authorizer(in.RestAPIID, in.AuthorizerID)
	if err != nil {
		return nil, err
	}
	d, err := r.definition(in.RestAPIID)
	if err != nil {
		return nil, err
	}
	additional := make(map[string]string, len(in.AdditionalContext))
	for name, value := range in.AdditionalContext {
		additional[strings.TrimPrefix(name, "context.")] = value
	}
	return &AuthorizerCall{
		Deployed: &apidef.Deployed{
			AccountID: call.Account, Region: call.Region,
			Stage: &apidef.Stage{Variables: in.StageVariables}, Snapshot: d.Snapshot("", call.Account, call.Region),
		},
		Authorizer:          a,
		PathWithQueryString: value(in.PathWithQueryString),
		Headers:             requestHeaders(in.Headers, in.MultiValueHeaders),
		Context:             additional,
	}, nil
}
