package control

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire/apigateway"
)

// Source: API Gateway API reference, GetSdk (the media type and the form of the file's name).
func TestTheJavaScriptClientIsOfWhatIsDeployed(t *testing.T) {
	c, call, api, _ := exported(t, Options{}, "1.0.0")
	got, err := c.GetSDK(t.Context(), call, &apigateway.GetSDKRequest{RestAPIID: api, StageName: "prod", SDKType: "javascript"})
	if err != nil {
		t.Fatal(err)
	}
	if *got.ContentType != "application/octet-stream" || *got.ContentDisposition != `attachment; filename="javascript_2017-04-20_04-08Z.zip"` {
		t.Errorf("%s, %s", *got.ContentType, *got.ContentDisposition)
	}
	archive, err := zip.NewReader(bytes.NewReader(got.Body), int64(len(got.Body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open("apiGateway-js-sdk/apigClient.js")
	if err != nil {
		t.Fatal(err)
	}
	source, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"// The client of pets, stage prod.", "apigClient.petsGet = function (params, body, additionalParams)",
		`invokeUrl: "https://` + api + `.execute-api.eu-central-1.amazonaws.com/prod"`, `region: "eu-central-1"`,
	} {
		if !strings.Contains(string(source), part) {
			t.Errorf("no %q in\n%s", part, source)
		}
	}
}

func TestClientsThatAreRefused(t *testing.T) {
	c, call, api, _ := exported(t, Options{}, "1")
	for _, tt := range []struct {
		name       string
		stage, sdk string
		parameters map[string]string
		wantCode   awserr.Code
		want       string
	}{
		{"an unknown stage [inferred from other operations on it]", "dev", "javascript", nil, awserr.NotFound, "Invalid stage identifier specified"},
		{"an unknown type [inferred]", "prod", "cobol", nil, awserr.BadRequest, "Invalid SDK type specified: cobol"},
		{
			"a missing parameter [API reference: GetSdk, parameters; the text is inferred]", "prod", "java",
			map[string]string{"serviceName": "Pets"},
			awserr.BadRequest, "Missing required parameter 'javaPackageName' for SDK type 'java'",
		},
		{
			"a type that is not offered here [ours]", "prod", "swift",
			map[string]string{"classPrefix": "P"},
			awserr.BadRequest, "SDK type 'swift' is not supported. Must be one of: [javascript]",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.GetSDK(t.Context(), call, &apigateway.GetSDKRequest{RestAPIID: api, StageName: tt.stage, SDKType: tt.sdk, Parameters: tt.parameters})
			wantRefusal(t, err, tt.wantCode, tt.want)
		})
	}
}
