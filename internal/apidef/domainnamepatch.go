package apidef

import (
	"slices"

	"postern/internal/aws/awserr"
)

// domainText is the line of a text member.
func domainText(path string, ops Ops, member func(*DomainName) *string) PatchPath[DomainName] {
	return PatchPath[DomainName]{Pattern: path, Ops: ops, Apply: func(d *DomainName, c Change) error {
		*member(d) = c.Value
		if c.Op == Remove {
			*member(d) = ""
		}
		return nil
	}}
}

var domainNamePaths = PatchTable[DomainName]{
	Refuse: refuseListing,
	Paths: []PatchPath[DomainName]{
		domainText("/certificateName", Add|Replace|Remove, func(d *DomainName) *string { return &d.CertificateName }),
		domainText("/certificateArn", Add|Replace|Remove, func(d *DomainName) *string { return &d.CertificateARN }),
		domainText("/regionalCertificateName", Add|Replace|Remove, func(d *DomainName) *string { return &d.RegionalCertificateName }),
		domainText("/regionalCertificateArn", Add|Replace|Remove, func(d *DomainName) *string { return &d.RegionalCertificateARN }),
		{Pattern: "/endpointConfiguration/types", Ops: Add | Remove, Apply: func(d *DomainName, c Change) error {
			if c.Op == Remove && !c.HasValue {
				return nil // Patch removes it when it knows which
			}
			return patchElement(&d.EndpointConfiguration.Types, c.Op, c.Value, "", "Invalid endpoint type specified")
		}},
		// The reference leaves this one out; the Terraform AWS provider sends it, as to APIs.
		{Pattern: "/endpointConfiguration/types/{type}", Ops: Replace, Unlisted: true, Apply: func(d *DomainName, c Change) error {
			d.EndpointConfiguration.Types = []string{c.Value}
			return nil
		}},
		domainText("/endpointConfiguration/ipAddressType", Replace,
			func(d *DomainName) *string { return &d.EndpointConfiguration.IPAddressType }),
		domainText("/endpointAccessMode", Replace, func(d *DomainName) *string { return &d.EndpointAccessMode }),
		domainText("/managementPolicy", Replace, func(d *DomainName) *string { return &d.ManagementPolicy }),
		domainText("/policy", Replace, func(d *DomainName) *string { return &d.Policy }),
		{Pattern: "/mutualTlsAuthentication/truststoreUri", Ops: Add | Replace | Remove, Apply: (*DomainName).patchTruststore},
		{Pattern: "/mutualTlsAuthentication/truststoreVersion", Ops: Add | Replace | Remove, Apply: (*DomainName).patchTruststoreVersion},
		domainText("/routingMode", Replace, func(d *DomainName) *string { return &d.RoutingMode }),
		domainText("/securityPolicy", Replace, func(d *DomainName) *string { return &d.SecurityPolicy }),
		domainText("/ownershipVerificationCertificateArn", Add|Replace|Remove,
			func(d *DomainName) *string { return &d.OwnershipVerificationCertificateARN }),
	},
}

// patchTruststore: an empty address turns mutual TLS off.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
func (d *DomainName) patchTruststore(c Change) error {
	if c.Op == Remove || c.Value == "" {
		d.MutualTLSAuthentication = nil
		return nil
	}
	if d.MutualTLSAuthentication == nil {
		d.MutualTLSAuthentication = &MutualTLS{}
	}
	d.MutualTLSAuthentication.TruststoreURI = c.Value
	return nil
}

func (d *DomainName) patchTruststoreVersion(c Change) error {
	version := c.Value
	if c.Op == Remove {
		version = ""
	}
	if d.MutualTLSAuthentication == nil {
		if version == "" {
			return nil
		}
		d.MutualTLSAuthentication = &MutualTLS{}
	}
	d.MutualTLSAuthentication.TruststoreVersion = version
	return nil
}

// addOrRemove are the paths of which one request may not hold an add and a remove.
// Source: API Gateway API reference, UpdateDomainName, Patch Operations.
var addOrRemove = []string{
	"/certificateName", "/certificateArn", "/regionalCertificateName", "/regionalCertificateArn",
	"/endpointConfiguration/types",
}

// removesSomeType tells of an operation that removes an endpoint type without saying which.
func removesSomeType(op PatchOperation) bool {
	return parseOp(op.Op) == Remove && op.pointer() == "/endpointConfiguration/types" && op.Value == nil
}

// removeBareType removes the endpoint type whose certificate went. The refusal is inferred.
// Source: developer guide, "Migrate a custom domain name to a different API endpoint type in API Gateway", where one
// request removes a type that it does not name, and that type's certificate.
func (d *DomainName) removeBareType() error {
	types := slices.DeleteFunc(slices.Clone(d.EndpointConfiguration.Types), func(endpoint string) bool {
		if endpoint == Regional {
			return d.RegionalCertificateARN == "" && d.RegionalCertificateName == ""
		}
		return d.CertificateARN == "" && d.CertificateName == ""
	})
	if len(types) == len(d.EndpointConfiguration.Types) {
		return awserr.NotFound.Errorf("Invalid endpoint type specified")
	}
	d.EndpointConfiguration.Types = types
	return nil
}

// Patch returns the domain name with the operations applied; its members are checked against each other at the end.
func (d *DomainName) Patch(ops []PatchOperation, owner Owner) (*DomainName, error) {
	seen := make(map[string]Ops)
	for _, op := range ops {
		path := op.pointer()
		if !slices.Contains(addOrRemove, path) {
			continue
		}
		seen[path] |= parseOp(op.Op)
		if both := Add | Remove; seen[path]&both == both {
			return nil, awserr.BadRequest.Errorf("Cannot add and remove %s in the same request", path) // inferred
		}
	}
	next := clone(d)
	if err := domainNamePaths.Apply(next, ops); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(ops, removesSomeType) {
		if err := next.removeBareType(); err != nil {
			return nil, err
		}
	}
	if d.IsPrivate() != next.IsPrivate() {
		return nil, awserr.BadRequest.Errorf("Cannot change a domain name between private and public.") // inferred
	}
	return next, next.settle(d, owner)
}
