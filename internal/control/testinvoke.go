package control

import (
	"context"
	"maps"
	"slices"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// TestCall is a method as it is defined now, and the request to run it with.
type TestCall struct {
	Deployed            *apidef.Deployed // its Stage holds the stage variables and the client certificate of the call
	Resource            *apidef.Resource
	Method              *apidef.Method
	PathWithQueryString string // empty: the resource's own path template
	Headers             []apidef.Header
	Body                string
}

// TestAnswer is what the method answered.
type TestAnswer struct {
	Status  int
	Headers []apidef.Header
	Body    string
	Log     string
}

// TestInvokeMethod runs a method as it is defined now, deployed or not.
// Source: API Gateway API reference, TestInvokeMethod; recorded AWS answers.
func (c *Control) TestInvokeMethod(ctx context.Context, call *wire.Call, in *apigateway.TestInvokeMethodRequest) (*apigateway.TestInvokeMethodResponse, error) {
	if c.options.TestMethod == nil {
		return nil, awserr.NotImplemented.Errorf("TestInvokeMethod is not available: no gateway runs beside this control plane")
	}
	test, err := view(ctx, c, call, func(r records) (*TestCall, error) { return r.testCall(call, in) })
	if err != nil {
		return nil, err
	}
	begin := c.options.Clock()
	answer := c.options.TestMethod(ctx, test)
	latency := c.options.Clock().Sub(begin) / time.Millisecond
	single, multi := headerViews(answer.Headers)
	return &apigateway.TestInvokeMethodResponse{
		Status: &answer.Status, Body: &answer.Body, Log: &answer.Log, Headers: single, MultiValueHeaders: multi,
		Latency: new(int64(latency)),
	}, nil
}

// testCall reads what a test invocation needs in one consistent state.
func (r records) testCall(call *wire.Call, in *apigateway.TestInvokeMethodRequest) (*TestCall, error) {
	res, m, err := r.methodFor(in.RestAPIID, in.ResourceID, in.HTTPMethod)
	if err != nil {
		return nil, err
	}
	d, err := r.definition(in.RestAPIID)
	if err != nil {
		return nil, err
	}
	var certificate *apidef.ClientCertificate
	if id := value(in.ClientCertificateID); id != "" {
		if certificate, err = r.clientCertificate(id); err != nil {
			return nil, err
		}
	}
	return &TestCall{
		Deployed: &apidef.Deployed{
			AccountID: call.Account, Region: call.Region,
			Stage:    &apidef.Stage{Variables: in.StageVariables, ClientCertificateID: value(in.ClientCertificateID)},
			Snapshot: d.Snapshot("", call.Account, call.Region), ClientCertificate: certificate,
		},
		Resource: res, Method: m,
		PathWithQueryString: value(in.PathWithQueryString),
		Headers:             requestHeaders(in.Headers, in.MultiValueHeaders),
		Body:                value(in.Body),
	}, nil
}

// methodFor finds the method that would take a request with a verb: that verb's own, or the resource's ANY with the verb in
// its place. Recorded AWS answer: TestInvokeMethod of GET where only ANY is.
func (r records) methodFor(api, resource, verb string) (*apidef.Resource, *apidef.Method, error) {
	res, err := r.resource(api, resource)
	if err != nil {
		return nil, nil, err
	}
	if m, ok := res.Methods[verb]; ok {
		return res, m, nil
	}
	m, ok := res.Methods[apidef.AnyMethod]
	if !ok || apidef.CheckHTTPMethod(verb) != nil {
		return nil, nil, apidef.ErrNoMethod
	}
	asked := *m
	asked.HTTPMethod = verb
	return res, &asked, nil
}

// requestHeaders lists the headers of both maps in a stable order; a name that stands in both has all its values.
func requestHeaders(single map[string]string, multi map[string][]string) []apidef.Header {
	var headers []apidef.Header
	for _, name := range slices.Sorted(maps.Keys(multi)) {
		for _, value := range multi[name] {
			headers = append(headers, apidef.Header{Name: name, Value: value})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(single)) {
		if !slices.Contains(multi[name], single[name]) {
			headers = append(headers, apidef.Header{Name: name, Value: single[name]})
		}
	}
	return headers
}

// headerViews are the last value of each header, and all of them.
func headerViews(headers []apidef.Header) (single map[string]string, multi map[string][]string) {
	single, multi = map[string]string{}, map[string][]string{}
	for _, h := range headers {
		single[h.Name] = h.Value
		multi[h.Name] = append(multi[h.Name], h.Value)
	}
	return single, multi
}
