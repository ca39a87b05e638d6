package logs

import (
	"context"
	"log/slog"
	"testing"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

type group struct{ Unimplemented }

func (group) CreateLogGroup(context.Context, *wire.Call, *CreateLogGroupRequest) error { return nil }

func (group) DescribeLogGroups(context.Context, *wire.Call, *DescribeLogGroupsRequest) (*DescribeLogGroupsResponse, error) {
	return &DescribeLogGroupsResponse{LogGroups: []LogGroup{{LogGroupName: new("g"), CreationTime: new(int64(1))}}}, nil
}

func (group) DeleteLogGroup(context.Context, *wire.Call, *DeleteLogGroupRequest) error {
	return ResourceNotFoundException.Errorf("The specified log group does not exist.")
}

// Source: recorded AWS answers of CloudWatch Logs.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, target, body string
		status             int
		want               string
	}{
		{"no output, no body", "Logs_20140328.CreateLogGroup", `{"logGroupName":"g"}`, 200, ""},
		{"an output", "Logs_20140328.DescribeLogGroups", `{}`, 200, `{"logGroups":[{"creationTime":1,"logGroupName":"g"}]}`},
		{"an empty body", "Logs_20140328.DescribeLogGroups", ``, 200, `{"logGroups":[{"creationTime":1,"logGroupName":"g"}]}`},
		{
			"an error", "Logs_20140328.DeleteLogGroup", `{"logGroupName":"g"}`, 400,
			`{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}`,
		},
		{
			"a violation has the service's own code", "Logs_20140328.CreateLogGroup", `{"logGroupName":"a*"}`, 400,
			`{"__type":"InvalidParameterException","message":"1 validation error detected: Value 'a*' at 'logGroupName' failed to satisfy constraint: ` +
				`Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"}`,
		},
		{
			"no JSON", "Logs_20140328.CreateLogGroup", `{`, 400,
			`{"__type":"SerializationException","message":"Malformed JSON at line 1, column 2: expected a member's name"}`,
		},
		{
			"an operation that is not there", "Logs_20140328.StartQuery", `{}`, 400,
			`{"__type":"UnknownOperationException","message":"Postern does not implement StartQuery yet."}`,
		},
		{
			"an operation of the model that the handler does not have", "Logs_20140328.PutLogEvents",
			`{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}`, 400,
			`{"__type":"UnknownOperationException","message":"Postern does not implement PutLogEvents yet."}`,
		},
		{
			"another service's target", "CertificateManager.ListCertificates", `{}`, 400,
			`{"__type":"UnknownOperationException","message":"The header X-Amz-Target must be Logs_20140328. followed by an operation, not \"CertificateManager.ListCertificates\""}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := &message.Request{Method: "POST", Path: "/", Body: []byte(c.body), Header: message.Pairs{{Name: "X-Amz-Target", Value: c.target}}}
			resp := new(message.Response)
			NewService(group{}, slog.New(slog.DiscardHandler)).Serve(t.Context(), &wire.Call{RequestID: "id"}, req, resp)
			if string(resp.Body) != c.want || resp.Status != c.status {
				t.Errorf("%d\n%s\nwant %d\n%s", resp.Status, resp.Body, c.status, c.want)
			}
			if contentType, _ := resp.Header.GetFold("Content-Type"); contentType != "application/x-amz-json-1.1" {
				t.Error(contentType)
			}
		})
	}
}
