package wiretest

import (
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Config is that of AWS's own clients of the server at url, for calls to a region. They sign and never try again, so that
// a test sees each answer.
func Config(url, region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &url,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		HTTPClient:  &http.Client{Transport: readBodies{}},
	}
}

// readBodies hides from net/http that the bodies of these clients' requests can write themselves. Once such a body is
// closed, as it is when the answer overtakes the end of the sending, its WriteTo says io.EOF (smithy-go 1.28); net/http
// takes that for a request that failed and closes the connection while the answer is still being read.
type readBodies struct{}

func (readBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return http.DefaultTransport.RoundTrip(r)
}
