// Package elbv2 is Elastic Load Balancing as far as private integrations need it: network and application load balancers
// with their listeners, target groups and targets, the health of which is really checked.
//
// What comes in: calls of the Elastic Load Balancing API, version 2015-12-01. What goes out: AWS's answers, documents in the
// store, and to a forward.Forwarder what forwards where, so that VPC links reach targets. It opens no port: a load balancer
// of Postern is a way that calls take inside the gateway, and its DNS name resolves to nothing.
//
// What AWS has and Postern does not is refused: load balancers of type gateway, target groups of type lambda and of
// protocol versions other than HTTP1, actions that authenticate, the PROXY protocol, stickiness. Attributes that concern
// AWS's own machines (logs in S3, zones, DNS, WAF) are kept and have no effect.
//
// Texts of errors are those that public reports quote; the rest is inferred.
package elbv2
