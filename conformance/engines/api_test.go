package engines

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// stage is the stage of every program.
const stage = "demo"

// api is what the programs have in common: an API with one resource and one method, a deployment and a stage.
type api struct {
	*engine
	id, root, resource, deployment, path *string
}

// absent is API Gateway's answer for what is not there.
var absent = is[*types.NotFoundException]

// newAPI makes the API, its resource and its method.
func (e *engine) newAPI(in *apigateway.CreateRestApiInput, path string, method *apigateway.PutMethodInput) *api {
	e.t.Helper()
	a := &api{engine: e, path: &path}
	e.apply(resource{
		address: "rest api",
		create: func() error {
			out, err := e.gateway.CreateRestApi(e.ctx, in)
			if err == nil {
				a.id = out.Id
			}
			return err
		},
		read: func() (any, error) { return e.gateway.GetRestApi(e.ctx, &apigateway.GetRestApiInput{RestApiId: a.id}) },
		remove: func() error {
			return failed(e.gateway.DeleteRestApi(e.ctx, &apigateway.DeleteRestApiInput{RestApiId: a.id}))
		},
		demands: []string{"Id", "Name", "CreatedDate", "EndpointConfiguration.Types", "ApiKeySource", "RootResourceId", "Tags"},
		gone:    absent,
	})
	a.findRoot()
	e.apply(resource{
		address: "resource",
		create: func() error {
			out, err := e.gateway.CreateResource(e.ctx, &apigateway.CreateResourceInput{RestApiId: a.id, ParentId: a.root, PathPart: a.path})
			if err == nil {
				a.resource = out.Id
			}
			return err
		},
		read: func() (any, error) {
			out, err := e.gateway.GetResource(e.ctx, &apigateway.GetResourceInput{RestApiId: a.id, ResourceId: a.resource})
			if err == nil {
				out.ResourceMethods = nil // resources of their own to an engine, as all that the readings below leave out
			}
			return out, err
		},
		remove: func() error {
			return failed(e.gateway.DeleteResource(e.ctx, &apigateway.DeleteResourceInput{RestApiId: a.id, ResourceId: a.resource}))
		},
		demands: []string{"Id", "ParentId", "Path", "PathPart"},
		gone:    absent,
	})
	e.apply(a.method(method))
	return a
}

// findRoot looks through the resources until it meets "/".
func (a *api) findRoot() {
	a.t.Helper()
	pages := apigateway.NewGetResourcesPaginator(a.gateway, &apigateway.GetResourcesInput{RestApiId: a.id})
	for pages.HasMorePages() && a.root == nil {
		page, err := pages.NextPage(a.ctx)
		if err != nil {
			a.t.Fatal(err)
		}
		for _, item := range page.Items {
			if *item.Path == "/" {
				a.root = item.Id
			}
		}
	}
	if a.root == nil {
		a.t.Fatal("the API has no root")
	}
}

func (a *api) method(in *apigateway.PutMethodInput) resource {
	in.RestApiId, in.ResourceId, in.HttpMethod, in.AuthorizationType = a.id, a.resource, aws.String("GET"), aws.String("NONE")
	return resource{
		address: "method",
		create:  func() error { return failed(a.gateway.PutMethod(a.ctx, in)) },
		read: func() (any, error) {
			out, err := a.gateway.GetMethod(a.ctx, &apigateway.GetMethodInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: in.HttpMethod})
			if err == nil {
				out.MethodIntegration, out.MethodResponses = nil, nil
			}
			return out, err
		},
		remove: func() error {
			return failed(a.gateway.DeleteMethod(a.ctx, &apigateway.DeleteMethodInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: in.HttpMethod}))
		},
		demands: []string{"HttpMethod", "AuthorizationType", "ApiKeyRequired"},
		gone:    absent,
	}
}

// integration puts the integration. An engine always names the connection type and the timeout, for MOCK too.
func (a *api) integration(in *apigateway.PutIntegrationInput, demands ...string) {
	a.t.Helper()
	in.RestApiId, in.ResourceId, in.HttpMethod, in.TimeoutInMillis = a.id, a.resource, aws.String("GET"), aws.Int32(29000)
	if in.ConnectionType == "" {
		in.ConnectionType = types.ConnectionTypeInternet
	}
	a.apply(resource{
		address: "integration",
		create:  func() error { return failed(a.gateway.PutIntegration(a.ctx, in)) },
		read: func() (any, error) {
			out, err := a.gateway.GetIntegration(a.ctx, &apigateway.GetIntegrationInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: in.HttpMethod})
			if err == nil {
				out.IntegrationResponses = nil
			}
			return out, err
		},
		remove: func() error {
			return failed(a.gateway.DeleteIntegration(a.ctx, &apigateway.DeleteIntegrationInput{RestApiId: a.id, ResourceId: a.resource, HttpMethod: in.HttpMethod}))
		},
		demands: append([]string{"Type", "PassthroughBehavior", "CacheNamespace"}, demands...),
		gone:    absent,
	})
}

// changeIntegration sends the engine's PATCH.
func (a *api) changeIntegration(ops ...types.PatchOperation) {
	a.t.Helper()
	a.change("integration", func() error {
		return failed(a.gateway.UpdateIntegration(a.ctx, &apigateway.UpdateIntegrationInput{
			RestApiId: a.id, ResourceId: a.resource, HttpMethod: aws.String("GET"), PatchOperations: ops,
		}))
	})
}

// deploy makes a deployment, and a stage of it.
func (a *api) deploy() {
	a.t.Helper()
	a.apply(resource{
		address: "deployment",
		create:  a.createDeployment,
		read: func() (any, error) {
			return a.gateway.GetDeployment(a.ctx, &apigateway.GetDeploymentInput{RestApiId: a.id, DeploymentId: a.deployment})
		},
		remove:  func() error { return a.deleteDeployment(a.deployment) },
		demands: []string{"Id", "CreatedDate"},
		gone:    absent,
	})
	a.apply(resource{
		address: "stage",
		create: func() error {
			return failed(a.gateway.CreateStage(a.ctx, &apigateway.CreateStageInput{RestApiId: a.id, DeploymentId: a.deployment, StageName: aws.String(stage)}))
		},
		read: func() (any, error) {
			return a.gateway.GetStage(a.ctx, &apigateway.GetStageInput{RestApiId: a.id, StageName: aws.String(stage)})
		},
		remove: func() error {
			return failed(a.gateway.DeleteStage(a.ctx, &apigateway.DeleteStageInput{RestApiId: a.id, StageName: aws.String(stage)}))
		},
		demands: []string{"StageName", "DeploymentId", "MethodSettings", "CreatedDate", "CacheClusterStatus"},
		gone:    absent,
	})
}

// createDeployment sends what is not set as empty texts.
func (a *api) createDeployment() error {
	out, err := a.gateway.CreateDeployment(a.ctx, &apigateway.CreateDeploymentInput{
		RestApiId: a.id, Description: aws.String(""), StageDescription: aws.String(""), StageName: aws.String(""), Variables: map[string]string{},
	})
	if err == nil {
		a.deployment = out.Id
	}
	return err
}

func (a *api) deleteDeployment(id *string) error {
	return failed(a.gateway.DeleteDeployment(a.ctx, &apigateway.DeleteDeploymentInput{RestApiId: a.id, DeploymentId: id}))
}

// redeploy replaces the deployment, as engines do that create before they destroy.
func (a *api) redeploy() {
	a.t.Helper()
	old := a.deployment
	a.change("deployment", a.createDeployment)
	a.change("stage", func() error {
		return failed(a.gateway.UpdateStage(a.ctx, &apigateway.UpdateStageInput{
			RestApiId: a.id, StageName: aws.String(stage), PatchOperations: []types.PatchOperation{replace("/deploymentId", *a.deployment)},
		}))
	})
	if err := a.deleteDeployment(old); err != nil {
		a.t.Fatal(err)
	}
}

func replace(path, value string) types.PatchOperation {
	return types.PatchOperation{Op: types.OpReplace, Path: &path, Value: &value}
}

// call calls the deployed method at the invoke URL that an engine shows.
func (a *api) call() (status int, body string) {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.ctx, http.MethodGet, "http://"+a.addr+"/"+stage+"/"+*a.path, http.NoBody)
	if err != nil {
		a.t.Fatal(err)
	}
	request.Host = *a.id + ".execute-api." + region + ".amazonaws.com"
	status, body, err = send(request)
	if err != nil {
		a.t.Fatal(err)
	}
	return status, body
}

// answers calls the method and compares.
func (a *api) answers(status int, body string) {
	a.t.Helper()
	if gotStatus, gotBody := a.call(); gotStatus != status || gotBody != body {
		a.t.Errorf("%d %s, want %d %s", gotStatus, gotBody, status, body)
	}
}
