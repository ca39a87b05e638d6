package gateway_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// BenchmarkFirstCall is what the first call of a stage costs: compiling fifty methods with templates.
func BenchmarkFirstCall(b *testing.B) {
	var api strings.Builder
	api.WriteString("methods:\n")
	for i := range 50 {
		fmt.Fprintf(&api, `
  GET /r%d/{id}:
    methodIntegration:
      type: HTTP
      httpMethod: POST
      uri: http://b/x/{id}
      requestParameters: {integration.request.path.id: method.request.path.id}
      requestTemplates: {application/json: '{"id": "$input.params("id")", "body": $input.json("$.a.b"), #foreach($x in $input.path("$.list"))"$x"#if($foreach.hasNext),#end#end}'}
      integrationResponses: {"200": {responseTemplates: {application/json: '{"out": $input.json("$")}'}}, "400": {selectionPattern: '4\d{2}'}}
`, i)
	}
	d := deployed(b, api.String())
	b.ReportAllocs()
	for b.Loop() {
		g := gateway.New(gateway.Options{
			Source: stages{{APIID: "api1", Stage: "prod"}: d}, Backends: gateway.Backends{Transport: &quietUpstream{reply: []byte("{}")}}, Log: slog.New(slog.DiscardHandler),
		})
		resp := &message.Response{}
		g.Serve(&message.Request{Method: "GET", Path: "/prod/r7/1", Host: "api1.execute-api.x"}, resp)
		if resp.Status != 200 {
			b.Fatalf("%d %s", resp.Status, resp.Body)
		}
	}
}
