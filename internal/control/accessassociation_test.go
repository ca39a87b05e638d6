package control

import (
	"context"
	"errors"
	"testing"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// A private domain name that its management policy shares can be associated by the other account, and only then; its
// owner sees the association and may cut it.
// Source: developer guide, "Custom domain names for private APIs in API Gateway"; API reference,
// RejectDomainNameAccessAssociation.
func TestForeignAccessAssociation(t *testing.T) {
	ctx := context.Background()
	c := New(inMemory(t), Options{})
	owner := &wire.Call{Account: "111111111111", Region: "us-east-1"}
	other := &wire.Call{Account: "222222222222", Region: "us-east-1"}
	d, err := c.CreateDomainName(ctx, owner, &apigateway.CreateDomainNameRequest{
		DomainName: new("private.example.com"), CertificateARN: new("arn:aws:acm:us-east-1:111111111111:certificate/c"),
		EndpointConfiguration: &apigateway.EndpointConfiguration{Types: []string{apidef.Private}},
	})
	if err != nil {
		t.Fatal(err)
	}
	associate := func() (*apigateway.DomainNameAccessAssociation, error) {
		return c.CreateDomainNameAccessAssociation(ctx, other, &apigateway.CreateDomainNameAccessAssociationRequest{
			DomainNameARN: d.DomainNameARN, AccessAssociationSourceType: new("VPCE"), AccessAssociationSource: new("vpce-1"),
		})
	}
	if _, err := associate(); !errors.Is(err, apidef.ErrNoDomainName) {
		t.Fatalf("a domain name that is not shared: %v", err)
	}
	_, err = c.UpdateDomainName(ctx, owner, &apigateway.UpdateDomainNameRequest{
		DomainName: *d.DomainName, DomainNameID: d.DomainNameID,
		PatchOperations: []apigateway.PatchOperation{{Op: new("replace"), Path: new("/managementPolicy"), Value: new(
			`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::222222222222:root"]}, "Action": "apigateway:CreateAccessAssociation", "Resource": "*"}]}`,
		)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := associate()
	if err != nil {
		t.Fatal(err)
	}
	count := func(call *wire.Call, of string) (associations, domains int) {
		t.Helper()
		a, err := c.GetDomainNameAccessAssociations(ctx, call, &apigateway.GetDomainNameAccessAssociationsRequest{ResourceOwner: &of})
		if err != nil {
			t.Fatal(err)
		}
		n, err := c.GetDomainNames(ctx, call, &apigateway.GetDomainNamesRequest{ResourceOwner: &of})
		if err != nil {
			t.Fatal(err)
		}
		return len(a.Items), len(n.Items)
	}
	for _, c := range []struct {
		who                   string
		call                  *wire.Call
		of                    string
		associations, domains int
	}{
		{"the owner's own", owner, "SELF", 0, 1},
		{"others' with the owner", owner, "OTHER_ACCOUNTS", 1, 0},
		{"the other's own", other, "SELF", 1, 0},
		{"shared with the other", other, "OTHER_ACCOUNTS", 0, 1},
	} {
		if a, d := count(c.call, c.of); a != c.associations || d != c.domains {
			t.Errorf("%s: %d associations and %d domain names, want %d and %d", c.who, a, d, c.associations, c.domains)
		}
	}
	reject := &apigateway.RejectDomainNameAccessAssociationRequest{
		DomainNameAccessAssociationARN: made.DomainNameAccessAssociationARN, DomainNameARN: d.DomainNameARN,
	}
	if err := c.RejectDomainNameAccessAssociation(ctx, other, reject); !errors.Is(err, apidef.ErrNoAccessAssociation) {
		t.Errorf("only the owner rejects: %v", err)
	}
	if err := c.RejectDomainNameAccessAssociation(ctx, owner, reject); err != nil {
		t.Error(err)
	}
	if a, _ := count(other, "SELF"); a != 0 {
		t.Error("the rejected association is still there")
	}
}
