package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
	"postern/internal/services/acm"
)

// openTLS opens the TLS port, if there is to be one.
func (s *Server) openTLS(ctx context.Context, certificates *acm.ACM, services awsservice.Services) (net.Listener, error) {
	if s.options.TLS.Listen == "" {
		return nil, nil
	}
	h, err := newHandshakes(s.options.TLS)
	if err != nil {
		return nil, err
	}
	h.gateway, h.keyPair, h.log = s.gateway, certificates.KeyPair, s.options.Log
	s.http.Handshaken = h.vouch
	h.truststore = truststores{s.options.TLS.Truststores, services, s.options.Region}.read
	l, err := s.listen(ctx, s.options.TLS.Listen)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{GetConfigForClient: h.configFor, MinVersion: tls.VersionTLS12}), nil
}

// truststores finds truststores: in files, or in S3.
type truststores struct {
	files    map[string]string
	services awsservice.Services
	region   string
}

// truststoreTimeout bounds how long S3 may take to answer with a truststore.
const truststoreTimeout = 10 * time.Second

// maxTruststore bounds a truststore, in bytes.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
const maxTruststore = 1 << 20

// read returns the truststore that a URI s3://{bucket}/{key} and the object's version, which may be empty, name.
func (t truststores) read(ctx context.Context, uri, version string) ([]byte, error) {
	if file := t.files[uri]; file != "" {
		return os.ReadFile(file)
	}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	if !ok || t.services == nil {
		return nil, fmt.Errorf("%s is no object of S3", uri)
	}
	call := &awsservice.Call{
		Partition: "aws", Region: t.region, Service: "s3", Method: "GET", Path: "/" + bucket + "/" + key,
		Deadline: time.Now().Add(truststoreTimeout),
	}
	if version != "" {
		call.RawQuery = "versionId=" + version
	}
	var resp message.Response
	if err := t.services.Do(ctx, call, &resp); err != nil {
		return nil, err
	}
	if resp.Status != 200 {
		return nil, fmt.Errorf("S3 answers %d: %.200s", resp.Status, resp.Body)
	}
	if len(resp.Body) > maxTruststore {
		return nil, fmt.Errorf("the truststore has %d bytes, more than %d", len(resp.Body), maxTruststore)
	}
	return resp.Body, nil
}
