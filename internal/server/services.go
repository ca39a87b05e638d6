package server

import (
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// awsServices are the AWS services that this server answers, by signing name. What a service needs besides the store is
// built in build, before.
func (s *Server) awsServices() map[string]*wire.Service {
	log := s.options.Log
	services := map[string]*wire.Service{}
	for _, service := range []*wire.Service{
		apigateway.NewService(s.control, log),
	} {
		services[service.Name()] = service
	}
	return services
}
