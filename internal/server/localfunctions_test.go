package server

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/uuid"

	"postern/internal/aws/wire/lambda"
)

// The execution log names the request id of an invocation that Lambda refused. Source: captured log (429).
func TestARefusalHasARequestID(t *testing.T) {
	result, err := refusedResult(lambda.TooManyRequestsException.Errorf("Rate Exceeded."))
	if err != nil || result.Status != 429 || string(result.Payload) != `{"message":"Rate Exceeded."}` {
		t.Errorf("%d %s, %v", result.Status, result.Payload, err)
	}
	if _, err := uuid.Parse(result.RequestID); err != nil {
		t.Errorf("the request id: %v", err)
	}
}

// Where somebody said where all services are, a function that runs here goes on to run here; any other is called there, and
// so is every function once Lambda's own place was said.
func TestFunctionsHereAndElsewhere(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"statusCode": 200, "body": "elsewhere"}`)
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		endpoint string
		want     map[string]string
	}{
		{elsewhere.URL, map[string]string{"mine": "here", "other": "elsewhere"}},
		{"lambda=" + elsewhere.URL, map[string]string{"mine": "elsewhere", "other": "elsewhere"}},
		{"sqs=" + elsewhere.URL, map[string]string{"mine": "here", "other": `{"message": "Internal server error"}`}},
	} {
		t.Run(c.endpoint[:4], func(t *testing.T) {
			o := options()
			o.AWSEndpoints = []string{c.endpoint}
			s, _ := run(t, o)
			createFunction(t, s, "mine", "def handler(event, context):\n    return {'statusCode': 200, 'body': 'here'}\n")
			for name, want := range c.want {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, deployFunction(t, s, name), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, body, _ := do(t, req); body != want {
					t.Errorf("the function %s answers %q, want %q", name, body, want)
				}
			}
		})
	}
}

func createFunction(t *testing.T, s *Server, name, code string) {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("index.py")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, code); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	call(t, s, "POST", "/2015-03-31/functions", fmt.Sprintf(`{"FunctionName": %q, "Runtime": "python3.13", "Handler": "index.handler",
		"Role": "arn:aws:iam::000000000000:role/r", "Code": {"ZipFile": %q}}`, name, base64.StdEncoding.EncodeToString(archive.Bytes())))
	call(t, s, "POST", "/2015-03-31/functions/"+name+"/policy", `{"StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}`)
}

func deployFunction(t *testing.T, s *Server, name string) string {
	t.Helper()
	definition := strings.ReplaceAll(`{"swagger": "2.0", "info": {"title": "f", "version": "1"}, "paths": {"/": {"get": {
		"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST",
			"uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:NAME/invocations"}}}}}`, "NAME", name)
	return "http://" + s.Addr() + "/_aws/execute-api/" + field(t, deployDefinition(t, s, definition), "id") + "/dev"
}
