package engines

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// TestMock is the example "aws_api_gateway_integration" of the Terraform registry. Its template makes no statusCode, and
// matches no JSON, so that the method answers 500 (inferred) until the second change gives it one that does.
func TestMock(t *testing.T) {
	e := start(t)
	a := e.newAPI(&apigateway.CreateRestApiInput{
		Name: aws.String("MyDemoAPI"), Description: aws.String("This is my API for demonstration purposes"),
	}, "mydemoresource", &apigateway.PutMethodInput{})
	a.integration(&apigateway.PutIntegrationInput{
		Type: types.IntegrationTypeMock, CacheKeyParameters: []string{"method.request.path.param"}, CacheNamespace: aws.String("foobar"),
		RequestParameters: map[string]string{"integration.request.header.X-Authorization": "'static'"},
		RequestTemplates:  map[string]string{"application/xml": "{\n   \"body\" : $input.json('$')\n}\n"},
	}, "RequestTemplates", "RequestParameters", "CacheKeyParameters")
	a.deploy()
	e.plan()
	a.answers(500, `{"message": "Internal server error"}`)

	a.changeIntegration(replace("/timeoutInMillis", "12000"))
	e.plan()

	a.changeIntegration(types.PatchOperation{
		Op: types.OpAdd, Path: aws.String("/requestTemplates/application~1json"), Value: aws.String(`{"statusCode": 200}`),
	})
	a.responses(map[string]string{"application/json": `{"from": "the mock"}`})
	a.redeploy()
	e.plan()
	a.answers(200, `{"from": "the mock"}`)
	e.destroy()
}

// responses puts the method response and the integration response of 200.
func (a *api) responses(templates map[string]string) {
	a.t.Helper()
	get, ok := aws.String("GET"), aws.String("200")
	a.apply(resource{
		address: "method response",
		create: func() error {
			return failed(a.gateway.PutMethodResponse(a.ctx, &apigateway.PutMethodResponseInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok}))
		},
		read: func() (any, error) {
			return a.gateway.GetMethodResponse(a.ctx, &apigateway.GetMethodResponseInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok})
		},
		remove: func() error {
			return failed(a.gateway.DeleteMethodResponse(a.ctx, &apigateway.DeleteMethodResponseInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok}))
		},
		demands: []string{"StatusCode"},
		gone:    absent,
	})
	a.apply(resource{
		address: "integration response",
		create: func() error {
			return failed(a.gateway.PutIntegrationResponse(a.ctx, &apigateway.PutIntegrationResponseInput{
				RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok, ResponseTemplates: templates,
			}))
		},
		read: func() (any, error) {
			return a.gateway.GetIntegrationResponse(a.ctx, &apigateway.GetIntegrationResponseInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok})
		},
		remove: func() error {
			return failed(a.gateway.DeleteIntegrationResponse(a.ctx, &apigateway.DeleteIntegrationResponseInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: get, StatusCode: ok}))
		},
		demands: []string{"StatusCode"},
		gone:    absent,
	})
}
