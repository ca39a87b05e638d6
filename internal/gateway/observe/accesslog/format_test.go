package accesslog_test

import (
	"crypto/tls"
	"slices"
	"testing"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe/accesslog"
	"postern/java"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// exchange is one that filled in everything there is.
func exchange() *message.Exchange {
	x := &message.Exchange{
		Request: &message.Request{
			Method: "GET", Proto: "HTTP/2.0",
			TLS: &tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		},
		Response:  &message.Response{Status: 200},
		AccountID: "123456789012", APIID: "a1", Stage: "prod", DeploymentID: "d1", ResourceID: "r1", ResourcePath: "/pets/{id}",
		ContextPath: "/prod/pets/7", DomainName: "a1.execute-api.us-east-1.amazonaws.com", DomainPrefix: "a1",
		RequestID: "11111111-2222-4333-8444-555555555555", ExtendedRequestID: "Vwc2MGFUrPEFV_g=", Start: start,
		SourceIP: "203.0.113.7", UserAgent: `say "hi" \o/`, Canary: "true",
		TraceID:              "Self=1-1-1;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
		AWSEndpointRequestID: "aws-1",
		Identity:             message.Identity{Caller: "AIDA", User: "me\nyou", APIKeyID: "k1"},
		Authorizer: &message.Authorizer{
			PrincipalID: "user|1", Context: message.Pairs{{Name: "tenant", Value: "t1"}, {Name: "status", Value: "own"}},
			Claims: message.Pairs{{Name: "custom:role", Value: "admin"}},
		},
		Error: &message.Error{
			ResponseType: "THROTTLED", Message: `Too "many"`, MessageString: `"Too \"many\""`, ValidationErrorString: `[a ("b")]`,
		},
		RequestOverride: &java.Map{}, ResponseOverride: &java.Map{},
	}
	headers := &java.Map{}
	headers.Put("X-Own", "1")
	x.RequestOverride.Put("header", headers)
	x.ResponseOverride.Put("status", int32(201))
	x.Observed = message.Observed{
		CallStart: start.Add(2 * time.Millisecond), CallEnd: start.Add(33 * time.Millisecond),
		IntegrationStatus: 200, Function: true, FunctionStatus: 404, IntegrationError: "it broke",
		WAF:                 message.Phase{Status: 200, Latency: time.Millisecond},
		Authenticate:        message.Phase{Status: 403, Error: "no token"},
		Authorizer:          message.Phase{Status: 200, Latency: 7 * time.Millisecond},
		AuthorizerRequestID: "auth-1", AuthorizerIntegrationStatus: 200, AuthorizerIntegrationLatency: 6 * time.Millisecond,
		WAFResponseCode: "WAF_ALLOW", WebACLARN: "arn:acl", BasePathMatched: "(none)", RoutingRuleID: "rule-1",
		End: start.Add(40 * time.Millisecond), ResponseLength: 31,
	}
	return x
}

// Sources: developer guide, "Variables for access logging for API Gateway"; captured access logs for "-", for
// messageString and for escapes.
func TestVariables(t *testing.T) {
	x := exchange()
	stage := accesslog.Stage{EndpointType: "REGIONAL", Tracing: true}
	for _, c := range []struct{ name, want string }{
		{"requestId", "11111111-2222-4333-8444-555555555555"},
		{"extendedRequestId", "Vwc2MGFUrPEFV_g="},
		{"httpMethod", "GET"},
		{"path", "/prod/pets/7"},
		{"resourcePath", "/pets/{id}"},
		{"resourceId", "r1"},
		{"protocol", "HTTP/1.1"},
		{"requestTime", "01/Mar/2026:12:00:00 +0000"},
		{"requestTimeEpoch", "1772366400250"},
		{"stage", "prod"},
		{"apiId", "a1"},
		{"accountId", "123456789012"},
		{"deploymentId", "d1"},
		{"domainName", "a1.execute-api.us-east-1.amazonaws.com"},
		{"domainPrefix", "a1"},
		{"endpointType", "REGIONAL"},
		{"isCanaryRequest", "true"},
		{"tlsVersion", "TLSv1.2"},
		{"cipherSuite", "ECDHE-RSA-AES128-GCM-SHA256"},
		{"xrayTraceId", "1-5759e988-bd862e3fe1be46a994272793"},
		{"customDomain.basePathMatched", "(none)"},
		{"customDomain.routingRuleIdMatched", "rule-1"},
		{"status", "200"},
		{"responseLength", "31"},
		{"responseLatency", "40"},
		{"requestOverride.header.X-Own", "1"},
		{"requestOverride.path.id", "-"},
		{"responseOverride.status", "201"},
		{"responseOverride.header.X", "-"},
		{"error.message", `Too \"many\"`},
		{"error.messageString", `"Too \"many\""`},
		{"error.responseType", "THROTTLED"},
		{"error.validationErrorString", `[a (\"b\")]`},
		{"identity.caller", "AIDA"},
		{"identity.user", `me\nyou`},
		{"identity.userAgent", `say \"hi\" \\o/`},
		{"identity.sourceIp", "203.0.113.7"},
		{"identity.apiKeyId", "k1"},
		{"identity.vpcId", "-"},
		{"identity.clientCert.subjectDN", "-"},
		{"waf.status", "200"},
		{"waf.latency", "1"},
		{"waf.error", "-"},
		{"wafResponseCode", "WAF_ALLOW"},
		{"webaclArn", "arn:acl"},
		{"authenticate.status", "403"},
		{"authenticate.error", "no token"},
		{"authorize.status", "-"},
		{"authorize.latency", "-"},
		{"authorizer.status", "200"},
		{"authorizer.latency", "7"},
		{"authorizer.error", "-"},
		{"authorizer.requestId", "auth-1"},
		{"authorizer.integrationStatus", "200"},
		{"authorizer.integrationLatency", "6"},
		{"authorizer.principalId", "user|1"},
		{"authorizer.tenant", "t1"},
		{"authorizer.claims.custom:role", "admin"},
		{"integration.error", "it broke"},
		{"integrationErrorMessage", "it broke"},
		{"integration.integrationStatus", "200"},
		{"integrationStatus", "200"},
		{"integration.status", "404"},
		{"integration.latency", "31"},
		{"integrationLatency", "31"},
		{"integration.requestId", "aws-1"},
		{"awsEndpointRequestId", "aws-1"},
		{"integration.responseTransferMode", "BUFFERED"},
		{"integration.timeToAllHeaders", "-"},
		{"integration.timeToFirstContent", "-"},
		{"nothing", "-"},
		{"identity", "-"},
		{"requestOverride", "-"},
	} {
		f := accesslog.Compile("<$context."+c.name+">", stage)
		if got := string(f.Append(nil, x)); got != "<"+c.want+">" {
			t.Errorf("%s: %s, want <%s>", c.name, got, c.want)
		}
	}
}

// What does not apply to an early end shows as "-", in each of the guide's forms.
// Source: developer guide, "Set up CloudWatch logging for REST APIs in API Gateway", sample formats.
func TestForms(t *testing.T) {
	x := &message.Exchange{
		Request:  &message.Request{Method: "GET", Header: message.Pairs{{Name: "X-Amzn-RequestId", Value: "mine"}}},
		Response: &message.Response{Status: 403}, RequestID: "11111111-2222-4333-8444-555555555555", ExtendedRequestID: "Vwc2MGFUrPEFV_g=",
		SourceIP: "203.0.113.7", Start: start, Observed: message.Observed{End: start, ResponseLength: 42},
	}
	for _, c := range []struct{ form, format, want string }{
		{
			"CLF",
			`$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId`,
			`203.0.113.7 - - [01/Mar/2026:12:00:00 +0000]"GET - HTTP/1.1" 403 42 UUID_REPLACED_INVALID_REQUEST_ID Vwc2MGFUrPEFV_g=`,
		},
		{
			"JSON",
			`{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "status":"$context.status" }`,
			`{ "requestId":"UUID_REPLACED_INVALID_REQUEST_ID", "ip": "203.0.113.7", "status":"403" }`,
		},
		{
			"XML",
			`<request id="$context.extendedRequestId"><ip>$context.identity.sourceIp</ip><caller>$context.identity.caller</caller></request>`,
			`<request id="Vwc2MGFUrPEFV_g="><ip>203.0.113.7</ip><caller>-</caller></request>`,
		},
		{"CSV", `$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.status`, `203.0.113.7,01/Mar/2026:12:00:00 +0000,GET,403`},
		{"a sentence", `$context.status. $contextual $context. $context`, `403. $contextual - $context`},
		{"no variable", "x", "x"},
	} {
		f := accesslog.Compile(c.format, accesslog.Stage{})
		if got := string(f.Append(nil, x)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.form, got, c.want)
		}
	}
}

// A streamed answer's line is begun when the exchange ends, and holds nothing of it.
func TestBegunLinesAreTheSame(t *testing.T) {
	x := exchange()
	f := accesslog.Compile("$context.responseLength $context.requestId $context.responseLatency.$context.status $context.responseLatency", accesslog.Stage{})
	want := string(f.Append(nil, x))
	b := f.Begin(x)
	x.Reset()
	if got := string(b.Append(nil, accesslog.Ended{At: start.Add(40 * time.Millisecond), Length: 31})); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Of a streamed answer the integration's latency lasts until its end.
// Source: developer guide, "Troubleshoot issues with response streaming in API Gateway".
func TestStreamedAnswers(t *testing.T) {
	const format = "$context.integration.responseTransferMode $context.integration.timeToAllHeaders " +
		"$context.integration.timeToFirstContent $context.integration.latency $context.integrationLatency"
	f := accesslog.Compile(format, accesslog.Stage{})
	streamed := func(contentAt time.Time) string {
		x := exchange()
		x.Observed.Streamed = true
		b := f.Begin(x)
		x.Reset()
		return string(b.Append(nil, accesslog.Ended{At: start.Add(40 * time.Millisecond), ContentAt: contentAt, Length: 31}))
	}
	at := func(change func(o *message.Observed)) string {
		x := exchange()
		change(&x.Observed)
		return string(f.Append(nil, x))
	}
	for _, c := range []struct{ sentence, got, want string }{
		{"a body that came after the headers", streamed(start.Add(35 * time.Millisecond)), "STREAMED 31 33 38 38"},
		{"no body", streamed(time.Time{}), "STREAMED 31 - 38 38"},
		{"an endpoint that broke off", at(func(o *message.Observed) { o.Streamed, o.IntegrationStatus = true, 0 }), "STREAMED - - 31 31"},
		{"an integration that waits", at(func(*message.Observed) {}), "BUFFERED - - 31 31"},
		{"an integration that was not called", at(func(o *message.Observed) { *o = message.Observed{Streamed: true} }), "- - - - -"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.sentence, c.got, c.want)
		}
	}
}

func TestLinesAllocateNothing(t *testing.T) {
	x := exchange()
	f := accesslog.Compile(`{"id":"$context.requestId","ip":"$context.identity.sourceIp","at":"$context.requestTime","verb":"$context.httpMethod",`+
		`"path":"$context.resourcePath","status":$context.status,"length":$context.responseLength,"latency":$context.responseLatency,`+
		`"integration":$context.integrationLatency,"agent":"$context.identity.userAgent","key":"$context.authorizer.tenant"}`, accesslog.Stage{})
	line := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { line = f.Append(line[:0], x) }); n > 0 {
		t.Errorf("%v allocations for each line", n)
	}
}

func BenchmarkLine(b *testing.B) {
	x := exchange()
	f := accesslog.Compile(`{"id":"$context.requestId","ip":"$context.identity.sourceIp","at":"$context.requestTime","status":$context.status}`, accesslog.Stage{})
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = f.Append(line[:0], x)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("$context.requestId $context.authorizer.claims.custom:role $context.requestOverride.header.X-A.b $context..a")
	f.Fuzz(func(t *testing.T, format string) {
		x := exchange()
		x.Observed.CallEnd = x.Observed.End
		c := accesslog.Compile(format, accesslog.Stage{})
		ended := accesslog.Ended{At: x.Observed.End, Length: x.Observed.ResponseLength}
		if one, two := c.Append(nil, x), c.Begin(x).Append(nil, ended); !slices.Equal(one, two) {
			t.Errorf("%q: %q, begun %q", format, one, two)
		}
	})
}
