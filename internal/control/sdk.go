package control

import (
	"context"
	"time"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/sdk"
)

// GetSDK answers a client library for what a stage's deployment froze: in JavaScript, the one language offered. The texts
// of its refusals are inferred.
// Source: API Gateway API reference, GetSdk.
func (c *Control) GetSDK(ctx context.Context, call *wire.Call, in *apigateway.GetSDKRequest) (*apigateway.SDKResponse, error) {
	return view(ctx, c, call, func(r records) (*apigateway.SDKResponse, error) {
		stage, snapshot, err := r.deployed(in.RestAPIID, in.StageName)
		if err != nil {
			return nil, err
		}
		if err := checkSDKType(in.SDKType, in.Parameters); err != nil {
			return nil, err
		}
		deployment, err := r.deployment(in.RestAPIID, stage.DeploymentID)
		if err != nil {
			return nil, err
		}
		o := sdk.Options{
			Stage: in.StageName, Region: call.Region, Version: exportVersion(&snapshot.RestAPI),
			InvokeURL: "https://" + executeHost(in.RestAPIID, call.Region) + "/" + in.StageName,
			Created:   time.Unix(deployment.CreatedDate, 0).UTC(),
		}
		archive, err := sdk.JavaScript(snapshot, o)
		if err != nil {
			return nil, err
		}
		return &apigateway.SDKResponse{
			Body: archive, ContentType: new("application/octet-stream"), ContentDisposition: new(attachment(sdkFile(in.SDKType, o.Created))),
		}, nil
	})
}

// sdkFile is the name of an archive, in the form of the API reference's example: "android_2016-02-22_23-52Z.zip".
func sdkFile(sdkType string, made time.Time) string {
	return sdkType + "_" + made.Format("2006-01-02_15-04Z") + ".zip"
}

// checkSDKType refuses unknown types, those whose parameters are missing, and those that are not offered here.
func checkSDKType(id string, parameters map[string]string) error {
	for _, t := range apidef.SDKTypes() {
		if t.ID != id {
			continue
		}
		for _, p := range t.Properties {
			if p.Required && parameters[p.Name] == "" {
				return awserr.BadRequest.Errorf("Missing required parameter '%s' for SDK type '%s'", p.Name, id)
			}
		}
		if id != "javascript" {
			return awserr.BadRequest.Errorf("SDK type '%s' is not supported. Must be one of: [javascript]", id)
		}
		return nil
	}
	return awserr.BadRequest.Errorf("Invalid SDK type specified: %s", id)
}
