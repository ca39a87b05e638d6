package apidef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Source: developer guide, "Parameter mapping source reference for REST APIs in API Gateway".
func TestParseExpression(t *testing.T) {
	for text, want := range map[string]struct {
		Expression
		Fault
	}{
		"method.request.path.id":                  {Expression{MethodRequest, InPath, "id"}, 0},
		"method.request.querystring.a.b":          {Expression{MethodRequest, InQueryString, "a.b"}, 0},
		"method.request.header.X-Api:Key":         {Expression{MethodRequest, InHeader, "X-Api:Key"}, 0},
		"method.request.multivaluequerystring.q":  {Expression{MethodRequest, InMultiValueQueryString, "q"}, 0},
		"method.request.multivalueheader.q":       {Expression{MethodRequest, InMultiValueHeader, "q"}, 0},
		"method.request.body":                     {Expression{MethodRequest, InBody, ""}, 0},
		"method.request.body.a.b":                 {Expression{MethodRequest, InBody, ".a.b"}, 0},
		"method.request.body[0].price":            {Expression{MethodRequest, InBody, "[0].price"}, 0},
		"method.response.header.X":                {Expression{MethodResponseParam, InHeader, "X"}, 0},
		"integration.request.path.proxy":          {Expression{IntegrationRequest, InPath, "proxy"}, 0},
		"integration.response.header.Location":    {Expression{IntegrationResponseParam, InHeader, "Location"}, 0},
		"integration.response.multivalueheader.X": {Expression{IntegrationResponseParam, InMultiValueHeader, "X"}, 0},
		"integration.response.body.x":             {Expression{IntegrationResponseParam, InBody, ".x"}, 0},
		"gatewayresponse.header.X":                {Expression{GatewayResponseParam, InHeader, "X"}, 0},
		"stageVariables.x":                        {Expression{StageVariable, "", "x"}, 0},
		"context.authorizer.principalId":          {Expression{ContextVariable, "", "authorizer.principalId"}, 0},
		"'static'":                                {Expression{Static, "", "static"}, 0},
		"''":                                      {Expression{Static, "", ""}, 0},
		"'default-src 'self''":                    {Expression{Static, "", "default-src 'self'"}, 0},
		"'":                                       {Expression{}, Malformed},
		"":                                        {Expression{}, Malformed},
		"true":                                    {Expression{}, Malformed}, // recorded AWS answer: PutMethod
		"static":                                  {Expression{}, Malformed},
		"context.":                                {Expression{}, Malformed},
		"stageVariables.a b":                      {Expression{}, Malformed},
		"method.request.cookie.x":                 {Expression{}, Misplaced},
		"method.request.header.":                  {Expression{}, Misplaced},
		"method.request.header":                   {Expression{}, Misplaced},
		"method.request.bodyx":                    {Expression{}, Misplaced},
		"method.request.body.":                    {Expression{}, Misplaced},
		"method.response.body.x":                  {Expression{}, Misplaced},
		"integration.response.querystring.x":      {Expression{}, Misplaced},
		"method.request.querystring.a[]":          {Expression{}, Misnamed},
	} {
		e, fault := ParseExpression(text)
		if diff := cmp.Diff(want.Expression, e); diff != "" || fault != want.Fault {
			t.Errorf("%s: fault %d, want %d\n%s", text, fault, want.Fault, diff)
		}
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{"method.request.body[0].a", "'x'", "context.a", "integration.response.header.X", "method.request.header.a b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, fault := ParseExpression(text)
		if (fault == 0) != (e.Source != 0) {
			t.Fatalf("%q: %+v with fault %d", text, e, fault)
		}
	})
}
