package server

import (
	"postern/internal/aws/wire"
	wireacm "postern/internal/aws/wire/acm"
	"postern/internal/aws/wire/apigateway"
	wireec2 "postern/internal/aws/wire/ec2"
	elbv2wire "postern/internal/aws/wire/elbv2"
	wireiam "postern/internal/aws/wire/iam"
	wirelambda "postern/internal/aws/wire/lambda"
	wirelogs "postern/internal/aws/wire/logs"
	wirests "postern/internal/aws/wire/sts"
	"postern/internal/services/acm"
	"postern/internal/services/ec2"
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
		wireec2.NewService(ec2.New(s.store, ec2.Options{Published: s.endpoints.published}), log),
		wirelogs.NewService(s.observing.logs, log),
		wirelambda.NewService(s.lambda, log),
		wireiam.NewService(s.principals.iam, log),
		wirests.NewService(s.principals.sts, log),
	} {
		services[service.Name()] = service
	}
	return services
}
