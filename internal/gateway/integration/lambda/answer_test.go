package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// answers is a Functions that answers always the same.
type answers struct {
	result Result
	err    error
	got    Invocation
}

func (a *answers) Invoke(_ context.Context, in *Invocation) (Result, error) {
	a.got = *in
	return a.result, a.err
}

func (a *answers) InvokeStream(context.Context, *Invocation) (*Stream, error) {
	return nil, errors.New("not streaming")
}

const functionURI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:pets/invocations"

func newProxy(t testing.TB, functions Functions, binary ...string) *Proxy {
	t.Helper()
	p, err := NewProxy(&apidef.Method{Integration: &apidef.Integration{Type: apidef.AWSProxy, HTTPMethod: "POST", URI: functionURI}},
		&integration.Environment{APIID: "abc", AccountID: "111111111111", Region: "us-east-1", Binary: binary}, &Options{Functions: functions})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What a function may answer, and what the client gets: status, headers, body; "502" and "500" are early ends.
func TestAnswersOfFunctions(t *testing.T) {
	const bad = "502"
	tests := []struct {
		answer, want, evidence string
	}{
		{`{}`, "200 Content-Type=application/json ", "recorded AWS answer"},
		{`{"statusCode":200}`, "200 Content-Type=application/json ", "recorded AWS answer"},
		{`{"headers":{"h":"v"}}`, "200 h=v Content-Type=application/json ", "recorded AWS answer"},
		{`{"headers":null,"multiValueHeaders":null,"body":null,"isBase64Encoded":null,"statusCode":null}`, "200 Content-Type=application/json ", "recorded AWS answer for headers, the others inferred"},
		{`{"headers":{"test-header":"value","header-bool":true}}`, "200 test-header=value header-bool=true Content-Type=application/json ", "recorded AWS answer"},
		{`{"headers":{"n":1.50,"none":null}}`, "200 n=1.50 Content-Type=application/json ", "inferred"},
		{`{"headers":{"o":{}}}`, bad, "inferred"},
		{`{"headers":{"a b":"v"}}`, bad, "ours: a name that no header can have"},
		{`{"headers":{"a":"v\r\nEvil: 1"}}`, "200 a=v  Evil: 1 Content-Type=application/json ", "ours: a value that would end the header"},
		{`{"statusCode":"201"}`, "201 Content-Type=application/json ", "recorded AWS answer"},
		{`{"statusCode":"test"}`, bad, "recorded AWS answer"},
		{`{"statusCode":201.0}`, "201 Content-Type=application/json ", "inferred"},
		{`{"statusCode":99}`, bad, "inferred"},
		{`{"statusCode":true}`, bad, "inferred"},
		{`{"statusCode":300,"headers":{"Content-Type":"application/xml"},"body":"<a/>"}`, "300 Content-Type=application/xml <a/>", "recorded AWS answer"},
		{`{"statusCode":200,"wrongValue":1}`, bad, "recorded AWS answer"},
		{`{"statusCode":200,"cookies":["a=b"]}`, bad, "captured reply"},
		{`{"statusCode":200,"cookies":null}`, bad, "recorded AWS answer: a member that is none of the five"},
		{`"a string"`, bad, "recorded AWS answer"},
		{`null`, bad, "recorded AWS answer: what is no object"},
		{`[]`, bad, "recorded AWS answer: what is no object"},
		{``, bad, "recorded AWS answer: what is no object"},
		{`{"statusCode":200`, bad, "no JSON"},
		{`{"statusCode":200}}`, bad, "no JSON"},
		{`{"multiValueHeaders":{"test-multi":["value1","value2"]}}`, "200 test-multi=value1 test-multi=value2 Content-Type=application/json ", "recorded AWS answer"},
		{`{"headers":{"test-multi":"value-solo"},"multiValueHeaders":{"tesT-Multi":["value-multi"]}}`, "200 tesT-Multi=value-multi tesT-Multi=value-solo Content-Type=application/json ", "recorded AWS answer"},
		{`{"multiValueHeaders":{"x":"v"}}`, bad, "recorded AWS answer"},
		{`{"headers":[]}`, bad, "inferred"},
		{`{"body":{"a":1}}`, bad, "captured reply"},
		{`{"body":1}`, bad, "captured reply"},
		{`{"isBase64Encoded":"true"}`, bad, "inferred"},
		{`{"body":"a\u00e9\ud83d\ude00\/\n"}`, "200 Content-Type=application/json aé😀/\n", "JSON"},
		{`{"body":"\ud83d!"}`, "200 Content-Type=application/json \uFFFD!", "half a character (inferred)"},
		{`{"body":"first","body":"second"}`, "200 Content-Type=application/json second", "inferred: the last counts"},
		{`{"isBase64Encoded":true,"body":"AQI="}`, "200 Content-Type=application/json AQI=", "recorded AWS answer"},
		{`{"headers":{"date":"d","content-length":"9","Via":"v","TE":"t"}}`, "200 x-amzn-Remapped-date=d x-amzn-Remapped-content-length=9 Content-Type=application/json ", "developer guide: Amazon API Gateway important notes"},
		{"{\"statusCode\":201}\x00\x00\x00\x00\x00\x00\x00\x00the body", "201 Content-Type=application/json ", "developer guide: payload response streaming, a function in the format of streams"},
	}
	for _, tt := range tests {
		x := petExchange()
		err := newProxy(t, &answers{result: Result{Status: 200, Payload: []byte(tt.answer)}}).Run(t.Context(), x)
		if got := shown(x, err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s (%s)", tt.answer, got, tt.want, tt.evidence)
		}
	}
}

// shown is a response in a line: status, headers without the trace id, body; of an early end its status.
func shown(x *message.Exchange, err error) string {
	if e, ok := errors.AsType[*gatewayresponse.Error](err); ok {
		(*gatewayresponse.Responses)(nil).Answer(x, e)
		return string([]byte{'0' + byte(x.Response.Status/100), '0' + byte(x.Response.Status/10%10), '0' + byte(x.Response.Status%10)})
	}
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	text, _ := json.Marshal(x.Response.Status)
	b.Write(text)
	for _, h := range x.Response.Header {
		if h.Name != "X-Amzn-Trace-Id" {
			b.WriteString(" " + h.Name + "=" + h.Value)
		}
	}
	return b.String() + " " + string(x.Response.Body)
}

// Bytes leave only for clients whose first Accept entry is binary. Source: recorded AWS answers (binary responses of
// AWS_PROXY).
func TestBytesInAnswers(t *testing.T) {
	const decoded, kept, failed = "\x01\x02", "AQI=", "500"
	tests := []struct{ binary, accept, body, want string }{
		{"image/png", "image/png", "AQI=", decoded},
		{"image/png", "image/png,image/*", "AQI=", decoded},
		{"image/png", "image/webp,image/png", "AQI=", kept},
		{"image/png", "image/*", "AQI=", kept},
		{"image/png", "*/*", "AQI=", kept},
		{"image/png", "", "AQI=", kept},
		{"application/*", "application/whatever", "AQI=", decoded},
		{"*/test", "random/test", "AQI=", kept},
		{"*/*", "anything", "AQI=", decoded},
		{"image/png", "image/png", "not base64!", failed},
		{"image/png", "image/png", `AQI\u003d`, decoded},
	}
	for _, tt := range tests {
		x := petExchange()
		x.Request.Header = message.Pairs{{Name: "Accept", Value: tt.accept}}
		functions := &answers{result: Result{Status: 200, Payload: []byte(`{"isBase64Encoded":true,"body":"` + tt.body + `"}`)}}
		err := newProxy(t, functions, tt.binary).Run(t.Context(), x)
		got := string(x.Response.Body)
		if err != nil {
			got = shown(x, err)
		}
		if got != tt.want {
			t.Errorf("%s for Accept %q: %q, want %q", tt.binary, tt.accept, got, tt.want)
		}
	}
}

// Answering costs no more memory than the headers that the function sets.
func TestAnswerMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	p := newProxy(t, &answers{})
	x := petExchange()
	payload := []byte(`{"statusCode":200,"headers":{"Content-Type":"application/json"},"body":"{\"name\":\"rex\"}","isBase64Encoded":false}`)
	if n := testing.AllocsPerRun(100, func() {
		x.Response.Reset()
		x.IntegrationResponse.Body = payload
		if err := p.Answer(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("an answer costs %v allocations, want one at most", n)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"statusCode":"201","headers":{"a":true},"multiValueHeaders":{"b":["c",1]},"body":"x\u00e9","isBase64Encoded":true}`,
		`{"body":"\ud83d\ude00"}`, `[1,{"a":[]}]`, "{}\x00", `{"a":1e5,"b":-0.1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, ok := parseContract(text)
		s := scanner{text: text}
		s.value(0)
		if whole := s.err == nil && s.next() == 0 && s.at == len(text); whole != json.Valid(text) && len(text) < maxDepth {
			t.Fatalf("%q is JSON: %v, encoding/json says %v", text, whole, json.Valid(text))
		}
		if !ok {
			return
		}
		list, _ := c.appendHeader(nil)
		for _, h := range list {
			if !isToken(h.Name) || strings.ContainsAny(h.Value, "\r\n\x00") {
				t.Fatalf("%q gives the header %q", text, h)
			}
		}
		if body, err := c.appendBody(nil, false); err == nil && c.body != nil {
			var want string
			if json.Unmarshal(c.body, &want) == nil && want != strings.ToValidUTF8(string(body), "\uFFFD") && json.Valid(c.body) && validText(c.body) {
				t.Fatalf("%s is %q, encoding/json says %q", c.body, body, want)
			}
		}
	})
}

func validText(b []byte) bool { return strings.ToValidUTF8(string(b), "") == string(b) }
