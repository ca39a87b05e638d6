package control

import (
	"encoding/json"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// jsonImporter reads definitions that are written in apidef's own JSON, with warnings and faults spelled out.
type jsonImporter struct{}

func (jsonImporter) Parse(body []byte, _ ImportOptions) (*apidef.Definition, []string, error) {
	var in struct {
		API               apidef.RestAPI             `json:"restApi"`
		Resources         []*apidef.Resource         `json:"resources"`
		Models            []*apidef.Model            `json:"models"`
		RequestValidators []*apidef.RequestValidator `json:"requestValidators"`
		GatewayResponses  []*apidef.GatewayResponse  `json:"gatewayResponses"`
		Authorizers       []*apidef.Authorizer       `json:"authorizers"`
		Warnings          []string                   `json:"warnings"`
		Faults            DefinitionErrors           `json:"faults"`

		DocumentationParts []*apidef.DocumentationPart `json:"documentationParts"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, nil, awserr.BadRequest.Errorf("Invalid OpenAPI input.")
	}
	d := &apidef.Definition{
		RestAPI: &in.API, Resources: in.Resources, Models: in.Models, RequestValidators: in.RequestValidators,
		GatewayResponses: in.GatewayResponses, Authorizers: in.Authorizers, DocumentationParts: in.DocumentationParts,
	}
	if len(in.Faults) > 0 {
		return d, in.Warnings, in.Faults
	}
	return d, in.Warnings, nil
}
