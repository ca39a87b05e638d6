package mapping

import (
	"strings"
	"testing"
	"time"

	"postern/internal/gateway/message"
)

// petExchange is POST /prod/pets/a%2Fb%20c with a query, headers, stage variables and ids.
func petExchange(body string) *message.Exchange {
	return &message.Exchange{
		Request: &message.Request{
			Method: "POST", Body: []byte(body), Proto: "HTTP/2.0", Host: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
			Header: message.Pairs{
				{Name: "Accept", Value: "application/json"},
				{Name: "X-One", Value: "first"},
				{Name: "X-One", Value: "last"},
				{Name: "Connection", Value: "keep-alive"},
				{Name: "X-Lines", Value: "a"},
			},
		},
		Response:       &message.Response{},
		PathParameters: message.Pairs{{Name: "petId", Value: "a%2Fb%20c+d"}},
		Query: message.Pairs{
			{Name: "category", Value: "electronics"},
			{Name: "category", Value: "books"},
			{Name: "q", Value: "x y"},
			{Name: "lines", Value: "a\r\nX-Evil: 1"},
			{Name: "empty", Value: ""},
		},
		StageVariables: map[string]string{"table": "pets", "env": "prod"},
		AccountID:      "123456789012", Region: "us-east-1", APIID: "a1b2c3d4e5", Stage: "prod", DeploymentID: "d1e2f3",
		ResourceID: "x7y8z9", ResourcePath: "/pets/{petId}", Path: "/pets/a%2Fb%20c", ContextPath: "/prod/pets/a%2Fb%20c",
		DomainName: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", DomainPrefix: "a1b2c3d4e5",
		RequestID: "5a1b9e2c-7d0f-4c6e-9c7a-0f1e2d3c4b5a", ExtendedRequestID: "JKJaXmPLvHcESHA=",
		Start:    time.Date(2026, 11, 22, 1, 2, 3, 4e6, time.UTC),
		SourceIP: "203.0.113.9", UserAgent: "bench/1.0",
	}
}

// lines shows pairs one a line.
func lines(p message.Pairs) string {
	var b strings.Builder
	for _, pair := range p {
		b.WriteString(pair.Name + "=" + pair.Value + "\n")
	}
	return b.String()
}

// render renders a template as a request template.
func renderRequest(t *testing.T, x *message.Exchange, source string) string {
	t.Helper()
	out, err := CompileTemplate("request template application/json", source).Render(x, x.Request.Body, nil)
	if err != nil {
		t.Fatalf("render %s: %v", source, err)
	}
	return string(out)
}
