package wire

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/gateway/message"
)

func TestTargetOf(t *testing.T) {
	const scope = "Credential=AKID/20260101/eu-west-1/apigateway/aws4_request"
	signed := Target{Service: "apigateway", Region: "eu-west-1", AccessKeyID: "AKID", Date: "20260101"}
	presigned := signed
	presigned.Presigned = true
	for _, c := range []struct {
		name, authorization, query, host, path string
		want                                   Target // zero: no AWS call
	}{
		{
			name:          "the credential scope names the service",
			authorization: "AWS4-HMAC-SHA256 " + scope + ", SignedHeaders=host;x-amz-date, Signature=ab", want: signed,
		},
		{
			name:          "blanks between the parts are optional",
			authorization: "AWS4-HMAC-SHA256 SignedHeaders=host,Signature=ab," + scope, want: signed,
		},
		{
			name:          "the scope goes before host and path",
			authorization: "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/execute-api/aws4_request, Signature=ab",
			host:          "apigateway.eu-west-1.amazonaws.com", path: "/restapis",
			want: Target{Service: "execute-api", Region: "us-east-1", AccessKeyID: "AKID", Date: "20260101"},
		},
		{name: "presigned", query: "a=b&X-Amz-Credential=AKID%2F20260101%2Feu-west-1%2Fapigateway%2Faws4_request", want: presigned},
		{name: "host", host: "apigateway.eu-west-1.amazonaws.com", want: Target{Service: "apigateway", Region: "eu-west-1"}},
		{
			name: "host with a port, any case", host: "APIGateway.eu-west-1.amazonaws.com:4566",
			want: Target{Service: "apigateway", Region: "eu-west-1"},
		},
		{name: "host in China", host: "apigateway.cn-north-1.amazonaws.com.cn", want: Target{Service: "apigateway", Region: "cn-north-1"}},
		{name: "host of a service without regions", host: "iam.amazonaws.com", want: Target{Service: "iam", Region: "us-east-1"}},
		{name: "dual-stack host", host: "apigateway.us-east-2.api.aws", want: Target{Service: "apigateway", Region: "us-east-2"}},
		{name: "FIPS host", host: "apigateway-fips.us-east-2.amazonaws.com", want: Target{Service: "apigateway", Region: "us-east-2"}},
		{name: "an API's own host is no AWS call", host: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", path: "/prod/pets"},
		{name: "path", host: "localhost:4566", path: "/restapis/a1b2c3d4e5", want: Target{Service: "apigateway"}},
		{name: "path of the tags", path: "/tags/arn%3Aaws", want: Target{Service: "apigateway"}},
		{name: "a path that invokes a stage is no AWS call", path: "/restapis/a1b2c3d4e5/prod/_user_request_/pets"},
		{name: "Lambda's path", host: "localhost:4566", path: "/2015-03-31/functions/f/invocations", want: Target{Service: "lambda"}},
		{name: "Lambda's path of tags", path: "/2017-03-31/tags/arn%3Aaws", want: Target{Service: "lambda"}},
		{name: "a day that is no version of Lambda", path: "/2015-03-31/pets"},
		{name: "no day", path: "/2015-3-31x/functions"},
		{name: "the load balancers' host", host: "elasticloadbalancing.eu-west-1.amazonaws.com", want: Target{Service: "elasticloadbalancing", Region: "eu-west-1"}},
		{name: "STS without a region", host: "sts.amazonaws.com", want: Target{Service: "sts", Region: "us-east-1"}},
		{name: "another path", host: "localhost", path: "/pets"},
		{name: "a longer first segment", path: "/restapisx"},
		{name: "another authorization", authorization: "Bearer " + scope, path: "/pets"},
		{name: "a scope that is cut short", authorization: "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/aws4_request", path: "/pets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := &message.Request{Host: c.host, Path: c.path, RawQuery: c.query}
			if c.authorization != "" {
				req.Header.Add("authorization", c.authorization)
			}
			got, ok := TargetOf(req)
			if diff := cmp.Diff(c.want, got); diff != "" || ok != (c.want != Target{}) {
				t.Errorf("ok = %t (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func FuzzTargetOf(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/apigateway/aws4_request", "", "h", "/")
	f.Add("", "X-Amz-Credential=AKID%2F1%2Fr%2Fs%2Faws4_request", "s.r.amazonaws.com:1", "/restapis/a/b/_user_request_")
	f.Fuzz(func(t *testing.T, authorization, query, host, path string) {
		req := &message.Request{Host: host, Path: path, RawQuery: query}
		req.Header.Add("Authorization", authorization)
		if target, ok := TargetOf(req); ok && (target.Service == "" || target.Region == "") {
			t.Errorf("%+v without service or region", target)
		}
	})
}
