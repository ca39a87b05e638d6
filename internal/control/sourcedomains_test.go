package control

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/aws/wire/apigateway"
)

func (c tester) createDomain(name, endpointType string) {
	c.t.Helper()
	in := &apigateway.CreateDomainNameRequest{
		DomainName: &name, EndpointConfiguration: &apigateway.EndpointConfiguration{Types: []string{endpointType}},
	}
	certificate := "arn:aws:acm:" + caller.Region + ":" + caller.Account + ":certificate/12345678-1234-1234-1234-123456789012"
	if endpointType == "REGIONAL" {
		in.RegionalCertificateARN = &certificate
	} else {
		in.CertificateARN = &certificate
	}
	out, err := c.CreateDomainName(c.ctx, caller, in)
	must(c.t, out, err)
}

// Gateway nodes see public domain names with their own mappings. Private ones, which may have the same name, are reached
// through VPC endpoints only.
func TestDomainsOfNodes(t *testing.T) {
	c := newTester(t, Options{})
	c.createDomain("shop.example.com", "REGIONAL")
	c.createDomain("inside.example.com", "PRIVATE")
	api, root := c.createAPI()
	c.mock(api, root)
	c.deploy(api, "dev")
	out, err := c.CreateBasePathMapping(c.ctx, caller, &apigateway.CreateBasePathMappingRequest{
		DomainName: "shop.example.com", BasePath: new("v1"), RestAPIID: &api, Stage: new("dev"),
	})
	must(t, out, err)
	domains, err := NewSource(c.store).Domains(c.ctx)
	must(t, domains, err)
	if len(domains) != 1 || domains[0].DomainName.Name != "shop.example.com" || domains[0].AccountID != caller.Account {
		t.Fatalf("nodes see %+v", domains)
	}
	if diff := cmp.Diff([]apidef.BasePathMapping{{BasePath: "v1", APIID: api, Stage: "dev"}}, domains[0].Mappings); diff != "" {
		t.Error(diff)
	}
}

// Whoever deletes a certificate learns which domain names stand on it.
func TestCertificateUsers(t *testing.T) {
	c := newTester(t, Options{})
	c.createDomain("shop.example.com", "REGIONAL")
	source := NewSource(c.store)
	users, err := source.CertificateUsers(c.ctx, "arn:aws:acm:"+caller.Region+":"+caller.Account+":certificate/12345678-1234-1234-1234-123456789012")
	must(t, users, err)
	if want := []string{"arn:aws:apigateway:" + caller.Region + "::/domainnames/shop.example.com"}; !slices.Equal(users, want) {
		t.Errorf("used by %v, want %v", users, want)
	}
	if users, err = source.CertificateUsers(c.ctx, "arn:aws:acm:us-east-1:123456789012:certificate/0"); err != nil || len(users) > 0 {
		t.Errorf("another certificate is used by %v, %v", users, err)
	}
}
