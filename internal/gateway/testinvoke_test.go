package gateway_test

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// Source: recorded AWS answers (TestInvokeMethod, failed TestInvokeMethod), cases 100 to 102; the last from captured
// replies.
func TestTestInvocations(t *testing.T) {
	const mock = `
methods:
  GET /pets/{petId}:
    authorizationType: AWS_IAM
    methodIntegration:
      type: MOCK
      requestTemplates: {application/json: '{"statusCode": 200}'}
      integrationResponses: {"200": {responseTemplates: {application/json: '{"petId": "$input.params("petId")", "q": "$input.params("q")", "stage": "$context.stage"}'}}}
`
	const proxied = `
methods:
  GET /pets/{petId}: {methodIntegration: {type: HTTP_PROXY, httpMethod: GET, uri: "http://"}}
`
	tests := []struct {
		name, api, path string
		status          int
		header          message.Pairs
		body            string
		log             []string
	}{
		{
			"without a path", mock, "", 200,
			message.Pairs{{Name: "Content-Type", Value: "application/json"}},
			`{"petId": "{petId}", "q": "", "stage": "test-invoke-stage"}`,
			[]string{"HTTP Method: GET, Resource Path: /pets/{petId}", "Method request path: {petId={petId}}", "Successfully completed execution", "Method completed with status: 200"},
		},
		{
			"with a path", mock, "/pets/7?q=1", 200,
			message.Pairs{{Name: "Content-Type", Value: "application/json"}},
			`{"petId": "7", "q": "1", "stage": "test-invoke-stage"}`,
			[]string{"HTTP Method: GET, Resource Path: /pets/7", "Method request path: {petId=7}", "Method request query string: {q=1}"},
		},
		{
			"with a path that does not fit", mock, "/random/test", 200,
			message.Pairs{{Name: "Content-Type", Value: "application/json"}},
			`{"petId": "", "q": "", "stage": "test-invoke-stage"}`,
			[]string{"HTTP Method: GET, Resource Path: /random/test", "Method request path: {}"},
		},
		{
			"failing", proxied, "", 500,
			message.Pairs{{Name: "x-amzn-ErrorType", Value: "InternalServerErrorException"}},
			`{"message": "Internal server error"}`,
			[]string{"Execution failed due to configuration error: Invalid endpoint address", "Method completed with status: 500"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := gateway.New(gateway.Options{Source: stages{}, Backends: gateway.Backends{Transport: &quietUpstream{}}, Log: slog.New(slog.DiscardHandler)})
			d := deployed(t, tt.api)
			resource := d.Snapshot.Resources[0]
			resp := &message.Response{}
			log := g.Test(t.Context(), &gateway.TestInvocation{
				Deployed: d, Resource: resource, Method: resource.Methods["GET"], PathWithQueryString: tt.path,
			}, resp)
			if resp.Status != tt.status || string(resp.Body) != tt.body {
				t.Errorf("%d %s, want %d %s", resp.Status, resp.Body, tt.status, tt.body)
			}
			if diff := cmp.Diff(tt.header, resp.Header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			checkTestLog(t, log, tt.log)
		})
	}
}

// Source: developer guide, "Set up basic request validation in API Gateway"; case 31.
func TestATestInvocationValidatesItsBody(t *testing.T) {
	g := gateway.New(gateway.Options{Source: stages{}, Backends: gateway.Backends{Transport: &quietUpstream{}}, Log: slog.New(slog.DiscardHandler)})
	d := deployed(t, `
requestValidators: [{id: v, validateRequestBody: true}]
models: {Price: {type: object, properties: {price: {type: number, maximum: 500}}}}
methods:
  POST /: {requestValidatorId: v, requestModels: {application/json: Price}, methodIntegration: {type: HTTP_PROXY, httpMethod: POST, uri: "http://b/"}}
`)
	resource := d.Snapshot.Resources[0]
	resp := &message.Response{}
	log := g.Test(t.Context(), &gateway.TestInvocation{
		Deployed: d, Resource: resource, Method: resource.Methods["POST"], Body: []byte(`{"price": 4000}`),
		Header: message.Pairs{{Name: "Content-Type", Value: "text/plain"}}, // always taken as application/json
	}, resp)
	if resp.Status != 400 || string(resp.Body) != `{"message": "Invalid request body"}` {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	checkTestLog(t, log, []string{
		"Request body does not match model schema for content type application/json: " +
			"[numeric instance is greater than the required maximum (maximum: 500, found: 4000)]",
		"Method completed with status: 400",
	})
}

var datedLine = regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4} : `)

func checkTestLog(t *testing.T, log string, want []string) {
	t.Helper()
	all := strings.Split(log, "\n")
	if !strings.HasPrefix(all[0], "Execution log for request ") || all[len(all)-1] != "" {
		t.Errorf("log starts with %q and ends with %q", all[0], all[len(all)-1])
	}
	for _, line := range all[1 : len(all)-1] {
		if !datedLine.MatchString(line) {
			t.Errorf("line without a date: %s", line)
		}
	}
	for _, line := range want {
		if !strings.Contains(log, " : "+line+"\n") {
			t.Errorf("no line %q in\n%s", line, log)
		}
	}
}
