package server

import (
	"context"

	"postern/internal/aws/client"
	"postern/internal/aws/sigv4"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
)

// backends builds what integrations call: HTTP backends, AWS services, Lambda functions.
func (s *Server) backends() (gateway.Backends, error) {
	endpoints, err := client.ParseEndpoints(s.options.AWSEndpoints)
	if err != nil {
		return gateway.Backends{}, err
	}
	options := client.Options{
		Transport: s.transport, Endpoints: endpoints, Local: localServices{s}, Own: &client.Environment{}, Roles: s.principals,
		Callers: callerKeys{s},
	}
	aws := client.New(options)
	return gateway.Backends{
		Transport: s.transport, Services: aws, Links: s.links, StreamRate: s.options.StreamRate,
		Functions: &localFunctions{
			server: s, functions: s.lambda.Functions(), calls: aws.Functions(), endpoints: endpoints,
			roles: &roleDecisions{server: s, known: map[roleDecision]decided{}},
		},
	}, nil
}

// callerKeys are the keys of callers of the data plane, for integrations that call in their name.
type callerKeys struct{ server *Server }

// SigningKey implements client.Callers.
func (k callerKeys) SigningKey(accessKeyID string) (sigv4.Key, bool) {
	if k.server.credentials != nil {
		return k.server.credentials.SigningKey(accessKeyID)
	}
	identity, ok := k.server.principals.known(context.Background(), accessKeyID)
	return identity.Key, ok
}

// localServices are the AWS services that this server answers, for calls of integrations.
type localServices struct{ server *Server }

// Has implements client.Services. API Gateway's own API is not among them: a method that calls itself through
// TestInvokeMethod must come back over a connection, where its timeout ends it.
func (l localServices) Has(service string) bool {
	return l.server.services[service] != nil && service != "apigateway"
}

// Serve implements client.Services.
func (l localServices) Serve(_ context.Context, req *message.Request, resp *message.Response) {
	l.server.aws(req, resp)
}
