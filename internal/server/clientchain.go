package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"slices"
)

// vouch verifies the certificate that a client showed to a domain with mutual TLS. state then has the chains that lead from
// it to the truststore, none when the truststore does not vouch for it: the gateway refuses such a client's requests, so
// that they can be logged.
// Sources: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway"; knowledge center,
// "How do I troubleshoot HTTP 403 Forbidden errors from an API Gateway custom domain name that requires mutual TLS?".
func (h *handshakes) vouch(state *tls.ConnectionState) {
	state.VerifiedChains = nil
	d := h.gateway.Domain(state.ServerName)
	if d == nil || len(state.PeerCertificates) == 0 {
		return
	}
	config, err := h.config(context.Background(), d)
	if err != nil || config.ClientCAs == nil {
		return
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	chains, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: config.ClientCAs, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err == nil {
		state.VerifiedChains = slices.DeleteFunc(chains, unfit)
	}
}

// maxChain is how long the chain of a client's certificate may be, itself included.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
const maxChain = 4

// unfit tells of a chain that the library accepts and AWS does not: a long one, or one with a signature of SHA-1.
func unfit(chain []*x509.Certificate) bool {
	return len(chain) > maxChain || slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
		return c.SignatureAlgorithm == x509.SHA1WithRSA || c.SignatureAlgorithm == x509.ECDSAWithSHA1
	})
}
