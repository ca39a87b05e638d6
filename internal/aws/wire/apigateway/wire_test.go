package apigateway

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

// TestRefusals reads testdata/*.txtar: a sentence, its source, pairs of request and want. Requests are refused before
// a handler sees them, or by Unimplemented.
func TestRefusals(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sentence, pairs, _ := strings.Cut(string(text), "-- request --\n")
			for pair := range strings.SplitSeq(pairs, "-- request --\n") {
				asked, want, ok := strings.Cut(pair, "-- want --\n")
				if !ok {
					t.Fatalf("a request without want:\n%s", asked)
				}
				got := answerText(serve(t, Unimplemented{}, parseRequest(asked)))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s\n%s(-want +got):\n%s", sentence, asked, diff)
				}
			}
		})
	}
}

// parseRequest reads "METHOD TARGET", header lines, an empty line, the body without its last line end.
func parseRequest(text string) *message.Request {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSuffix(head, "\n"), "\n")
	method, target, _ := strings.Cut(lines[0], " ")
	req := request(method, target, strings.TrimSuffix(body, "\n"))
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	return req
}

// answerText writes an answer in the form of parseRequest, without its request id and content type.
func answerText(resp *message.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", resp.Status)
	for _, pair := range resp.Header {
		if pair.Name != "x-amzn-RequestId" && pair.Name != "Content-Type" {
			fmt.Fprintf(&b, "%s: %s\n", pair.Name, pair.Value)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", resp.Body)
	return b.String()
}

// Answers to the byte.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(*recorder)
		method string
		target string
		want   string
	}{
		{
			name:   "a MOCK integration right after PutIntegration (recorded AWS answer)",
			method: "PUT", target: "/restapis/a/resources/b/methods/GET/integration",
			answer: fillWith(Integration{
				Type: new("MOCK"), PassthroughBehavior: new("WHEN_NO_MATCH"), TimeoutInMillis: new(29000),
				CacheNamespace: new("b"), CacheKeyParameters: []string{},
			}),
			want: "201\n\n" + `{"cacheKeyParameters":[],"cacheNamespace":"b","passthroughBehavior":"WHEN_NO_MATCH",` +
				`"timeoutInMillis":29000,"type":"MOCK"}` + "\n",
		},
		{
			name:   "an empty template is null (recorded AWS answer)",
			method: "GET", target: "/restapis/a/resources/b/methods/GET/integration",
			answer: fillWith(Integration{
				RequestTemplates: map[string]string{"application/json": "", "text/plain": "x"},
				IntegrationResponses: map[string]IntegrationResponse{
					"200": {StatusCode: new("200"), ResponseTemplates: map[string]string{"application/json": ""}},
				},
			}),
			want: "200\n\n" + `{"integrationResponses":{"200":{"responseTemplates":{"application/json":null},` +
				`"statusCode":"200"}},"requestTemplates":{"application/json":null,"text/plain":"x"}}` + "\n",
		},
		{
			name:   "an empty collection is an empty item list; the last page has no position (recorded AWS answer)",
			method: "GET", target: "/restapis",
			answer: fillWith(RestAPIs{Items: []RestAPI{}}),
			want:   "200\n\n" + `{"item":[]}` + "\n",
		},
		{
			name:   "times are whole seconds, tags set to nothing are {} (recorded AWS answer)",
			method: "GET", target: "/restapis/a",
			answer: fillWith(RestAPI{ID: new("a"), CreatedDate: new(wire.Timestamp(1453416433)), Tags: map[string]string{}}),
			want:   "200\n\n" + `{"createdDate":1453416433,"id":"a","tags":{}}` + "\n",
		},
		{
			name:   "doubles keep their point (CLI reference: rateLimit 10000.0)",
			method: "GET", target: "/account",
			answer: fillWith(Account{ThrottleSettings: &ThrottleSettings{BurstLimit: new(5000), RateLimit: new(10000.0)}}),
			want:   "200\n\n" + `{"throttleSettings":{"burstLimit":5000,"rateLimit":10000.0}}` + "\n",
		},
		{
			name:   "usage is a list of pairs under values (API reference, Usage)",
			method: "GET", target: "/usageplans/p/usage?startDate=2026-01-01&endDate=2026-01-02",
			answer: fillWith(Usage{UsagePlanID: new("p"), Items: map[string][][]int64{"k": {{1, 999}, {0, 1000}}}}),
			want:   "200\n\n" + `{"usagePlanId":"p","values":{"k":[[1,999],[0,1000]]}}` + "\n",
		},
		{
			name:   "no more is escaped than JSON demands",
			method: "GET", target: "/restapis/a/models/m",
			answer: fillWith(Model{Schema: new("<a href='x'>&\u2028\t\x01\\\"\xff")}),
			want:   "200\n\n" + `{"schema":"<a href='x'>&` + "\u2028" + `\t\u0001\\\"` + "\uFFFD" + `"}` + "\n",
		},
		{
			name:   "a delete answers without a body",
			method: "DELETE", target: "/restapis/a/",
			want: "202\n\n\n",
		},
		{
			name:   "an export is its bytes",
			method: "GET", target: "/restapis/a/stages/s/exports/swagger",
			answer: fillWith(ExportResponse{
				ContentType: new("application/octet-stream"), Body: []byte("{}"),
				ContentDisposition: new(`attachment; filename="swagger_2026.json"`),
			}),
			want: "200\nContent-Disposition: attachment; filename=\"swagger_2026.json\"\n\n{}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := new(recorder)
			if c.answer != nil {
				c.answer(handler)
			}
			if diff := cmp.Diff(c.want, answerText(serve(t, handler, request(c.method, c.target, `{"type":"MOCK"}`)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// fillWith makes the recorder answer with out.
func fillWith[T any](out T) func(*recorder) {
	return func(r *recorder) { r.fill = func(output any) { *output.(*T) = out } }
}
