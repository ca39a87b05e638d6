package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Generating again changes nothing; run go generate ./internal/aws/wire/... when this fails.
func TestGeneratedIsCurrent(t *testing.T) {
	models, err := filepath.Glob("../../model/*-??-??.json")
	if err != nil || len(models) == 0 {
		t.Fatal(models, err)
	}
	for _, path := range models {
		service, _, _ := strings.Cut(filepath.Base(path), "-")
		t.Run(service, func(t *testing.T) { generatedIsCurrent(t, path, "../../"+service) })
	}
}

func generatedIsCurrent(t *testing.T, modelPath, generated string) {
	m, err := load(modelPath)
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(generated, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes", name)
		}
	}
	committed, err := filepath.Glob(filepath.Join(generated, "*_gen*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range committed {
		if files[filepath.Base(path)] == nil {
			t.Errorf("%s is written by nothing", path)
		}
	}
}

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"restApiId":                    "RestAPIID",
		"GetRestApis":                  "GetRestAPIs",
		"httpMethod":                   "HTTPMethod",
		"integrationHttpMethod":        "IntegrationHTTPMethod",
		"providerARNs":                 "ProviderARNs",
		"targetArns":                   "TargetARNs",
		"authorizerResultTtlInSeconds": "AuthorizerResultTTLInSeconds",
		"authorizerUri":                "AuthorizerURI",
		"tlsConfig":                    "TLSConfig",
		"VpcLink":                      "VPCLink",
		"ApiKeyIds":                    "APIKeyIDs",
		"webAclArn":                    "WebACLARN",
		"pemEncodedCertificate":        "PEMEncodedCertificate",
		"cacheTtlInSeconds":            "CacheTTLInSeconds",
		"GetSdkTypes":                  "GetSDKTypes",
		"identitySource":               "IdentitySource",
	} {
		if got := goName(name); got != want {
			t.Errorf("goName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEnumName(t *testing.T) {
	for _, c := range []struct{ shape, value, want string }{
		{"IntegrationType", "HTTP_PROXY", "IntegrationTypeHTTPProxy"},
		{"IntegrationType", "MOCK", "IntegrationTypeMock"},
		{"GatewayResponseType", "DEFAULT_4XX", "GatewayResponseTypeDefault4XX"},
		{"GatewayResponseType", "INVALID_API_KEY", "GatewayResponseTypeInvalidAPIKey"},
		{"CacheClusterSize", "13.5", "CacheClusterSize13_5"},
		{"IpAddressType", "ipv4", "IPAddressTypeIPv4"},
		{"SecurityPolicy", "TLS_1_2", "SecurityPolicyTLS1_2"},
		{"SecurityPolicy", "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicyTLS13_1_2_2021_06"},
		{"Op", "add", "OpAdd"},
	} {
		if got := enumName(c.shape, c.value); got != c.want {
			t.Errorf("enumName(%q, %q) = %q, want %q", c.shape, c.value, got, c.want)
		}
	}
}
