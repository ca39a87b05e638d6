package control

import (
	"context"
	"fmt"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// GetSDKTypes lists the types of client libraries, in the order of the API reference.
func (c *Control) GetSDKTypes(_ context.Context, _ *wire.Call, in *apigateway.GetSDKTypesRequest) (*apigateway.SDKTypes, error) {
	types := apidef.SDKTypes()
	place := make(map[string]string, len(types))
	for i, t := range types {
		place[t.ID] = fmt.Sprintf("%02d", i)
	}
	cut, next, err := page(types, func(t apidef.SDKType) string { return place[t.ID] }, in.Position, in.Limit)
	if err != nil {
		return nil, err
	}
	return &apigateway.SDKTypes{Items: answers(cut, sdkTypeAnswer), Position: next}, nil
}

// GetSDKType answers one type of client library.
func (c *Control) GetSDKType(_ context.Context, _ *wire.Call, in *apigateway.GetSDKTypeRequest) (*apigateway.SDKType, error) {
	for _, t := range apidef.SDKTypes() {
		if t.ID == in.ID {
			return new(sdkTypeAnswer(t)), nil
		}
	}
	return nil, apidef.ErrNoSDKType
}

func sdkTypeAnswer(t apidef.SDKType) apigateway.SDKType {
	return apigateway.SDKType{
		ID: &t.ID, FriendlyName: &t.FriendlyName, Description: &t.Description,
		ConfigurationProperties: answers(t.Properties, func(p apidef.SDKProperty) apigateway.SDKConfigurationProperty {
			return apigateway.SDKConfigurationProperty{
				Name: &p.Name, FriendlyName: &p.FriendlyName, Description: &p.Description, Required: &p.Required,
				DefaultValue: optional(p.DefaultValue),
			}
		}),
	}
}
