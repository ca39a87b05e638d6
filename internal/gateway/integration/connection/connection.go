// Package connection finds where the calls of private integrations go: those with connectionType VPC_LINK, which reach a
// load balancer's target and not the host of their URI.
//
// What comes in: an integration, compiled with its stage, and for each call the endpoint that its URI names. What goes out:
// the address of a target and whether TLS reaches it, or an answer that a load balancer gives itself. It never
// connects to anything, and knows neither links nor load balancers but through Links.
//
// Sources: developer guide, "Private integrations for REST APIs in API Gateway"; AWS knowledge center, "How do I
// troubleshoot 500 errors for API Gateway VPC link integrations".
package connection

import (
	"errors"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
)

// Links is what a gateway needs to know of VPC links and of what is behind them.
type Links interface {
	// Choose picks where the next call goes. It is asked for each call, from any goroutine, and takes no lock. Its error
	// says, for the log of the API's owner, why there is no way: an unknown link, no listener on the port, no target.
	Choose(w Way) (Target, error)
}

// Way is the way that an integration's calls take.
type Way struct {
	// AccountID and Region are the API's: a link must be in the same.
	AccountID, Region string
	// LinkID is connectionId with its stage variable filled in.
	LinkID string
	// Target is integrationTarget, the ARN of a load balancer or of a listener of it, "" on a link of the first version,
	// whose own target counts then.
	Target string
	// Port is the listener's, taken from the URI.
	Port uint16
	// Secure tells that the call is made in TLS.
	Secure bool
}

// Target is where a call goes.
type Target struct {
	// Address is "host:port".
	Address string
	// Secure tells that the target is talked to in TLS. A load balancer that ends the TLS session of a call talks plain HTTP
	// to its targets, or begins a session of its own.
	Secure bool
	// Unchecked tells that TLS is the load balancer's own: it does not check its targets' certificates.
	Unchecked bool
	// Answer is what the load balancer answers itself; nil when it forwards. Address is empty then.
	Answer *Answer
}

// Answer is an answer that a load balancer gives itself.
type Answer struct {
	Status int
	// ContentType and Body are those of a fixed response.
	ContentType, Body string
	// Location is that of a redirect, "" for none, with #{protocol}, #{host}, #{port}, #{path} and #{query} in it.
	Location string
}

// ErrNoLinks is why nothing can be called through a link in a gateway that knows none.
var ErrNoLinks = errors.New("this gateway knows no VPC links")

// Connection is one integration's, compiled. A nil Connection is the internet.
type Connection struct {
	links Links
	way   Way
}

// New compiles the connection of an integration; nil when it goes over the internet.
func New(in *apidef.Integration, env *integration.Environment, links Links) *Connection {
	if in.ConnectionType != apidef.OverVPCLink {
		return nil
	}
	return &Connection{links: links, way: Way{
		AccountID: env.AccountID, Region: env.Region,
		LinkID: integration.FillStageVariables(in.ConnectionID, env.Variables),
		Target: integration.FillStageVariables(in.IntegrationTarget, env.Variables),
	}}
}

// KeepsStage tells that the path to the backend begins with the stage's name, as it does through links of the second
// version.
func (c *Connection) KeepsStage() bool { return c.way.Target != "" }

// Choose picks where the next call to endpoint goes. A call through a link of the second version is plain HTTP unless the
// URI is https on port 443; one through the first version takes scheme and port as they are.
func (c *Connection) Choose(endpoint integration.Endpoint) (Target, error) {
	if c.links == nil {
		return Target{}, ErrNoLinks
	}
	w := c.way
	w.Port, w.Secure = endpoint.Port, endpoint.Scheme == "https"
	switch {
	case w.Port != 0:
		w.Secure = w.Secure && w.Target == ""
	case w.Secure:
		w.Port = 443
	default:
		w.Port = 80
	}
	return c.links.Choose(w)
}
