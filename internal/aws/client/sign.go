package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// signing says for whom a request is signed, and when.
type signing struct {
	service, region string
	credentials     aws.Credentials
	now             time.Time
}

// sign adds the signature to a request that has its host. The query may come out in another order, in which it is signed
// and must be sent.
func (s *signing) sign(ctx context.Context, signer *v4.Signer, req *http1.UpstreamRequest, path, query string) error {
	sum := sha256.Sum256(req.Body)
	hash := hex.EncodeToString(sum[:])
	if s.service == "s3" {
		// S3 wants the body's hash, and signs a path as it is sent: every other service encodes it once more.
		req.Header.SetFold("X-Amz-Content-Sha256", hash)
	}
	r := &http.Request{
		Method: req.Method, Host: req.Host, Header: make(http.Header, len(req.Header)),
		URL: &url.URL{Scheme: req.Address.Scheme, Host: req.Host, Opaque: "//" + req.Host + path, RawQuery: query},
	}
	for i := range req.Header {
		r.Header.Add(req.Header[i].Name, req.Header[i].Value)
	}
	err := signer.SignHTTP(ctx, s.credentials, r, hash, s.service, s.region, s.now, func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = s.service == "s3"
	})
	if err != nil {
		return err
	}
	for _, name := range [...]string{"X-Amz-Date", "X-Amz-Security-Token", "Authorization"} {
		if value := r.Header.Get(name); value != "" {
			req.Header.SetFold(name, value)
		}
	}
	req.Target = targetOf(path, r.URL.RawQuery)
	return nil
}

func targetOf(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// cloned is a list that can be added to.
func cloned(header message.Pairs) message.Pairs {
	return append(make(message.Pairs, 0, len(header)+4), header...)
}
