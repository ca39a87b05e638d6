package control

import (
	"context"
	"errors"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// Importer reads API definitions.
type Importer interface {
	// Parse reads a whole definition. What it returns names resources by Path alone; ids of validators and authorizers
	// are labels that methods refer to. A timeout of 0 means the default. Warnings stop nothing. An error is
	// DefinitionErrors when the definition was read but holds faults (the definition then holds the rest), and an
	// *awserr.Error when it could not be read.
	Parse(body []byte, o ImportOptions) (d *apidef.Definition, warnings []string, err error)
}

// ImportOptions are what an Importer needs to know besides the definition.
type ImportOptions struct {
	Partition, Region, AccountID string
	APIID                        string // of the API to be made or changed: models refer to each other by it
	// Resources is how many there may be besides the root; more refuse the definition with apidef.ErrTooManyResources.
	Resources int
	// Parameters are the query parameters other than mode and failonwarnings: basepath, ignore,
	// endpointConfigurationTypes, disableExecuteApiEndpoint.
	Parameters map[string]string
}

// DefinitionErrors are the faults in a definition, each as AWS words it.
type DefinitionErrors []string

// Error lists the faults.
func (e DefinitionErrors) Error() string { return strings.Join(e, "; ") }

// verdict words faults and warnings as one refusal; nil when the import stands. Both must be complete: what reading a
// definition found, and what storing it did.
// Source: public import logs; see the tests.
func verdict(faults, warnings []string, failOnWarnings bool) error {
	const between = "\n\t"
	switch {
	case len(faults) > 0 && len(warnings) > 0:
		return awserr.BadRequest.Errorf("Errors found during import:%s%s\nAdditionally, these warnings were found:%s%s",
			between, strings.Join(faults, between), between, strings.Join(warnings, between))
	case len(faults) > 0:
		return awserr.BadRequest.Errorf("Errors found during import:%s%s", between, strings.Join(faults, between))
	case failOnWarnings && len(warnings) > 0:
		return awserr.BadRequest.Errorf("Warnings found during import:%s%s", between, strings.Join(warnings, between))
	}
	return nil
}

// parse reads a definition for an API.
func (c *Control) parse(call *wire.Call, apiID string, body []byte, parameters map[string]string) (*apidef.Definition, []string, DefinitionErrors, error) {
	if c.options.Importer == nil {
		return nil, nil, nil, awserr.NotImplemented.Errorf("%s is not available: no importer is installed", call.Operation)
	}
	if len(body) > c.options.Limits.ImportBytes {
		return nil, nil, nil, awserr.BadRequest.Errorf("API definition exceeds the limit of %d bytes", c.options.Limits.ImportBytes)
	}
	d, warnings, err := c.options.Importer.Parse(body, ImportOptions{
		Partition: arn.Partition(call.Region), Region: call.Region, AccountID: call.Account, APIID: apiID, Parameters: parameters,
		Resources: c.options.Limits.Resources,
	})
	faults, _ := errors.AsType[DefinitionErrors](err)
	if err != nil && faults == nil {
		return nil, nil, nil, err
	}
	return d, warnings, faults, nil
}

// ImportRestAPI makes an API from a definition.
func (c *Control) ImportRestAPI(ctx context.Context, call *wire.Call, in *apigateway.ImportRestAPIRequest) (*apigateway.RestAPI, error) {
	return update(ctx, c, call, func(r records) (*apigateway.RestAPI, error) {
		id, err := c.newAPIID(r)
		if err != nil {
			return nil, err
		}
		d, warnings, faults, err := c.parse(call, id, in.Body, in.Parameters)
		if err != nil {
			return nil, err
		}
		api, err := apidef.NewRestAPI(*d.RestAPI, apidef.Sent{}, c.owner(call, id))
		if err != nil {
			return nil, err
		}
		api.ID, api.CreatedDate, api.Warnings = id, c.now(), warnings
		api.RootResourceID = c.options.NewID(rootIDLength)
		more, err := c.plant(r, call, api, d)
		if err != nil {
			return nil, err
		}
		if err := verdict(slices.Concat(faults, more), api.Warnings, value(in.FailOnWarnings)); err != nil {
			return nil, err
		}
		return restAPIAnswer(api, tagsWhenSet), nil
	})
}

// PutRestAPI lays a definition over an API, or puts it in the place of all that the API has.
func (c *Control) PutRestAPI(ctx context.Context, call *wire.Call, in *apigateway.PutRestAPIRequest) (*apigateway.RestAPI, error) {
	d, warnings, faults, err := c.parse(call, in.RestAPIID, in.Body, in.Parameters)
	if err != nil {
		return nil, err
	}
	replace := value(in.Mode) == "overwrite"
	return update(ctx, c, call, func(r records) (*apigateway.RestAPI, error) {
		api, err := r.restAPI(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		if api, err = overlay(api, d, replace, c.owner(call, api.ID)); err != nil {
			return nil, err
		}
		api.Warnings = warnings
		more, err := c.graft(r, call, api, copyOf(d), replace)
		if err != nil {
			return nil, err
		}
		if err := verdict(slices.Concat(faults, more), api.Warnings, value(in.FailOnWarnings)); err != nil {
			return nil, err
		}
		return restAPIAnswer(api, tagsAlways), put(r, kindRestAPI, api.ID, api)
	})
}

// copyOf copies the lists of a definition, since a transaction that runs again needs them as they were parsed.
func copyOf(d *apidef.Definition) *apidef.Definition {
	return &apidef.Definition{
		RestAPI: d.RestAPI, Resources: slices.Clone(d.Resources), Models: copies(d.Models),
		RequestValidators: copies(d.RequestValidators), GatewayResponses: copies(d.GatewayResponses), Authorizers: copies(d.Authorizers),
		DocumentationParts: d.DocumentationParts, // which are copied when they are stored
	}
}

func copies[T any](in []*T) []*T {
	out := make([]*T, len(in))
	for i, v := range in {
		c := *v
		out[i] = &c
	}
	return out
}

// overlay lays an imported API's settings over the stored ones. What a definition does not say stays; id, dates, tags
// and endpoint type always do. Recorded AWS answer: PutRestApi with mode merge and overwrite; that VPC endpoints of the
// definition replace those of the API: Terraform AWS provider, acceptance test.
func overlay(api *apidef.RestAPI, d *apidef.Definition, replace bool, owner apidef.Owner) (*apidef.RestAPI, error) {
	next, from := *api, d.RestAPI
	next.Name, next.Description, next.Version = from.Name, from.Description, from.Version
	next.BinaryMediaTypes = from.BinaryMediaTypes
	if !replace {
		next.BinaryMediaTypes = union(api.BinaryMediaTypes, from.BinaryMediaTypes)
	}
	if endpoints := from.EndpointConfiguration.VPCEndpointIDs; len(endpoints) > 0 {
		next.EndpointConfiguration.VPCEndpointIDs = endpoints
		if !replace {
			next.EndpointConfiguration.VPCEndpointIDs = union(api.EndpointConfiguration.VPCEndpointIDs, endpoints)
		}
	}
	if replace || from.MinimumCompressionSize != nil {
		next.MinimumCompressionSize = from.MinimumCompressionSize
	}
	if from.APIKeySource != "" {
		next.APIKeySource = from.APIKeySource
	}
	if from.Policy != "" || replace {
		next.Policy = from.Policy
	}
	if from.SecurityPolicy != "" {
		next.SecurityPolicy, next.EndpointAccessMode = from.SecurityPolicy, from.EndpointAccessMode
	}
	if d.EndpointDisabled != nil {
		next.DisableExecuteAPIEndpoint = *d.EndpointDisabled
	}
	return apidef.NewRestAPI(next, apidef.Sent{}, owner)
}

// union is a list with what another one has more, at the end.
func union(list, more []string) []string {
	out := slices.Clone(list)
	for _, element := range more {
		if !slices.Contains(out, element) {
			out = append(out, element)
		}
	}
	return out
}
