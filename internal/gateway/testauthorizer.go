package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway/authorize/cognito"
	"postern/internal/gateway/authorize/lambda"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/policy"
	"postern/internal/gateway/route"
)

// AuthorizerTest is one call of TestInvokeAuthorizer. A body is not among it: no authorizer sees one.
type AuthorizerTest struct {
	// Deployed is the API's current definition, deployed or not. Its Stage holds the stage variables of the call.
	Deployed   *apidef.Deployed
	Authorizer *apidef.Authorizer
	// PathWithQueryString is the path to test with; empty means "/".
	PathWithQueryString string
	Header              message.Pairs
	// Context holds values of $context, by the names behind "context.", for identity sources that name them.
	Context map[string]string
}

// AuthorizerTestAnswer is what the authorizer said.
type AuthorizerTestAnswer struct {
	// ClientStatus is 0 for a caller whom the authorizer knows, whatever its policy says; else 401 or 500.
	ClientStatus int
	Log          string
	// PrincipalID and Policy are what a Lambda authorizer said.
	PrincipalID, Policy string
	// Claims are those of a Cognito token.
	Claims message.Pairs
	// Latency is how long the authorizer took.
	Latency time.Duration
}

// What an authorizer sees of the method in a test. Sources: captured execution logs of test invocations.
const (
	testARNStage   = "ESTestInvoke-stage"
	testResourceID = "test-invoke-resource-id"
	testAPIKey     = "test-invoke-api-key"
	testAPIKeyID   = "test-invoke-api-key-id"
)

// TestAuthorizer asks an authorizer about a request, without a deployment and past its cache.
// Sources: API reference, TestInvokeAuthorizer; captured execution logs. That Cognito authorizers take ID tokens only:
// developer guide, "Integrate a REST API with an Amazon Cognito user pool".
func (g *Gateway) TestAuthorizer(ctx context.Context, t *AuthorizerTest) *AuthorizerTestAnswer {
	x := t.exchange()
	answer := &AuthorizerTestAnswer{}
	begin := time.Now()
	var err error
	if t.Authorizer.Type == apidef.CognitoAuthorizer {
		err = g.testPool(ctx, t, x)
		if x.Authorizer != nil {
			answer.Claims = x.Authorizer.Claims
		}
	} else {
		err = g.testFunction(ctx, t, x, answer)
	}
	answer.Latency = time.Since(begin)
	answer.ClientStatus = clientStatus(err)
	answer.Log = observe.TestLog(x.RequestID, x.Trace)
	return answer
}

func clientStatus(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, gatewayresponse.Unauthorized), errors.Is(err, gatewayresponse.TokenExpired):
		return 401
	}
	return 500
}

// exchange is the request as the authorizer sees it.
func (t *AuthorizerTest) exchange() *message.Exchange {
	target := t.PathWithQueryString
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	path, query, _ := strings.Cut(target, "?")
	x := &message.Exchange{
		Request:  &message.Request{Method: "GET", Target: target, Path: path, RawQuery: query, Proto: "HTTP/1.1", Header: t.Header},
		Response: &message.Response{}, Test: true, Trace: &message.Trace{},
		AccountID: t.Deployed.AccountID, Region: t.Deployed.Region, APIID: t.Deployed.Snapshot.RestAPI.ID, Stage: testStage,
		ResourceID: testResourceID, ResourcePath: path, MethodHTTP: "GET", Path: path, ContextPath: path,
		DomainName: testDomainName, DomainPrefix: testDomainPrefix, Query: route.AppendQuery(nil, query),
		StageVariables: t.Deployed.Stage.Variables,
		Identity:       message.Identity{APIKey: testAPIKey, APIKeyID: testAPIKeyID},
	}
	identify(x)
	x.SourceIP = testSourceIP
	return x
}

func (g *Gateway) testFunction(ctx context.Context, t *AuthorizerTest, x *message.Exchange, answer *AuthorizerTestAnswer) error {
	a := lambda.New(lambda.Settings{
		Authorizer: t.Authorizer, AccountID: x.AccountID, Region: x.Region, APIID: x.APIID, Stage: x.Stage, Variables: x.StageVariables,
	}, lambda.Calls{Functions: g.pipeline.backends.Functions, Timeout: g.pipeline.access.AuthorizerTimeout, Now: g.pipeline.access.Now})
	arn := policy.Stage(x.Region, x.AccountID, x.APIID, testARNStage) + "/" + x.Request.Method + x.Path
	result, err := a.Test(ctx, x, arn, t.Context)
	if err == nil {
		answer.PrincipalID, answer.Policy = result.PrincipalID(), result.PolicyDocument()
	}
	return err
}

func (g *Gateway) testPool(ctx context.Context, t *AuthorizerTest, x *message.Exchange) error {
	access := g.pipeline.access
	a := cognito.New(cognito.Settings{Authorizer: t.Authorizer, Variables: x.StageVariables, APIID: x.APIID, Stage: x.Stage},
		cognito.Verifying{Pools: access.UserPools, Leeway: access.TokenLeeway, Now: access.Now})
	_, err := a.Authorize(ctx, x, nil)
	return err
}
