package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// fetch sends one request to a server and returns status and body.
func fetch(t *testing.T, s *Server, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Addr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

const observedAPI = `{"swagger": "2.0", "info": {"title": "pets"}, "paths": {"/": {"get": {"responses": {"200": {}}, "x-amazon-apigateway-integration":
  {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}, "responses": {"default": {"statusCode": "200"}}}}}}}`

// observed deploys an API to stage dev, patches the stage, and returns the API's id.
func observed(t *testing.T, s *Server, patches string) string {
	t.Helper()
	_, text := fetch(t, s, "POST", "/restapis?mode=import", observedAPI)
	_, rest, ok := strings.Cut(text, `"id":"`)
	if !ok {
		t.Fatal(text)
	}
	api, _, _ := strings.Cut(rest, `"`)
	for _, step := range []struct{ method, path, body string }{
		{"PATCH", "/account", `{"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:aws:iam::000000000000:role/logs"}]}`},
		{"POST", "/restapis/" + api + "/deployments", `{"stageName": "dev"}`},
		{"PATCH", "/restapis/" + api + "/stages/dev", `{"patchOperations": [` + patches + `]}`},
	} {
		if status, text := fetch(t, s, step.method, step.path, step.body); status > 299 {
			t.Fatalf("%s %s: %d %s", step.method, step.path, status, text)
		}
	}
	return api
}

func replace(path, value string) string {
	return fmt.Sprintf(`{"op": "replace", "path": %q, "value": %q}`, path, value)
}

func logsClient(s *Server) *cloudwatchlogs.Client {
	return cloudwatchlogs.New(cloudwatchlogs.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + s.Addr()),
		Credentials: credentials.NewStaticCredentialsProvider("x", "x", ""),
	})
}

func messages(t *testing.T, client *cloudwatchlogs.Client, group string) []string {
	t.Helper()
	var list []string
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group, Limit: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			list = append(list, *e.Message)
		}
	}
	return list
}

// What a stage logs is read with the clients of CloudWatch Logs, and stands in the file of --access-log as well; the file is
// complete when the server has stopped.
func TestStagesLogToCloudWatchAndToAFile(t *testing.T) {
	o := options()
	o.Observe.AccessLog = filepath.Join(t.TempDir(), "access.log")
	s, stop := run(t, o)
	api := observed(t, s, replace("/accessLogSettings/destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:access")+","+
		replace("/accessLogSettings/format", "$context.requestId $context.httpMethod $context.status")+","+
		replace("/*/*/logging/loglevel", "INFO"))
	for _, path := range []string{"", "/none"} {
		fetch(t, s, "GET", "/_aws/execute-api/"+api+"/dev"+path, "")
	}
	s.observing.lines.Flush(t.Context())
	client := logsClient(s)
	access := messages(t, client, "access")
	if len(access) != 2 || !strings.HasSuffix(access[0], " GET 200") || !strings.HasSuffix(access[1], " GET 403") {
		t.Errorf("access log: %q", access)
	}
	execution := messages(t, client, "API-Gateway-Execution-Logs_"+api+"/dev")
	if n := len(execution); n == 0 || !strings.HasSuffix(execution[n-1], ") Method completed with status: 200") {
		t.Errorf("execution log: %q", execution)
	}
	fetch(t, s, "GET", "/_aws/execute-api/"+api+"/dev", "")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(o.Observe.AccessLog)
	if err != nil || strings.Count(string(text), "\n") != 3 || !strings.HasPrefix(string(text), access[0]+"\n"+access[1]+"\n") {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

// Source: developer guide, "Set up CloudWatch logging for REST APIs in API Gateway"; the text is AWS's.
func TestLoggingNeedsTheAccountsRole(t *testing.T) {
	s, _ := run(t, options())
	api := observed(t, s, replace("/*/*/logging/loglevel", "INFO"))
	fetch(t, s, "PATCH", "/account", `{"patchOperations": [`+replace("/cloudwatchRoleArn", "")+`]}`)
	status, text := fetch(t, s, "PATCH", "/restapis/"+api+"/stages/dev", `{"patchOperations": [`+replace("/*/*/logging/loglevel", "ERROR")+`]}`)
	if status != 400 || !strings.Contains(text, "CloudWatch Logs role ARN must be set in account settings to enable logging") {
		t.Errorf("%d %s", status, text)
	}
	fetch(t, s, "GET", "/_aws/execute-api/"+api+"/dev", "")
	s.observing.lines.Flush(t.Context())
	groups, err := logsClient(s).DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	if err != nil || len(groups.LogGroups) != 0 {
		t.Errorf("without the role these groups are written: %v, %v", groups, err)
	}
}

func TestMetricsPage(t *testing.T) {
	s, _ := run(t, options())
	api := observed(t, s, replace("/*/*/metrics/enabled", "true"))
	fetch(t, s, "GET", "/_aws/execute-api/"+api+"/dev", "")
	status, page := fetch(t, s, "GET", "/_postern/metrics", "")
	if status != 200 {
		t.Fatalf("%d %s", status, page)
	}
	for _, want := range []string{
		`aws_apigateway_count_total{ApiName="pets",Stage="dev",account_id="000000000000",region="us-east-1"} 1`,
		`aws_apigateway_method_count_total{ApiName="pets",Method="GET",Resource="/",Stage="dev",account_id="000000000000",region="us-east-1"} 1`,
		"postern_client_connections ", "postern_upstream_connections_idle ", "postern_log_lines_dropped_total 0", "process_cpu_seconds_total ",
	} {
		if !strings.Contains(page, "\n"+want) {
			t.Errorf("no line %s", want)
		}
	}
}

// The operations of CloudWatch Logs, by AWS's own client.
func TestCloudWatchLogsByTheSDK(t *testing.T) {
	s, _ := run(t, options())
	client, ctx := logsClient(s), t.Context()
	group, stream := aws.String("/app/one"), aws.String("s")
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group, Tags: map[string]string{"a": "1"}}))
	must(client.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}))
	must(client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: group, RetentionInDays: aws.Int32(7)}))
	now := time.Now().UnixMilli()
	must(client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: []types.InputLogEvent{
		{Timestamp: aws.Int64(now), Message: aws.String(`{"level":"info"}`)}, {Timestamp: aws.Int64(now + 1), Message: aws.String(`{"level":"error"}`)},
	}}))
	found, err := client.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: group, FilterPattern: aws.String(`{ $.level = "error" }`)})
	must(nil, err)
	if len(found.Events) != 1 || *found.Events[0].Message != `{"level":"error"}` {
		t.Errorf("found %v", found.Events)
	}
	got, err := client.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{LogGroupName: group, LogStreamName: stream, StartFromHead: aws.Bool(true)})
	must(nil, err)
	if len(got.Events) != 2 || got.NextForwardToken == nil || got.NextBackwardToken == nil {
		t.Errorf("got %v", got)
	}
	tags, err := client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:logs:us-east-1:000000000000:log-group:/app/one")})
	must(nil, err)
	if tags.Tags["a"] != "1" {
		t.Errorf("tags %v", tags.Tags)
	}
	groups, err := client.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	must(nil, err)
	if len(groups.LogGroups) != 1 || *groups.LogGroups[0].RetentionInDays != 7 {
		t.Errorf("groups %v", groups.LogGroups)
	}
	must(client.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: group}))
	var missing *types.ResourceNotFoundException
	_, err = client.DescribeLogStreams(ctx, &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: group})
	if !errors.As(err, &missing) || missing.ErrorMessage() != "The specified log group does not exist." {
		t.Errorf("after it was deleted: %v", err)
	}
}

// Source: developer guide, "Log REST API calls to Amazon Data Firehose in API Gateway"; Firehose API reference, PutRecordBatch.
func TestStagesLogToFirehose(t *testing.T) {
	got := make(chan string, 1)
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.Header.Get("X-Amz-Target") + " " + string(body)
		fmt.Fprint(w, `{"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"}]}`)
	}))
	defer aws.Close()
	o := options()
	o.AWSEndpoints = []string{"firehose=" + aws.URL}
	s, _ := run(t, o)
	api := observed(t, s, replace("/accessLogSettings/destinationArn", "arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x")+","+
		replace("/accessLogSettings/format", "$context.status"+strings.Repeat(" ", 3)+"$context.requestId"))
	fetch(t, s, "GET", "/_aws/execute-api/"+api+"/dev", "")
	s.observing.lines.Flush(t.Context())
	request := <-got
	target, body, _ := strings.Cut(request, " ")
	var batch firehoseBatch
	if err := json.Unmarshal([]byte(body), &batch); err != nil {
		t.Fatal(err)
	}
	if target != "Firehose_20150804.PutRecordBatch" || batch.DeliveryStreamName != "amazon-apigateway-x" ||
		len(batch.Records) != 1 || !strings.HasPrefix(string(batch.Records[0].Data), "200   ") || s.observing.lines.Dropped() != 0 {
		t.Errorf("%s\n%d lines dropped", request, s.observing.lines.Dropped())
	}
}
