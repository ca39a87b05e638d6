package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
	"postern/internal/store/memory"
)

var caller = &wire.Call{Account: "123456789012", Region: "us-east-1"}

// tester calls the handler's methods, and fails the test when one fails.
type tester struct {
	*Control
	t   *testing.T
	ctx context.Context
}

func newTester(t *testing.T, o Options) tester {
	return tester{New(memory.New(), o), t, context.Background()}
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c tester) createAPI() (id, root string) {
	c.t.Helper()
	out, err := c.CreateRestAPI(c.ctx, caller, &apigateway.CreateRestAPIRequest{Name: new("api")})
	must(c.t, out, err)
	return *out.ID, *out.RootResourceID
}

func (c tester) createResource(api, parent, part string) string {
	c.t.Helper()
	out, err := c.CreateResource(c.ctx, caller, &apigateway.CreateResourceRequest{RestAPIID: api, ParentID: parent, PathPart: &part})
	return *must(c.t, out, err).ID
}

// mock gives a resource a GET method with a MOCK integration.
func (c tester) mock(api, resource string) {
	c.t.Helper()
	m, err := c.PutMethod(c.ctx, caller, &apigateway.PutMethodRequest{RestAPIID: api, ResourceID: resource, HTTPMethod: "GET", AuthorizationType: new("NONE")})
	must(c.t, m, err)
	i, err := c.PutIntegration(c.ctx, caller, &apigateway.PutIntegrationRequest{RestAPIID: api, ResourceID: resource, HTTPMethod: "GET", Type: new("MOCK")})
	must(c.t, i, err)
}

func (c tester) deploy(api, stage string) string {
	c.t.Helper()
	out, err := c.CreateDeployment(c.ctx, caller, &apigateway.CreateDeploymentRequest{RestAPIID: api, StageName: &stage})
	return *must(c.t, out, err).ID
}

// Many clients build one API at once: every resource, method and stage that was acknowledged is there.
func TestManyWritersLoseNothing(t *testing.T) {
	c := newTester(t, Options{Limits: new(func() apidef.Limits {
		l := apidef.DefaultLimits()
		l.Stages = 1000
		return l
	}())})
	api, root := c.createAPI()
	c.mock(api, root)
	const writers, each = 8, 12
	atOnce := func(write func(w, i int)) {
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					write(w, i)
				}
			})
		}
		wg.Wait()
	}
	atOnce(func(w, i int) {
		c.mock(api, c.createResource(api, root, fmt.Sprintf("w%d-%d", w, i)))
	})
	atOnce(func(w, i int) {
		c.deploy(api, fmt.Sprintf("s%d_%d", w, i))
		_, err := c.PutMethodResponse(c.ctx, caller, &apigateway.PutMethodResponseRequest{
			RestAPIID: api, ResourceID: root, HTTPMethod: "GET", StatusCode: fmt.Sprint(200 + w*each + i),
		})
		if err != nil {
			t.Error(err)
		}
	})
	resources, err := c.GetResources(c.ctx, caller, &apigateway.GetResourcesRequest{RestAPIID: api, Limit: new(500), Embed: []string{"methods"}})
	must(t, resources, err)
	if got := len(resources.Items); got != writers*each+1 {
		t.Errorf("%d resources, want %d", got, writers*each+1)
	}
	for _, r := range resources.Items {
		if r.ResourceMethods["GET"].MethodIntegration == nil {
			t.Errorf("resource %s lost its integration", *r.Path)
		}
		if *r.Path == "/" && len(r.ResourceMethods["GET"].MethodResponses) != writers*each {
			t.Errorf("%d method responses, want %d", len(r.ResourceMethods["GET"].MethodResponses), writers*each)
		}
	}
	stages, err := c.GetStages(c.ctx, caller, &apigateway.GetStagesRequest{RestAPIID: api})
	if got := len(must(t, stages, err).Item); got != writers*each {
		t.Errorf("%d stages, want %d", got, writers*each)
	}
	deployments, err := c.GetDeployments(c.ctx, caller, &apigateway.GetDeploymentsRequest{RestAPIID: api, Limit: new(500)})
	if got := len(must(t, deployments, err).Items); got != writers*each {
		t.Errorf("%d deployments, want %d", got, writers*each)
	}
}

// What one account and region has, no other sees.
func TestScopes(t *testing.T) {
	c := newTester(t, Options{})
	api, _ := c.createAPI()
	for _, other := range []*wire.Call{{Account: "210987654321", Region: "us-east-1"}, {Account: "123456789012", Region: "eu-west-1"}} {
		_, err := c.GetRestAPI(c.ctx, other, &apigateway.GetRestAPIRequest{RestAPIID: api})
		if want := awserr.NotFound.Errorf("Invalid API identifier specified %s:%s", other.Account, api); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", other, err, want)
		}
		list, err := c.GetRestAPIs(c.ctx, other, &apigateway.GetRestAPIsRequest{})
		if len(must(t, list, err).Items) != 0 {
			t.Errorf("%v sees %d APIs", other, len(list.Items))
		}
	}
}

// AWS's quotas, each made small. The texts but the first are inferred from it (public reports of ImportRestApi).
func TestQuotas(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit func(*apidef.Limits)
		reach func(c tester, api, root string) error
		want  error
	}{
		{"resources per API", func(l *apidef.Limits) { l.Resources = 1 }, func(c tester, api, root string) error {
			c.createResource(api, root, "a")
			_, err := c.CreateResource(c.ctx, caller, &apigateway.CreateResourceRequest{RestAPIID: api, ParentID: root, PathPart: new("b")})
			return err
		}, awserr.LimitExceeded.Errorf("Maximum number of Resources for this API has been reached.  Please contact AWS if you need additional Resources.")},
		{"stages per API", func(l *apidef.Limits) { l.Stages = 1 }, func(c tester, api, root string) error {
			c.mock(api, root)
			d := c.deploy(api, "a")
			_, err := c.CreateStage(c.ctx, caller, &apigateway.CreateStageRequest{RestAPIID: api, StageName: new("b"), DeploymentID: &d})
			return err
		}, awserr.LimitExceeded.Errorf("Maximum number of Stages for this API has been reached.  Please contact AWS if you need additional Stages.")},
		{"edge APIs per region", func(l *apidef.Limits) { l.EdgeAPIs = 1 }, func(c tester, _, _ string) error {
			_, err := c.CreateRestAPI(c.ctx, caller, &apigateway.CreateRestAPIRequest{Name: new("b")})
			return err
		}, awserr.LimitExceeded.Errorf("Maximum number of APIs for this account has been reached.  Please contact AWS if you need additional APIs.")},
		{"template size", func(l *apidef.Limits) { l.TemplateBytes = 3 }, func(c tester, api, root string) error {
			c.mock(api, root)
			_, err := c.PutIntegration(c.ctx, caller, &apigateway.PutIntegrationRequest{
				RestAPIID: api, ResourceID: root, HTTPMethod: "GET",
				Type: new("MOCK"), RequestTemplates: map[string]string{"application/json": "1234"},
			})
			return err
		}, awserr.BadRequest.Errorf("Mapping template for content type application/json exceeds the limit of 3 bytes")},
		{"model bytes per API", func(l *apidef.Limits) { l.ModelBytes = 400 }, func(c tester, api, _ string) error {
			_, err := c.CreateModel(c.ctx, caller, &apigateway.CreateModelRequest{
				RestAPIID: api, Name: new("M"), ContentType: new("application/json"),
				Schema: new(`{"title": "` + strings.Repeat("x", 300) + `"}`),
			})
			return err
		}, awserr.BadRequest.Errorf("Models of an API must not exceed 400 bytes in total")},
		{"tags per resource", func(l *apidef.Limits) { l.Tags = 1 }, func(c tester, api, _ string) error {
			return c.TagResource(c.ctx, caller, &apigateway.TagResourceRequest{
				ResourceARN: "arn:aws:apigateway:us-east-1::/restapis/" + api,
				Tags:        map[string]string{"a": "1", "b": "2"},
			})
		}, awserr.LimitExceeded.Errorf("Maximum number of tags for this resource has been reached.")},
		{"stage variables", func(l *apidef.Limits) { l.StageVariables = 1 }, func(c tester, api, root string) error {
			c.mock(api, root)
			_, err := c.CreateDeployment(c.ctx, caller, &apigateway.CreateDeploymentRequest{
				RestAPIID: api, StageName: new("a"),
				Variables: map[string]string{"a": "1", "b": "2"},
			})
			return err
		}, awserr.LimitExceeded.Errorf("Maximum number of stage variables for this stage has been reached.")},
		{"integration timeout, raised", func(l *apidef.Limits) { l.IntegrationTimeout = 60000 }, func(c tester, api, root string) error {
			c.mock(api, root)
			_, err := c.PutIntegration(c.ctx, caller, &apigateway.PutIntegrationRequest{
				RestAPIID: api, ResourceID: root, HTTPMethod: "GET",
				Type: new("MOCK"), TimeoutInMillis: new(60001),
			})
			return err
		}, awserr.BadRequest.Errorf("Timeout should be between 50 ms and 60000 ms")},
	} {
		t.Run(row.name, func(t *testing.T) {
			limits := apidef.DefaultLimits()
			row.limit(&limits)
			c := newTester(t, Options{Limits: &limits})
			api, root := c.createAPI()
			if err := row.reach(c, api, root); !errors.Is(err, row.want) {
				t.Errorf("got %v, want %v", err, row.want)
			}
		})
	}
}

// Logging needs the account's role where the option asks for it (AWS message in public logs).
func TestLoggingRole(t *testing.T) {
	role := ""
	c := newTester(t, Options{LogRole: func(store.Tx, store.Scope) (string, error) { return role, nil }})
	api, root := c.createAPI()
	c.mock(api, root)
	c.deploy(api, "dev")
	level := func(v string) error {
		_, err := c.UpdateStage(c.ctx, caller, &apigateway.UpdateStageRequest{RestAPIID: api, StageName: "dev", PatchOperations: []apigateway.PatchOperation{
			{Op: new("replace"), Path: new("/*/*/logging/loglevel"), Value: &v},
		}})
		return err
	}
	if want := awserr.BadRequest.Errorf("CloudWatch Logs role ARN must be set in account settings to enable logging"); !errors.Is(level("INFO"), want) {
		t.Errorf("INFO without a role: %v, want %v", level("INFO"), want)
	}
	if err := level("OFF"); err != nil {
		t.Errorf("OFF without a role: %v", err)
	}
	role = "arn:aws:iam::123456789012:role/logs"
	if err := level("INFO"); err != nil {
		t.Errorf("INFO with a role: %v", err)
	}
}

// A role of another account is taken where the option allows it.
func TestForeignRoles(t *testing.T) {
	c := newTester(t, Options{AllowForeignRoles: true})
	api, root := c.createAPI()
	c.mock(api, root)
	_, err := c.PutIntegration(c.ctx, caller, &apigateway.PutIntegrationRequest{
		RestAPIID: api, ResourceID: root, HTTPMethod: "GET", Type: new("AWS"),
		IntegrationHTTPMethod: new("POST"), URI: new("arn:aws:apigateway:us-east-1:s3:path/b/k"), Credentials: new("arn:aws:iam::999999999999:role/r"),
	})
	if err != nil {
		t.Error(err)
	}
}

// Without an importer the two import operations say so.
func TestNoImporter(t *testing.T) {
	c := newTester(t, Options{})
	_, err := c.ImportRestAPI(c.ctx, &wire.Call{Operation: "ImportRestApi"}, &apigateway.ImportRestAPIRequest{Body: []byte("{}")})
	if want := awserr.NotImplemented.Errorf("ImportRestApi is not available: no importer is installed"); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// Random ids have the alphabet and the length of AWS's, and do not repeat.
func TestRandomID(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		id := randomID(10)
		if len(id) != 10 || strings.Trim(id, idAlphabet) != "" || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

// An id that is taken is drawn again.
func TestIDCollision(t *testing.T) {
	ids := []string{"same", "same", "other"}
	c := newTester(t, Options{NewID: func(int) string {
		id := ids[0]
		if len(ids) > 1 {
			ids = ids[1:]
		}
		return id
	}})
	got, err := update(c.ctx, c.Control, caller, func(r records) (string, error) {
		if err := put(r, kindModel, "same", &apidef.Model{}); err != nil {
			return "", err
		}
		return c.newID(r, kindModel, "", 6)
	})
	if diff := cmp.Diff("other", must(t, got, err)); diff != "" {
		t.Error(diff)
	}
}
