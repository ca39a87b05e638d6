package conformance

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// awsCall is a call that prepares a service, with no more of a signature than the stand-in needs to tell the service.
type awsCall struct{ service, method, path, target, contentType, body string }

func jsonCall(service, target, body string) awsCall {
	return awsCall{service, "POST", "/", target, "application/x-amz-json-1.1", body}
}

func formCall(service, body string) awsCall {
	return awsCall{service, "POST", "/", "", "application/x-www-form-urlencoded", body}
}

const (
	motoAccount = "111111111111"
	motoRole    = "arn:aws:iam::" + motoAccount + ":role/caller"
)

// TestServicesAsMotoHasThem calls services of another project's making (moto), which know nothing of the dialogues. It is
// skipped where moto_server is not installed.
func TestServicesAsMotoHasThem(t *testing.T) {
	endpoint := startMoto(t)
	d := &dialogue{t: t, addr: start(t, endpoint), bound: map[string]any{}}
	form := map[string]string{"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}
	tests := []struct {
		name    string
		prepare []awsCall
		// integration has the members that differ: uri, httpMethod, requestParameters, requestTemplates.
		uri, method string
		parameters  map[string]string
		template    string
		ask, body   string
		want        string
	}{
		{
			name: "S3 keeps an object", prepare: []awsCall{{"s3", "PUT", "/pets", "", "", ""}},
			uri: "s3:path/pets/{key}", method: "ANY", parameters: map[string]string{"integration.request.path.key": "'a b.txt'"},
			ask: "PUT", body: "rex", want: "",
		},
		{
			name: "S3 gives it back", uri: "s3:path/pets/{key}", method: "ANY", parameters: map[string]string{"integration.request.path.key": "'a b.txt'"},
			ask: "GET", want: "rex",
		},
		{
			name: "S3 misses another", uri: "s3:path/pets/{key}", method: "GET", parameters: map[string]string{"integration.request.path.key": "'none'"},
			ask: "GET", want: "NoSuchKey",
		},
		{
			name: "SQS takes a form", prepare: []awsCall{formCall("sqs", "Action=CreateQueue&QueueName=pets")},
			uri: "sqs:path/" + motoAccount + "/pets", parameters: form,
			template: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", ask: "POST", body: `{"a":1}`, want: "MessageId",
		},
		{
			name: "SQS takes JSON", uri: "sqs:path/" + motoAccount + "/pets",
			parameters: map[string]string{"integration.request.header.Content-Type": "'application/x-amz-json-1.0'", "integration.request.header.X-Amz-Target": "'AmazonSQS.ReceiveMessage'"},
			template:   `{"QueueUrl":"` + endpoint + `/` + motoAccount + `/pets"}`, ask: "POST", want: `{\"a\":1}`,
		},
		{
			name: "SNS publishes", prepare: []awsCall{formCall("sns", "Action=CreateTopic&Name=pets")},
			uri:        "sns:action/Publish&TopicArn=arn:aws:sns:us-east-1:" + motoAccount + ":pets",
			parameters: map[string]string{"integration.request.querystring.Message": "'rex'"}, ask: "POST", want: "MessageId",
		},
		{
			name: "DynamoDB puts an item", prepare: []awsCall{jsonCall("dynamodb", "DynamoDB_20120810.CreateTable",
				`{"TableName":"pets","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)},
			uri: "dynamodb:action/PutItem", template: `{"TableName":"pets","Item":{"id":{"S":"$input.path('$.id')"}}}`, ask: "POST", body: `{"id":"rex"}`, want: "{}",
		},
		{name: "DynamoDB scans", uri: "dynamodb:action/Scan", template: `{"TableName":"pets"}`, ask: "POST", want: `"Items": [{"id": {"S": "rex"}}]`},
		{
			name: "Kinesis puts a record", prepare: []awsCall{jsonCall("kinesis", "Kinesis_20131202.CreateStream", `{"StreamName":"pets","ShardCount":1}`)},
			uri: "kinesis:action/PutRecord", template: `{"StreamName":"pets","PartitionKey":"1","Data":"$util.base64Encode($input.body)"}`, ask: "POST", body: "{}", want: "SequenceNumber",
		},
		{
			name: "Step Functions starts an execution", prepare: []awsCall{jsonCall("states", "AWSStepFunctions.CreateStateMachine",
				`{"name":"pets","roleArn":"`+motoRole+`","definition":"{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}"}`)},
			uri: "states:action/StartExecution", ask: "POST", want: "executionArn",
			template: `{"stateMachineArn":"arn:aws:states:us-east-1:` + motoAccount + `:stateMachine:pets","input":"$util.escapeJavaScript($input.json('$'))"}`,
		},
		{
			name: "EventBridge puts events", uri: "events:action/PutEvents",
			parameters: map[string]string{"integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'", "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
			template:   `{"Entries":[{"Source":"pets","DetailType":"t","Detail":"{}"}]}`, ask: "POST", want: `"FailedEntryCount": 0`,
		},
		{
			name: "Systems Manager gets a parameter", prepare: []awsCall{jsonCall("ssm", "AmazonSSM.PutParameter", `{"Name":"/pets","Value":"rex","Type":"String"}`)},
			uri:        "ssm:path/",
			parameters: map[string]string{"integration.request.header.X-Amz-Target": "'AmazonSSM.GetParameter'", "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
			template:   `{"Name":"/pets"}`, ask: "POST", want: `"Value": "rex"`,
		},
	}
	d.play("setup/anymethod.txtar")
	for _, tt := range tests {
		for _, c := range tt.prepare {
			prepare(t, endpoint, c)
		}
		in := map[string]any{
			"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:" + tt.uri, "credentials": motoRole,
			"requestParameters": tt.parameters,
		}
		if tt.method != "" {
			in["httpMethod"] = tt.method
		}
		if tt.template != "" {
			in["requestTemplates"] = map[string]string{"application/json": tt.template}
		}
		d.configure(t, in)
		got := d.ask(tt.ask + " $api:/dev\n\n" + tt.body)
		if got.status != 200 || !strings.Contains(string(got.body), tt.want) {
			t.Errorf("%s: %d %s, want %q in it", tt.name, got.status, got.body, tt.want)
		}
	}
}

// configure puts an integration on the method of setup/anymethod, and deploys it.
func (d *dialogue) configure(t *testing.T, in map[string]any) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	method := "/restapis/$api/resources/$root/methods/ANY/integration"
	for _, request := range []string{
		"PUT " + method + "\n\n" + string(text), "PUT " + method + "/responses/200\n\n{}",
		"POST /restapis/$api/deployments\n\n{\"stageName\": \"dev\"}",
	} {
		if got := d.ask(request); got.status != 201 {
			t.Fatalf("%s: %d %s", request, got.status, got.body)
		}
	}
}

// startMoto runs a moto_server until the test ends.
func startMoto(t *testing.T) (endpoint string) {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil || testing.Short() {
		t.Skip("moto_server is not installed, or the tests are to be short")
	}
	address := closedAddress(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), path, "-H", host, "-p", port)
	command.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+motoAccount)
	command.Stdout, command.Stderr = io.Discard, io.Discard
	if err := command.Start(); err != nil {
		t.Skipf("moto_server does not start: %v", err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	for range 300 {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
			return "http://" + address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Skip("moto_server does not listen")
	return ""
}

func prepare(t *testing.T, endpoint string, c awsCall) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), c.method, endpoint+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/"+c.service+"/aws4_request, SignedHeaders=host, Signature=0")
	for name, value := range map[string]string{"X-Amz-Target": c.target, "Content-Type": c.contentType} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("prepare %s: %d %s", c.service, resp.StatusCode, text)
	}
}
