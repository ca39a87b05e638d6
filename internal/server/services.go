package server

import (
	"postern/internal/aws/wire"
	wireacm "postern/internal/aws/wire/acm"
	"postern/internal/aws/wire/apigateway"
	elbv2wire "postern/internal/aws/wire/elbv2"
	"postern/internal/services/acm"
)

// awsServices are the AWS services that this server answers, by signing name. What a service needs besides the store is
// built in build, before.
func (s *Server) awsServices(certificates *acm.ACM) map[string]*wire.Service {
	log := s.options.Log
	services := map[string]*wire.Service{}
	for _, service := range []*wire.Service{
		apigateway.NewService(s.control, log),
		wireacm.NewService(certificates, log),
		elbv2wire.NewService(s.elb, log),
	} {
		services[service.Name()] = service
	}
	return services
}
