package lambda

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

// petExchange is GET /stage/proxy-value as an open method on /{proxy+} sees it.
func petExchange() *message.Exchange {
	return &message.Exchange{
		Request: &message.Request{
			Method: "GET", Host: "abc.execute-api.eu-west-1.amazonaws.com",
			Header: message.Pairs{
				{Name: "Accept", Value: "*/*"},
				{Name: "Host", Value: "abc.execute-api.eu-west-1.amazonaws.com"},
				{Name: "User-Agent", Value: "curl/8"},
			},
		},
		Response:  &message.Response{},
		AccountID: "111111111111", Region: "eu-west-1", APIID: "abc", Stage: "stage", DeploymentID: "d1", ResourceID: "r1",
		ResourcePath: "/{proxy+}", Path: "/proxy-value", ContextPath: "/stage/proxy-value",
		DomainName: "abc.execute-api.eu-west-1.amazonaws.com", DomainPrefix: "abc",
		PathParameters: message.Pairs{{Name: "proxy", Value: "proxy-value"}},
		RequestID:      "5a1b9e2c-7d0f-4c6e-9c7a-0f1e2d3c4b5a", ExtendedRequestID: "JKJaXmPLvHcESHA=", TraceID: "Root=1-2-3",
		Start: time.Date(2025, 3, 12, 19, 3, 58, 0, time.UTC), SourceIP: "203.0.113.7", UserAgent: "curl/8",
	}
}

func eventOf(x *message.Exchange, variables map[string]string, binary bool) string {
	e := compileEvent(variables)
	return string(e.append(nil, x, binary))
}

// Source: recorded AWS answers (events of AWS_PROXY integrations); the order of requestContext is that of a recorded
// $context.keySet.
func TestEventOfAnOpenMethod(t *testing.T) {
	const want = `{"resource":"/{proxy+}","path":"/proxy-value","httpMethod":"GET",` +
		`"headers":{"Accept":"*/*","Host":"abc.execute-api.eu-west-1.amazonaws.com","User-Agent":"curl/8","X-Amzn-Trace-Id":"Root=1-2-3",` +
		`"X-Forwarded-For":"203.0.113.7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},` +
		`"multiValueHeaders":{"Accept":["*/*"],"Host":["abc.execute-api.eu-west-1.amazonaws.com"],"User-Agent":["curl/8"],` +
		`"X-Amzn-Trace-Id":["Root=1-2-3"],"X-Forwarded-For":["203.0.113.7"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]},` +
		`"queryStringParameters":null,"multiValueQueryStringParameters":null,"pathParameters":{"proxy":"proxy-value"},"stageVariables":null,` +
		`"requestContext":{"resourceId":"r1","resourcePath":"/{proxy+}","httpMethod":"GET","extendedRequestId":"JKJaXmPLvHcESHA=",` +
		`"requestTime":"12/Mar/2025:19:03:58 +0000","path":"/stage/proxy-value","accountId":"111111111111","protocol":"HTTP/1.1","stage":"stage",` +
		`"domainPrefix":"abc","requestTimeEpoch":1741806238000,"requestId":"5a1b9e2c-7d0f-4c6e-9c7a-0f1e2d3c4b5a",` +
		`"identity":{"cognitoIdentityPoolId":null,"cognitoIdentityId":null,"principalOrgId":null,"cognitoAuthenticationType":null,"userArn":null,` +
		`"userAgent":"curl/8","accountId":null,"caller":null,"sourceIp":"203.0.113.7","accessKey":null,"cognitoAuthenticationProvider":null,"user":null},` +
		`"domainName":"abc.execute-api.eu-west-1.amazonaws.com","deploymentId":"d1","apiId":"abc"},"body":null,"isBase64Encoded":false}`
	if diff := cmp.Diff(want, eventOf(petExchange(), nil, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEventMembers(t *testing.T) {
	tests := []struct {
		name, member, want string
		change             func(x *message.Exchange)
		evidence           string
	}{
		{"repeated query names", "queryStringParameters", `{"price":"30","q":""}`, func(x *message.Exchange) {
			x.Query = message.Pairs{{Name: "price", Value: "10"}, {Name: "q"}, {Name: "price", Value: "30"}}
		}, "recorded AWS answer"},
		{"all values of query names", "multiValueQueryStringParameters", `{"price":["10","30"],"q":[""]}`, func(x *message.Exchange) {
			x.Query = message.Pairs{{Name: "price", Value: "10"}, {Name: "q"}, {Name: "price", Value: "30"}}
		}, "recorded AWS answer"},
		{"query names compare with case", "queryStringParameters", `{"a":"1","A":"2"}`, func(x *message.Exchange) {
			x.Query = message.Pairs{{Name: "a", Value: "1"}, {Name: "A", Value: "2"}}
		}, "developer guide: Amazon API Gateway important notes"},
		{"no path parameters", "pathParameters", `null`, func(x *message.Exchange) { x.PathParameters = nil }, "recorded AWS answer"},
		{"a text body", "body", `"a\"b\n\u0001é"`, func(x *message.Exchange) { x.Request.Body = []byte("a\"b\n\x01é") }, "recorded AWS answer"},
		{"bytes that are no text", "body", "\"caf\uFFFD\"", func(x *message.Exchange) { x.Request.Body = []byte("caf\xe9") }, "developer guide: Content type conversions in API Gateway"},
		{"a canary's request", "requestContext.isCanaryRequest", `true`, func(x *message.Exchange) { x.Canary = "true" }, "observed by an emulator's authors"},
		{"an API key", "requestContext.identity.apiKeyId", `"k1"`, func(x *message.Exchange) { x.Identity.APIKey, x.Identity.APIKeyID = "v", "k1" }, "developer guide: Lambda proxy integrations"},
		{"a VPC endpoint", "requestContext.identity.vpceId", `"vpce-1"`, func(x *message.Exchange) { x.Identity.VPCEID = "vpce-1" }, "developer guide: Lambda proxy integrations"},
		{"a client certificate", "requestContext.identity.clientCert.validity", `{"notBefore":"a","notAfter":"b"}`, func(x *message.Exchange) {
			x.Identity.ClientCert = &message.ClientCert{NotBefore: "a", NotAfter: "b"}
		}, "developer guide: Lambda proxy integrations"},
		{"a Lambda authorizer", "requestContext.authorizer", `{"key":"1","principalId":"me","integrationLatency":7}`, func(x *message.Exchange) {
			x.Authorizer = &message.Authorizer{PrincipalID: "me", Context: message.Pairs{{Name: "key", Value: "1"}}}
			x.Observed.AuthorizerIntegrationLatency = 7 * time.Millisecond
		}, "developer guide: Lambda proxy integrations"},
		{"a Cognito authorizer", "requestContext.authorizer", `{"claims":{"sub":"s"}}`, func(x *message.Exchange) {
			x.Authorizer = &message.Authorizer{Claims: message.Pairs{{Name: "sub", Value: "s"}}}
		}, "developer guide: Lambda proxy integrations"},
		{"no User-Agent", "requestContext.identity.userAgent", `null`, func(x *message.Exchange) { x.UserAgent = "" }, "recorded AWS answer"},
		{"a test invocation without headers", "headers", `null`, func(x *message.Exchange) { x.Test, x.Request.Header = true, nil }, "captured event of a test invocation"},
	}
	for _, tt := range tests {
		x := petExchange()
		tt.change(x)
		text := eventOf(x, nil, false)
		if got := member(t, text, tt.member); got != tt.want {
			t.Errorf("%s: %s is %s, want %s (%s)", tt.name, tt.member, got, tt.want, tt.evidence)
		}
	}
}

// member is what stands at a path of names in JSON text.
func member(t *testing.T, text, path string) string {
	t.Helper()
	for name := range strings.SplitSeq(path, ".") {
		members := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(text), &members); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		text = string(members[name])
	}
	return text
}

func TestEventBodyOfBytes(t *testing.T) {
	x := petExchange()
	x.Request.Body = []byte("\xff\x00")
	text := eventOf(x, nil, true)
	if member(t, text, "body") != `"/wA="` || member(t, text, "isBase64Encoded") != "true" {
		t.Errorf("%s: want the body as Base64 (recorded AWS answer)", text)
	}
}

func TestEventStageVariables(t *testing.T) {
	text := eventOf(petExchange(), map[string]string{"b": "2", "a": "1"}, false)
	if got := member(t, text, "stageVariables"); got != `{"a":"1","b":"2"}` {
		t.Errorf("stageVariables %s", got)
	}
}

// Source: recorded AWS answer (every header of the guide's table sent through AWS_PROXY).
func TestEventHeaders(t *testing.T) {
	passes := []string{
		"Accept", "Accept-Charset", "Accept-Encoding", "Age", "Authorization", "Content-Encoding", "Content-Type", "Date", "Host",
		"Pragma", "Range", "Referer", "User-Agent", "Via", "Warn", "tEsT-HEADeR",
	}
	hidden := []string{
		"Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "Trailer",
		"Transfer-Encoding", "Upgrade", "WWW-Authenticate",
	}
	x := petExchange()
	x.Request.Header = nil
	for _, name := range append(passes, hidden...) {
		x.Request.Header.Add(name, "v")
	}
	var got map[string][]string
	if err := json.Unmarshal([]byte(member(t, eventOf(x, nil, false), "multiValueHeaders")), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range passes {
		if len(got[name]) != 1 {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range hidden {
		if got[name] != nil {
			t.Errorf("%s is there", name)
		}
	}
	for _, name := range []string{"X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"} {
		if len(got[name]) != 1 {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestEventHeaderValues(t *testing.T) {
	tests := []struct {
		name          string
		header        message.Pairs
		member        string
		single, multi string
		evidence      string
	}{
		{"the last value counts", message.Pairs{{Name: "A", Value: "1"}, {Name: "a", Value: "2"}}, "A", `"2"`, `["1","2"]`, "recorded AWS answer; one name in two spellings is inferred"},
		{"a line with commas is one value", message.Pairs{{Name: "A", Value: "1, 2"}}, "A", `"1, 2"`, `["1, 2"]`, "developer guide: Lambda proxy integrations"},
		{"the client's own X-Forwarded-For goes before", message.Pairs{{Name: "x-forwarded-for", Value: "10.0.0.1"}}, "X-Forwarded-For", `"10.0.0.1, 203.0.113.7"`, `["10.0.0.1, 203.0.113.7"]`, "developer guide"},
		{"the client cannot set X-Forwarded-Proto", message.Pairs{{Name: "X-Forwarded-Proto", Value: "gopher"}}, "X-Forwarded-Proto", `"https"`, `["https"]`, "inferred"},
		{"a signature was meant for the gateway", message.Pairs{{Name: "Authorization", Value: "AWS4-HMAC-SHA256 Credential=x"}}, "Authorization", "", "", "developer guide: Amazon API Gateway important notes"},
	}
	for _, tt := range tests {
		x := petExchange()
		x.Request.Header = tt.header
		text := eventOf(x, nil, false)
		if got := member(t, member(t, text, "headers"), tt.member); got != tt.single {
			t.Errorf("%s: headers has %s, want %s (%s)", tt.name, got, tt.single, tt.evidence)
		}
		if got := member(t, member(t, text, "multiValueHeaders"), tt.member); got != tt.multi {
			t.Errorf("%s: multiValueHeaders has %s, want %s (%s)", tt.name, got, tt.multi, tt.evidence)
		}
	}
}

// Many pairs are grouped in another way than few; both must say the same.
func TestManyPairsAreGroupedAsFewAre(t *testing.T) {
	var pairs message.Pairs
	for i := range 200 {
		pairs.Add([]string{"a", "B", "c", "A", "b"}[i%5], string(rune('a'+i%26)))
	}
	for _, same := range []func(a, b string) bool{sameName, message.EqualFold} {
		few := string(appendMulti(nil, pairs[:fewPairs], same))
		groups := grouped(pairs[:fewPairs], same)
		var names []string
		for _, g := range groups {
			names = append(names, g[0].Name)
		}
		many := string(appendMulti(nil, append(pairs[:fewPairs:fewPairs], message.Pair{Name: "a", Value: "z"}), same))
		if want := strings.Replace(few, `],"B"`, `,"z"],"B"`, 1); many != want {
			t.Errorf("%v\n few %s\nmany %s", names, few, many)
		}
	}
}

func TestEventMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	x := petExchange()
	x.Query = message.Pairs{{Name: "price", Value: "10"}, {Name: "price", Value: "20"}}
	x.Request.Body = []byte(`{"name":"rex"}`)
	e := compileEvent(map[string]string{"table": "pets"})
	dst := e.append(nil, x, false)
	if n := testing.AllocsPerRun(100, func() { dst = e.append(dst[:0], x, false) }); n != 0 {
		t.Errorf("an event costs %v allocations, want none", n)
	}
}

func BenchmarkEvent(b *testing.B) {
	x := petExchange()
	x.Request.Body = []byte(strings.Repeat(`{"name":"rex"},`, 70))
	e := compileEvent(nil)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = e.append(dst[:0], x, false)
	}
}
