package arn

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want ARN
		err  error
	}{
		{
			text: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod",
			want: ARN{"aws", "apigateway", "us-east-1", "", "/restapis/a1b2c3d4e5/stages/prod"},
		},
		{
			text: "arn:aws:lambda:eu-west-1:111111111111:function:MyLambda:live",
			want: ARN{"aws", "lambda", "eu-west-1", "111111111111", "function:MyLambda:live"},
		},
		{text: "arn:aws:iam::111111111111:role/apigw", want: ARN{"aws", "iam", "", "111111111111", "role/apigw"}},
		{text: "arn:aws:s3:::bucket/key", want: ARN{"aws", "s3", "", "", "bucket/key"}},
		{text: "non-valid-arn", err: ErrInvalid},
		{text: "bad-arn:lambda:us-east-1:111111111111:function:x", err: ErrInvalid},
		{text: "arn:aws:s3:::", err: ErrInvalid},
		{text: "arn:aws:s3", err: ErrInvalid},
		{text: "", err: ErrInvalid},
	} {
		got, err := Parse(c.text)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v, %v", c.text, got, err, c.want, c.err)
		}
		if err == nil && got.String() != c.text {
			t.Errorf("Parse(%q).String() = %q", c.text, got.String())
		}
	}
}

// The ARNs of API Gateway. Source: developer guide, "API Gateway Amazon Resource Name (ARN) reference".
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		got  ARN
		want string
	}{
		{APIGateway("us-east-1", "/restapis/abc"), "arn:aws:apigateway:us-east-1::/restapis/abc"},
		{APIGateway("cn-north-1", "/apikeys/k"), "arn:aws-cn:apigateway:cn-north-1::/apikeys/k"},
		{
			ExecuteAPI("us-gov-west-1", "111111111111", "abc/prod/GET/pets"),
			"arn:aws-us-gov:execute-api:us-gov-west-1:111111111111:abc/prod/GET/pets",
		},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Which URIs are integrations'. Source: recorded AWS answers of PutIntegration.
func TestParseIntegration(t *testing.T) {
	const function = "arn:aws:lambda:us-east-1:111111111111:function:MyLambda"
	for _, c := range []struct {
		uri      string
		want     Integration
		function string
		err      error
	}{
		{
			uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + function + "/invocations",
			want: Integration{
				Partition: "aws", Region: "us-east-1", Service: "lambda",
				Rest: "2015-03-31/functions/" + function + "/invocations",
			},
			function: function,
		},
		{
			uri: "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/" + function + "/response-streaming-invocations",
			want: Integration{
				Partition: "aws", Region: "us-east-1", Service: "lambda",
				Rest: "2021-11-15/functions/" + function + "/response-streaming-invocations",
			},
			function: function,
		},
		{
			uri: "arn:aws:apigateway:us-east-1:lambda:path//2015-03-31/functions/" + function + "/invocations",
			want: Integration{
				Partition: "aws", Region: "us-east-1", Service: "lambda",
				Rest: "/2015-03-31/functions/" + function + "/invocations",
			},
			function: function,
		},
		{
			uri: "arn:aws:apigateway:us-east-1:lambda:path/random/value/" + function + "/invocations",
			want: Integration{
				Partition: "aws", Region: "us-east-1", Service: "lambda",
				Rest: "random/value/" + function + "/invocations",
			},
		},
		{
			uri:  "arn:aws:apigateway:us-west-2:s3:path/bucket/key",
			want: Integration{Partition: "aws", Region: "us-west-2", Service: "s3", Rest: "bucket/key"},
		},
		{
			uri:  "arn:aws:apigateway:us-west-2:bucket.s3:path/key",
			want: Integration{Partition: "aws", Region: "us-west-2", Subdomain: "bucket", Service: "s3", Rest: "key"},
		},
		{
			uri:  "arn:aws:apigateway:us-east-1:dynamodb:action/Query",
			want: Integration{Partition: "aws", Region: "us-east-1", Service: "dynamodb", ByAction: true, Rest: "Query"},
		},
		{
			uri:  "arn:aws:apigateway:us-east-1:sns:action/Publish&TopicArn=a:b",
			want: Integration{Partition: "aws", Region: "us-east-1", Service: "sns", ByAction: true, Rest: "Publish&TopicArn=a:b"},
		},
		{uri: function, err: ErrNoPathOrAction},
		{uri: "arn:aws:iam::000000000000:role/service-role/testfunctionrole-oe783psq", err: ErrNoPathOrAction},
		{uri: "arn:aws:apigateway:us-east-1:lambda:test/2015-03-31/functions/" + function + "/invocations", err: ErrNoPathOrAction},
		{uri: "arn:aws:lambda:us-east-1:111111111111:path/x", err: ErrInvalid},
		{uri: "arn:aws:apigateway:us-east-1:.:action/", err: ErrInvalid}, // found by fuzzing
		{uri: "http://example.com", err: ErrInvalid},
		{uri: "non-valid-arn", err: ErrInvalid},
	} {
		got, err := ParseIntegration(c.uri)
		if !errors.Is(err, c.err) {
			t.Errorf("ParseIntegration(%q): %v, want %v", c.uri, err, c.err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("ParseIntegration(%q) (-want +got):\n%s", c.uri, diff)
		}
		function, streaming, ok := got.Function()
		if function != c.function || ok != (c.function != "") || streaming != (ok && strings.HasPrefix(got.Rest, "2021")) {
			t.Errorf("ParseIntegration(%q).Function() = %q, %t, %t", c.uri, function, streaming, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations")
	f.Add("arn:aws:apigateway:us-east-1:a.b.s3:action/x")
	f.Add("arn:aws:s3:::bucket")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			return
		}
		if a.String() != text {
			t.Fatalf("%q came back as %q", text, a.String())
		}
		if in, err := ParseIntegration(text); err == nil && in.String() != text {
			t.Fatalf("%q came back as %q", text, in.String())
		}
	})
}
