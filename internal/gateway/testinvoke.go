package gateway

import (
	"context"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
	"postern/internal/gateway/route"
	"postern/internal/gateway/validate"
)

// TestInvocation is one call of TestInvokeMethod.
type TestInvocation struct {
	// Deployed is the API's current definition, deployed or not. Its Stage holds the stage variables of the call.
	Deployed *apidef.Deployed
	// Resource and Method are what is called.
	Resource *apidef.Resource
	Method   *apidef.Method
	// PathWithQueryString is the path to call it with; empty means the resource's own template.
	PathWithQueryString string
	Header              message.Pairs
	Body                []byte
}

// What a method sees of the stage and the caller in a test invocation. Sources: developer guide, "Use the API Gateway
// console to test a REST API method"; captured proxy events of test invocations.
const (
	testStage        = "test-invoke-stage"
	testSourceIP     = "test-invoke-source-ip"
	testDomainName   = "testPrefix.testDomainName"
	testDomainPrefix = "testPrefix"
)

// Test runs a method as it is defined now, without a deployment, authorization, API key, throttle, cache or binary
// handling, and returns the execution log in the form of TestInvokeMethod. A failure of the method is an answer like any
// other: a status, with x-amzn-ErrorType as its only header.
// Source: recorded AWS answers (TestInvokeMethod, failed TestInvokeMethod).
func (g *Gateway) Test(ctx context.Context, t *TestInvocation, resp *message.Response) (log string) {
	target := t.PathWithQueryString
	if target == "" {
		target = t.Resource.Path
	}
	path, query, _ := strings.Cut(target, "?")
	verb := t.Method.HTTPMethod
	if verb == route.Any {
		verb = "GET"
	}
	x := &message.Exchange{
		Request: &message.Request{
			Method: verb, Target: target, Path: path, RawQuery: query, Proto: "HTTP/1.1", Header: t.Header, Body: t.Body,
		},
		Response: resp, Test: true, Trace: &message.Trace{},
		AccountID: t.Deployed.AccountID, Region: t.Deployed.Region, APIID: t.Deployed.Snapshot.RestAPI.ID, Stage: testStage,
		ResourceID: t.Resource.ID, ResourcePath: t.Resource.Path, MethodHTTP: t.Method.HTTPMethod,
		Path: path, ContextPath: path, DomainName: testDomainName, DomainPrefix: testDomainPrefix,
		Query: route.AppendQuery(nil, query), PathParameters: testParameters(t.Resource.Path, path),
		StageVariables: t.Deployed.Stage.Variables,
	}
	identify(x)
	x.SourceIP = testSourceIP
	x.Identity.APIKey, x.Identity.APIKeyID = testAPIKey, testAPIKeyID
	g.test(ctx, t, x)
	return observe.TestLog(x.RequestID, x.Trace)
}

func (g *Gateway) test(ctx context.Context, t *TestInvocation, x *message.Exchange) {
	steps := g.pipeline.execution(&program.Definition{
		Stage: t.Deployed.Stage, Snapshot: t.Deployed.Snapshot, Resource: t.Resource, Method: t.Method,
		Environment: &integration.Environment{
			AccountID: x.AccountID, Region: x.Region, APIID: x.APIID, Variables: x.StageVariables,
			ClientCertificateID: t.Deployed.Stage.ClientCertificateID, ClientCertificate: t.Deployed.ClientCertificate,
		},
		Models: validate.NewModels(t.Deployed.Snapshot.Models),
	}, nil)
	err := run(ctx, steps, x)
	if err == nil {
		return
	}
	g.fail(x, gatewayresponse.Compile(t.Deployed.Snapshot.GatewayResponses), err)
	errorType, _ := x.Response.Header.GetFold("x-amzn-ErrorType")
	x.Response.Header.Reset()
	x.Response.Header.Add("x-amzn-ErrorType", errorType)
}

// testParameters are the path parameters of a path that fits the resource, and none otherwise: a path that does not fit
// is called all the same.
func testParameters(resource, path string) message.Pairs {
	var params message.Pairs
	tree, err := route.New([]route.Entry[struct{}]{{Path: resource, Method: route.Any}})
	if err != nil {
		return nil
	}
	tree.Find("GET", path, &params)
	return params
}
