package server

import (
	"postern/internal/control"
	"postern/internal/services/ec2"
	"postern/internal/services/elbv2"
	"postern/internal/services/elbv2/forward"
)

// balancers builds what private integrations go through: load balancers, and the VPC links that lead to them.
func (s *Server) balancers() error {
	forwarder := forward.New(forward.Options{Probe: fencedProbe})
	s.elb = elbv2.New(s.store, elbv2.Options{
		Log: s.options.Log, Forwarder: forwarder, Instances: s.options.Instances, InUse: control.VPCLinkTo,
		Subnet: ec2.PlaceOf,
	})
	var err error
	s.links, err = newVPCLinks(control.NewSource(s.store), forwarder, s.options.VPCLinks, s.options.Log)
	return err
}
