package awsservice

import (
	"context"
	"errors"
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// fake is a Services that notes what it is asked.
type fake struct {
	got Call
	err error
}

func (f *fake) Do(_ context.Context, call *Call, resp *message.Response) error {
	f.got = *call
	resp.Status = 200
	return f.err
}

func run(t *testing.T, in *apidef.Integration, services Services) (*message.Exchange, error) {
	t.Helper()
	in.Type = apidef.AWS
	in.Responses = map[string]*apidef.IntegrationResponse{"200": {StatusCode: "200"}}
	b, err := New(&apidef.Method{Integration: in, MethodResponses: map[string]*apidef.MethodResponse{"200": {StatusCode: "200"}}},
		&integration.Environment{APIID: "abc", Variables: map[string]string{"table": "pets"}}, services)
	if err != nil {
		t.Fatal(err)
	}
	x := &message.Exchange{
		Request: &message.Request{Method: "PUT", Body: []byte("{}")}, Response: &message.Response{}, TraceID: "Root=1",
		PathParameters: message.Pairs{{Name: "key", Value: "a%2Fb c"}},
	}
	return x, b.Run(t.Context(), x)
}

// What a uri calls. Sources: API Gateway API reference, Integration, uri; recorded AWS answers for paths, queries and
// targets.
func TestURIs(t *testing.T) {
	tests := []struct {
		uri, method string
		want        string // METHOD subdomain.service path?query
		target      string
		evidence    string
	}{
		{"sqs:path/111111111111/queue", "POST", "POST .sqs /111111111111/queue", "", "recorded AWS answer"},
		{"sqs:path//111111111111/queue", "POST", "POST .sqs /111111111111/queue", "", "recorded AWS answer (Lambda)"},
		{"sqs:path/queue?a=b", "POST", "POST .sqs /queue?a=b", "", "inferred"},
		{"s3:path/pets/{key}", "ANY", "PUT .s3 /pets/a%2Fb%20c", "", "recorded AWS answer"},
		{"pets.s3:path/{key}", "GET", "GET pets.s3 /a%2Fb%20c", "", "API reference"},
		{"s3:action/GetObject&Bucket=pets&Key={key}", "GET", "GET .s3 /pets/a%2Fb%20c", "", "API reference"},
		{"s3:action/ListBuckets", "GET", "GET .s3 /", "", "API reference"},
		{"s3:action/ListObjects&Bucket=pets&prefix=r", "GET", "GET .s3 /pets?prefix=r", "", "API reference"},
		{"dynamodb:action/PutItem", "POST", "POST .dynamodb /?Action=PutItem", "DynamoDB_20120810.PutItem", "recorded AWS answer"},
		{"dynamodb:action/${stageVariables.table}", "POST", "POST .dynamodb /?Action=pets", "DynamoDB_20120810.pets", "developer guide: API Gateway stage variables reference"},
		{"kinesis:action/PutRecords", "POST", "POST .kinesis /?Action=PutRecords", "Kinesis_20131202.PutRecords", "recorded AWS answer"},
		{"states:action/StartExecution", "POST", "POST .states /?Action=StartExecution", "AWSStepFunctions.StartExecution", "recorded AWS answer"},
		{"events:action/PutEvents", "POST", "POST .events /?Action=PutEvents", "", "recorded AWS answer"},
		{"ssm:action/GetParameter", "GET", "GET .ssm /?Action=GetParameter", "", "recorded AWS answer"},
		{"sns:action/Publish&TopicArn=t", "POST", "POST .sns /?Action=Publish&TopicArn=t", "", "API reference"},
	}
	for _, tt := range tests {
		services := &fake{}
		x, err := run(t, &apidef.Integration{
			URI: "arn:aws:apigateway:us-east-1:" + tt.uri, HTTPMethod: tt.method,
			RequestParameters: map[string]string{"integration.request.path.key": "method.request.path.key"},
		}, services)
		if err != nil {
			t.Errorf("%s: %v", tt.uri, err)
			continue
		}
		c := &services.got
		got := c.Method + " " + c.Subdomain + "." + c.Service + " " + c.Path
		if c.RawQuery != "" {
			got += "?" + c.RawQuery
		}
		if target, _ := c.Header.GetFold("X-Amz-Target"); got != tt.want || target != tt.target {
			t.Errorf("%s calls %s with target %q, want %s with %q (%s)", tt.uri, got, target, tt.want, tt.target, tt.evidence)
		}
		if x.Response.Status != 200 || c.Region != "us-east-1" {
			t.Errorf("%s: status %d, region %s", tt.uri, x.Response.Status, c.Region)
		}
	}
}

func TestFailures(t *testing.T) {
	const uri = "arn:aws:apigateway:us-east-1:sqs:path/q"
	tests := []struct {
		name, uri string
		services  Services
		kind, log string
		called    bool
	}{
		{"a timeout", uri, &fake{err: &http1.UpstreamError{Kind: http1.ErrTimeout}}, "INTEGRATION_TIMEOUT", "a timeout error", true},
		{"a timeout while waiting for keys", uri, &fake{err: context.DeadlineExceeded}, "INTEGRATION_TIMEOUT", "a timeout error", true},
		{"a connection that breaks", uri, &fake{err: &http1.UpstreamError{Kind: http1.ErrReset}}, "INTEGRATION_FAILURE", "Connection reset by peer", true},
		{"no role", uri, &fake{err: &integration.RoleError{Role: "r", Err: errors.New("no")}}, "API_CONFIGURATION_ERROR", "permission to assume the provided role r", false},
		{"no ARN", "arn:x", &fake{}, "API_CONFIGURATION_ERROR", "Invalid endpoint address", false},
		{"no services", uri, nil, "API_CONFIGURATION_ERROR", "No AWS service can be called", false},
	}
	for _, tt := range tests {
		x, err := run(t, &apidef.Integration{URI: tt.uri, HTTPMethod: "POST"}, tt.services)
		e, ok := errors.AsType[*gatewayresponse.Error](err)
		if !ok || e.Type() != tt.kind || !strings.Contains(e.Log(), tt.log) || x.Called != tt.called {
			t.Errorf("%s: %v, called %v; want %s with %q, called %v", tt.name, err, x.Called, tt.kind, tt.log, tt.called)
		}
	}
}
