package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/server"
)

// devAPI is the API of `postern dev`: imported once, then replaced and deployed again at each change of its file.
type devAPI struct {
	file            string
	account, region string
	stage           string
	variables       map[string]string
	server          *server.Server
	streams         *Streams
	// id is empty until the file was imported for the first time.
	id string
	// routes is what was printed last.
	routes string
}

// deploy brings what the file holds now onto the stage. When the file is broken it says why, and the deployment that
// was there goes on serving.
func (a *devAPI) deploy(ctx context.Context) {
	begin := time.Now()
	err := a.load(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		kept := ""
		if a.routes != "" {
			kept = " (the deployment before it goes on serving)"
		}
		a.say("%s: %v%s", a.file, err, kept)
		return
	}
	routes, err := a.describe(ctx)
	if err != nil {
		a.say("%s: %v", a.file, err)
		return
	}
	a.say("deployed %s to stage %s in %s", a.file, a.stage, time.Since(begin).Round(time.Millisecond))
	if routes != a.routes {
		a.routes = routes
		fmt.Fprint(a.streams.Out, routes)
	}
}

// load imports or replaces the API and deploys it.
func (a *devAPI) load(ctx context.Context) error {
	body, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	// AWS only says that the input is invalid; whoever edits the file wants the line.
	if err := yaml.Unmarshal(body, new(yaml.Node)); err != nil {
		return err
	}
	control, call := a.server.Control(), a.call()
	var api *apigateway.RestAPI
	if a.id == "" {
		api, err = control.ImportRestAPI(ctx, call, &apigateway.ImportRestAPIRequest{Body: body})
	} else {
		overwrite := apigateway.PutModeOverwrite
		api, err = control.PutRestAPI(ctx, call, &apigateway.PutRestAPIRequest{RestAPIID: a.id, Mode: &overwrite, Body: body})
	}
	if err != nil {
		return err
	}
	a.id = *api.ID
	for _, warning := range api.Warnings {
		a.say("warning: %s", warning)
	}
	_, err = control.CreateDeployment(ctx, call, &apigateway.CreateDeploymentRequest{
		RestAPIID: a.id, StageName: &a.stage, Variables: a.variables,
	})
	return err
}

// describe lists the URL of each route, a line each.
func (a *devAPI) describe(ctx context.Context) (string, error) {
	limit := 500
	resources, err := a.server.Control().GetResources(ctx, a.call(), &apigateway.GetResourcesRequest{
		RestAPIID: a.id, Limit: &limit, Embed: []string{"methods"},
	})
	if err != nil {
		return "", err
	}
	var lines strings.Builder
	for _, resource := range resources.Items {
		var verbs []string
		for verb := range resource.ResourceMethods {
			verbs = append(verbs, verb)
		}
		slices.Sort(verbs)
		for _, verb := range verbs {
			fmt.Fprintf(&lines, "%-7s http://%s/_aws/execute-api/%s/%s%s\n", verb, a.server.Addr(), a.id, a.stage, *resource.Path)
		}
	}
	return lines.String(), nil
}

func (a *devAPI) call() *wire.Call {
	return &wire.Call{Account: a.account, Region: a.region, RequestID: "dev"}
}

func (a *devAPI) say(format string, args ...any) {
	fmt.Fprintf(a.streams.Err, format+"\n", args...)
}
