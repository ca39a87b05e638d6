package apidef

import "testing"

// What the control plane lets pass besides the refusals that the dialogues record.
// Source: developer guide, "API Gateway stage variables reference for REST APIs in API Gateway" and important notes (ports).
func TestCheckURI(t *testing.T) {
	const lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
	for _, c := range []struct {
		kind, uri string
		ok        bool
	}{
		{HTTP, "http://example.com", true},
		{HTTP, "https://example.com:443/a/{b}?c=${stageVariables.c}", true},
		{HTTP, "http://example.com:8080", true},
		{HTTP, "http://127.0.0.1:1024/", true},
		{HTTP, "http://[::1]:8080/", true},
		{HTTP, "http://${stageVariables.url}", true},
		{HTTP, "http://${stageVariables.host}:${stageVariables.port}/x", true},
		{HTTP, "https://{tenant}.example.com/", true},
		{HTTP, "http://example.com:1023", false},
		{HTTP, "http://example.com:65536", false},
		{HTTP, "http://", false},
		{HTTP, "http:///path", false},
		{HTTP, "ftp://example.com", false},
		{HTTP, "${stageVariables.url}", false},
		{HTTP, "http://exa mple.com", false},
		{AWS, "arn:aws:apigateway:us-east-1:s3:path/b/{key}", true},
		{AWS, "arn:aws-cn:apigateway:cn-north-1:runtime.sagemaker:path/endpoints/e/invocations", true},
		{AWS, "arn:aws:apigateway:us-east-1:dynamodb:action/${stageVariables.action}", true},
		{AWS, lambda + "arn:aws:lambda:us-east-1:123456789012:function:f/invocations", true},
		{AWSProxy, lambda + "arn:aws:lambda:us-east-1:123456789012:function:f:live/invocations", true},
		{AWSProxy, lambda + "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.f}:${stageVariables.v}/invocations", true},
		{AWSProxy, lambda + "${stageVariables.arn}/invocations", true},
		{AWSProxy, lambda + "arn:aws:lambda:us-east-1:123456789012:f/invocations", false},
		{AWSProxy, lambda + "arn:aws:lambda:us-east-1:123456789012:function:/invocations", false},
		{AWSProxy, lambda + "/invocations", false},
		{AWSProxy, "${stageVariables.uri}", false},
		{Mock, "anything", true},
	} {
		in := &Integration{Type: c.kind, URI: c.uri}
		if err := in.checkURI(); (err == nil) != c.ok {
			t.Errorf("%s %s: %v, want ok %v", c.kind, c.uri, err, c.ok)
		}
	}
}

func FuzzCheckURI(f *testing.F) {
	for _, seed := range []string{"http://${stageVariables.a}:{b}/", "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/x/invocations"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, uri string) {
		for _, kind := range []string{HTTP, AWS, AWSProxy} {
			_ = (&Integration{Type: kind, URI: uri}).checkURI()
		}
	})
}
