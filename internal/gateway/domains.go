package gateway

import (
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/domain"
	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

// addressee is the stage that a request is addressed to. Where Stage is empty, it leads nowhere.
type addressee struct {
	route.Address
	// domain is the custom domain name that the request names, and basePath what of its path belongs to that; nil for none.
	domain   *domain.Domain
	basePath string
	// refused is the answer to a client whose certificate the domain does not accept; nil for all others.
	refused error
}

// resolve tells what a request is addressed to; false when that is no API at all.
func (g *Gateway) resolve(req *message.Request) (addressee, bool) {
	if g.domains != nil {
		if d := g.domains.Lookup(req.Host); d != nil {
			a, basePath := g.below(d, req)
			return addressee{a, d, basePath, checkClientCert(d, req)}, true
		}
	}
	a, ok := route.Resolve(req)
	return addressee{Address: a}, ok
}

// below is the address of a request to a custom domain name. $context.path keeps the base path (inferred).
func (g *Gateway) below(d *domain.Domain, req *message.Request) (a route.Address, basePath string) {
	target, ok := d.Find(req.Path)
	if !ok || !admits(d, req) {
		return route.Address{}, ""
	}
	if target.LowerHeaders {
		for i := range req.Header {
			req.Header[i].Name = strings.ToLower(req.Header[i].Name)
		}
	}
	return route.Address{APIID: target.APIID, Stage: target.Stage, Path: target.Path, ContextPath: req.Path}, target.BasePath
}

// admits tells whether a request's connection is what the domain asks for. A connection that was opened to one domain, and
// then names another that demands a client's certificate, or strictness, is refused: neither was checked for that one.
// Sources: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway", "Security
// policies for REST APIs in API Gateway" (endpoint access mode).
func admits(d *domain.Domain, req *message.Request) bool {
	n := d.DomainName
	mutual := n.MutualTLSAuthentication != nil
	if !mutual && n.EndpointAccessMode != apidef.AccessStrict {
		return true
	}
	if req.TLS == nil {
		return false
	}
	host, _ := route.DomainName(req.Host)
	return message.EqualFold(req.TLS.ServerName, host)
}
