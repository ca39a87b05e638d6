package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
)

// Who is refused for his certificate is told of in the logs of the stage that he asked for, with the certificate in the
// access log.
// Sources: knowledge center, "How do I troubleshoot HTTP 403 Forbidden errors from an API Gateway custom domain name that
// requires mutual TLS?"; developer guide, "Variables for access logging for API Gateway".
func TestRefusedClientCertificatesAreLogged(t *testing.T) {
	a, stranger := newAuthority(t, "ca"), newAuthority(t, "stranger")
	s := runWithTruststore(t, a)
	api := observed(t, s, replace("/accessLogSettings/destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:access")+","+
		replace("/accessLogSettings/format", "$context.requestId $context.status $context.identity.clientCert.issuerDN")+","+
		replace("/*/*/logging/loglevel", "ERROR"))
	customDomain(t, s, a, "safe.example.com", `, "mutualTlsAuthentication": {"truststoreUri": "s3://bucket/ca.pem"}`)
	call(t, s, "POST", "/domainnames/safe.example.com/basepathmappings", fmt.Sprintf(`{"basePath": "v2", "restApiId": %q, "stage": "dev"}`, api))
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	unknown, _, _ := stranger.issue(t, "")
	selfSigned := tls.Certificate{Certificate: [][]byte{stranger.certificate.Raw}, PrivateKey: stranger.key}
	for _, shows := range []*tls.Certificate{&unknown, &selfSigned} {
		v := visitor{server: s, roots: roots, sni: "safe.example.com", host: "safe.example.com", shows: shows}
		if status, body, err := v.get(t, "/v2"); err != nil || status != 403 || body != `{"message":"Forbidden"}` {
			t.Errorf("%d %s, %v", status, body, err)
		}
	}
	s.observing.lines.Flush(t.Context())
	access := messages(t, logsClient(s), "access")
	if len(access) != 2 || !strings.HasSuffix(access[0], " 403 CN=stranger") || !strings.HasSuffix(access[1], " 403 CN=stranger") {
		t.Errorf("access log: %q", access)
	}
	var told []string
	for _, line := range messages(t, logsClient(s), "API-Gateway-Execution-Logs_"+api+"/dev") {
		if _, text, _ := strings.Cut(line, ") "); !strings.HasPrefix(text, "Extended Request Id") {
			told = append(told, text)
		}
	}
	want := "Access denied. Reason: Could not find issuer for certificate|Method completed with status: 403|" +
		"Access denied. Reason: self signed certificate|Method completed with status: 403"
	if got := strings.Join(told, "|"); got != want {
		t.Errorf("execution log:\n got %s\nwant %s", got, want)
	}
}

// Of the chains that the library finds, those count that AWS takes.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
func TestUnfitChains(t *testing.T) {
	chain := func(n int, algorithm x509.SignatureAlgorithm) []*x509.Certificate {
		list := make([]*x509.Certificate, n)
		for i := range list {
			list[i] = &x509.Certificate{SignatureAlgorithm: x509.SHA256WithRSA}
		}
		list[n-1] = &x509.Certificate{SignatureAlgorithm: algorithm}
		return list
	}
	for _, c := range []struct {
		chain []*x509.Certificate
		want  bool
	}{
		{chain(4, x509.ECDSAWithSHA384), false}, {chain(5, x509.ECDSAWithSHA384), true}, {chain(2, x509.SHA1WithRSA), true},
	} {
		if got := unfit(c.chain); got != c.want {
			t.Errorf("a chain of %d, %v: unfit %v, want %v", len(c.chain), c.chain[len(c.chain)-1].SignatureAlgorithm, got, c.want)
		}
	}
}
