package control

import (
	"testing"

	"postern/internal/apidef"
)

// The quota of each kind refuses what exceeds it with 429.
// Source: developer guide, "Quotas for configuring and running a REST API in API Gateway"; the texts are inferred from
// that about resources.
func TestQuotaOfEachKind(t *testing.T) {
	limits := apidef.DefaultLimits()
	limits.Authorizers, limits.DocumentationParts, limits.APIKeys, limits.UsagePlans, limits.UsagePlansPerKey = 1, 1, 1, 2, 1
	limits.ClientCertificates, limits.VPCLinks, limits.RequestValidators = 1, 1, 1
	limits.PublicDomainNames, limits.PrivateDomainNames, limits.AccessAssociations = 1, 1, 1
	const function = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
	const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/c"
	authorizer := `{"type": "TOKEN", "identitySource": "method.request.header.A", "authorizerUri": "` + function + `", "name": `
	for _, c := range []struct {
		what string
		// prepare are steps; make and exceed are requests, of which the first is accepted.
		prepare      []string
		make, exceed string
		refusal      string
	}{
		{
			what: "authorizers per API", prepare: []string{newAPIStep},
			make: "POST /restapis/$api/authorizers\n" + authorizer + `"a"}`, exceed: "POST /restapis/$api/authorizers\n" + authorizer + `"b"}`,
			refusal: "Maximum number of Authorizers for this API has been reached.  Please contact AWS if you need additional Authorizers.",
		},
		{
			what: "authorizers that a definition brings", prepare: []string{newAPIStep},
			make:    "POST /restapis?mode=import\n" + `{"restApi": {"name": "x"}, "authorizers": [` + authorizer + `"a"}]}`,
			exceed:  "POST /restapis?mode=import\n" + `{"restApi": {"name": "x"}, "authorizers": [` + authorizer + `"a"}, ` + authorizer + `"b"}]}`,
			refusal: "Maximum number of Authorizers for this API has been reached.  Please contact AWS if you need additional Authorizers.",
		},
		{
			what: "request validators per API", prepare: []string{newAPIStep},
			make: "POST /restapis/$api/requestvalidators\n" + `{"name": "a"}`, exceed: "POST /restapis/$api/requestvalidators\n" + `{"name": "b"}`,
			refusal: "Maximum number of Request Validators for this API has been reached.  Please contact AWS if you need additional Request Validators.",
		},
		{
			what: "request validators that a definition brings", prepare: []string{newAPIStep},
			make:    "POST /restapis?mode=import\n" + `{"restApi": {"name": "x"}, "requestValidators": [{"name": "a"}]}`,
			exceed:  "POST /restapis?mode=import\n" + `{"restApi": {"name": "x"}, "requestValidators": [{"name": "a"}, {"id": "b", "name": "b"}]}`,
			refusal: "Maximum number of Request Validators for this API has been reached.  Please contact AWS if you need additional Request Validators.",
		},
		{
			what: "documentation parts per API", prepare: []string{newAPIStep},
			make:    "POST /restapis/$api/documentation/parts\n" + `{"location": {"type": "API"}, "properties": "{}"}`,
			exceed:  "POST /restapis/$api/documentation/parts\n" + `{"location": {"type": "RESOURCE"}, "properties": "{}"}`,
			refusal: "Maximum number of Documentation Parts for this API has been reached.  Please contact AWS if you need additional Documentation Parts.",
		},
		{
			what: "API keys", make: "POST /apikeys\n{}", exceed: "POST /apikeys\n{}",
			refusal: "Maximum number of API Keys for this account has been reached.  Please contact AWS if you need additional API Keys.",
		},
		{
			what: "usage plans", prepare: []string{newPlanStep},
			make: "POST /usageplans\n" + `{"name": "b"}`, exceed: "POST /usageplans\n" + `{"name": "c"}`,
			refusal: "Maximum number of Usage Plans for this account has been reached.  Please contact AWS if you need additional Usage Plans.",
		},
		{
			what: "usage plans of a key",
			prepare: []string{
				newPlanStep,
				"POST /usageplans\n{\"name\": \"b\"}\n-> 201\n{\"id\": \"$other\", \"...\": \"\"}",
				"POST /apikeys\n{}\n-> 201\n{\"id\": \"$key\", \"...\": \"\"}",
			},
			make:    "POST /usageplans/$plan/keys\n" + `{"keyId": "$key", "keyType": "API_KEY"}`,
			exceed:  "POST /usageplans/$other/keys\n" + `{"keyId": "$key", "keyType": "API_KEY"}`,
			refusal: "Maximum number of Usage Plans for this API Key has been reached.  Please contact AWS if you need additional Usage Plans.",
		},
		{
			what: "client certificates", make: "POST /clientcertificates\n{}", exceed: "POST /clientcertificates\n{}",
			refusal: "Maximum number of Client Certificates for this account has been reached.  Please contact AWS if you need additional Client Certificates.",
		},
		{
			what:    "VPC links",
			make:    "POST /vpclinks\n" + `{"name": "a", "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/1"]}`,
			exceed:  "POST /vpclinks\n" + `{"name": "b", "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/b/2"]}`,
			refusal: "Maximum number of VPC Links for this account has been reached.  Please contact AWS if you need additional VPC Links.",
		},
		{
			what:    "public domain names",
			make:    "POST /domainnames\n" + `{"domainName": "a.example.com", "certificateArn": "` + certificate + `"}`,
			exceed:  "POST /domainnames\n" + `{"domainName": "b.example.com", "certificateArn": "` + certificate + `"}`,
			refusal: "Maximum number of Domain Names for this account has been reached.  Please contact AWS if you need additional Domain Names.",
		},
		{
			what:    "private domain names, which are counted apart",
			prepare: []string{"POST /domainnames\n{\"domainName\": \"a.example.com\", \"certificateArn\": \"" + certificate + "\"}\n-> 201\n{\"...\": \"\"}"},
			make:    "POST /domainnames\n" + `{"domainName": "p.example.com", "certificateArn": "` + certificate + `", "endpointConfiguration": {"types": ["PRIVATE"]}}`,
			exceed:  "POST /domainnames\n" + `{"domainName": "p.example.com", "certificateArn": "` + certificate + `", "endpointConfiguration": {"types": ["PRIVATE"]}}`,
			refusal: "Maximum number of Domain Names for this account has been reached.  Please contact AWS if you need additional Domain Names.",
		},
		{
			what: "access associations",
			prepare: []string{"POST /domainnames\n{\"domainName\": \"p.example.com\", \"certificateArn\": \"" + certificate +
				"\", \"endpointConfiguration\": {\"types\": [\"PRIVATE\"]}}\n-> 201\n{\"domainNameArn\": \"$domain\", \"...\": \"\"}"},
			make:    "POST /domainnameaccessassociations\n" + `{"domainNameArn": "$domain", "accessAssociationSourceType": "VPCE", "accessAssociationSource": "vpce-1"}`,
			exceed:  "POST /domainnameaccessassociations\n" + `{"domainNameArn": "$domain", "accessAssociationSourceType": "VPCE", "accessAssociationSource": "vpce-2"}`,
			refusal: "Maximum number of Domain Name Access Associations for this account has been reached.  Please contact AWS if you need additional Domain Name Access Associations.",
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			d := newDialogue(inMemory(t), Options{Limits: &limits, Importer: jsonImporter{}})
			for _, step := range c.prepare {
				d.play(t, step)
			}
			status := "201"
			if c.what == "VPC links" {
				status = "202"
			}
			d.play(t, c.make+"\n-> "+status+"\n{\"...\": \"\"}")
			d.play(t, c.exceed+"\n-> 429 LimitExceededException: "+c.refusal)
		})
	}
}

const (
	newAPIStep  = "POST /restapis\n{\"name\": \"a\"}\n-> 201\n{\"id\": \"$api\", \"...\": \"\"}"
	newPlanStep = "POST /usageplans\n{\"name\": \"a\"}\n-> 201\n{\"id\": \"$plan\", \"...\": \"\"}"
)
