package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
)

const (
	kindDomainName = "domainname" // {name}, of private ones {name}+{id}
	// kindDomainOwner, in no scope, tells the scope of each public domain name: they are unique over accounts and regions.
	kindDomainOwner = "domainowner" // {name}

	domainNameIDLength    = 8
	regionalPrefixLength  = 10
	distributionIDLength  = 13
	domainStatusAvailable = "AVAILABLE"
	otherAccounts         = "OTHER_ACCOUNTS"
)

// domainKey is a domain name's key in the store.
func domainKey(name string, id *string) string {
	if value(id) == "" {
		return name
	}
	return name + "+" + *id
}

// CreateDomainName makes a custom domain name, which is available at once.
func (c *Control) CreateDomainName(ctx context.Context, call *wire.Call, in *apigateway.CreateDomainNameRequest) (*apigateway.DomainName, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.DomainName, error) {
		d, err := apidef.NewDomainName(requestedDomainName(in), c.owner(call, ""))
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, d.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		if err := c.checkDomainQuota(r, d.IsPrivate()); err != nil {
			return nil, err
		}
		if err := c.claimDomain(r, d); err != nil {
			return nil, err
		}
		if err := d.WritePolicyOut(c.owner(call, "")); err != nil {
			return nil, err
		}
		d.CertificateUploadDate = c.now()
		c.nameEndpoints(d, call.Region)
		return domainNameAnswer(d, call, tagsWhenSet), put(r, kindDomainName, domainKey(d.Name, &d.ID), d)
	})
}

func requestedDomainName(in *apigateway.CreateDomainNameRequest) apidef.DomainName {
	d := apidef.DomainName{
		Name:                                value(in.DomainName),
		CertificateName:                     value(in.CertificateName),
		CertificateARN:                      value(in.CertificateARN),
		RegionalCertificateName:             value(in.RegionalCertificateName),
		RegionalCertificateARN:              value(in.RegionalCertificateARN),
		SecurityPolicy:                      value(in.SecurityPolicy),
		EndpointAccessMode:                  value(in.EndpointAccessMode),
		RoutingMode:                         value(in.RoutingMode),
		OwnershipVerificationCertificateARN: value(in.OwnershipVerificationCertificateARN),
		Policy:                              value(in.Policy),
		Tags:                                in.Tags,
	}
	if in.CertificateBody != nil {
		d.Uploaded = &apidef.UploadedCertificate{
			Body: *in.CertificateBody, PrivateKey: value(in.CertificatePrivateKey), Chain: value(in.CertificateChain),
		}
	}
	if e := in.EndpointConfiguration; e != nil {
		d.EndpointConfiguration = apidef.EndpointConfiguration{
			Types: e.Types, IPAddressType: value(e.IPAddressType), VPCEndpointIDs: e.VPCEndpointIDs,
		}
	}
	if m := in.MutualTLSAuthentication; m != nil && value(m.TruststoreURI) != "" {
		d.MutualTLSAuthentication = &apidef.MutualTLS{TruststoreURI: *m.TruststoreURI, TruststoreVersion: value(m.TruststoreVersion)}
	}
	return d
}

// checkDomainQuota refuses one more domain name of a sort than the region may have.
func (c *Control) checkDomainQuota(r records, private bool) error {
	domains, err := list[apidef.DomainName](r, kindDomainName, "")
	if err != nil {
		return err
	}
	n := 0
	for _, d := range domains {
		if d.IsPrivate() == private {
			n++
		}
	}
	limit := c.options.Limits.PublicDomainNames
	if private {
		limit = c.options.Limits.PrivateDomainNames
	}
	if n >= limit {
		return awserr.LimitExceeded.Errorf("Maximum number of Domain Names for this account has been reached.  Please contact AWS if you need additional Domain Names.")
	}
	return nil
}

// claimDomain takes a public name for the scope, or gives a private one its id.
func (c *Control) claimDomain(r records, d *apidef.DomainName) (err error) {
	if d.IsPrivate() {
		d.ID, err = c.newID(r, kindDomainName, d.Name+"+", domainNameIDLength)
		return err
	}
	everywhere := records{tx: r.tx}
	if _, err := get[store.Scope](everywhere, kindDomainOwner, d.Name); !notFound(err) {
		if err != nil {
			return err
		}
		return apidef.ErrDomainNameExists
	}
	return put(everywhere, kindDomainOwner, d.Name, &r.scope)
}

// nameEndpoints gives each endpoint the name that the domain's DNS record points to. A name stays once it is given.
func (c *Control) nameEndpoints(d *apidef.DomainName, region string) {
	if d.Has(apidef.Edge) && d.DistributionDomainName == "" {
		d.DistributionDomainName = "d" + c.options.NewID(distributionIDLength) + ".cloudfront.net"
	}
	if d.Has(apidef.Regional) && d.RegionalDomainName == "" {
		d.RegionalDomainName = "d-" + c.options.NewID(regionalPrefixLength) + ".execute-api." + region + ".amazonaws.com"
	}
}

func (r records) domainName(name string, id *string) (*apidef.DomainName, error) {
	return find[apidef.DomainName](r, kindDomainName, domainKey(name, id), apidef.ErrNoDomainName)
}

// GetDomainName answers one domain name.
func (c *Control) GetDomainName(ctx context.Context, call *wire.Call, in *apigateway.GetDomainNameRequest) (*apigateway.DomainName, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DomainName, error) {
		d, err := r.domainName(in.DomainName, in.DomainNameID)
		if err != nil {
			return nil, err
		}
		return domainNameAnswer(d, call, tagsAlways), nil
	})
}

// GetDomainNames lists domain names, by name: the caller's own, or the private ones that others share with the caller.
func (c *Control) GetDomainNames(ctx context.Context, call *wire.Call, in *apigateway.GetDomainNamesRequest) (*apigateway.DomainNames, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DomainNames, error) {
		var items []apigateway.DomainName
		if value(in.ResourceOwner) == otherAccounts {
			shared, err := r.sharedDomains()
			if err != nil {
				return nil, err
			}
			for _, s := range shared {
				owner := &wire.Call{Account: s.scope.Account, Region: s.scope.Region}
				items = append(items, *domainNameAnswer(s.domain, owner, tagsWhenSet))
			}
		} else {
			own, err := list[apidef.DomainName](r, kindDomainName, "")
			if err != nil {
				return nil, err
			}
			items = answers(own, func(d *apidef.DomainName) apigateway.DomainName { return *domainNameAnswer(d, call, tagsWhenSet) })
		}
		key := func(d apigateway.DomainName) string { return domainKey(*d.DomainName, d.DomainNameID) }
		cut, next, err := page(items, key, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.DomainNames{Items: append([]apigateway.DomainName{}, cut...), Position: next}, nil
	})
}

// UpdateDomainName patches a domain name.
func (c *Control) UpdateDomainName(ctx context.Context, call *wire.Call, in *apigateway.UpdateDomainNameRequest) (*apigateway.DomainName, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.DomainName, error) {
		before, err := r.domainName(in.DomainName, in.DomainNameID)
		if err != nil {
			return nil, err
		}
		d, err := before.Patch(patchOperations(in.PatchOperations), c.owner(call, ""))
		if err != nil {
			return nil, err
		}
		if err := d.WritePolicyOut(c.owner(call, "")); err != nil {
			return nil, err
		}
		if datedCertificate(d) != datedCertificate(before) {
			d.CertificateUploadDate = c.now()
		}
		c.nameEndpoints(d, call.Region)
		return domainNameAnswer(d, call, tagsAlways), put(r, kindDomainName, domainKey(d.Name, &d.ID), d)
	})
}

// datedCertificate identifies the certificate whose upload certificateUploadDate tells: that of the edge or the private
// endpoint, and of a domain name that is regional alone the regional one (developer guide, "Set up a Regional custom
// domain name in API Gateway", answer).
func datedCertificate(d *apidef.DomainName) [2]string {
	if dated := [2]string{d.CertificateARN, d.CertificateName}; dated != [2]string{} {
		return dated
	}
	return [2]string{d.RegionalCertificateARN, d.RegionalCertificateName}
}

// DeleteDomainName removes a domain name with its mappings and its access associations.
func (c *Control) DeleteDomainName(ctx context.Context, call *wire.Call, in *apigateway.DeleteDomainNameRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		d, err := r.domainName(in.DomainName, in.DomainNameID)
		if err != nil {
			return none, err
		}
		key := domainKey(d.Name, &d.ID)
		if err := r.deleteAll(kindBasePathMapping, key+"/"); err != nil {
			return none, err
		}
		if d.IsPrivate() {
			if err := r.dropAssociations(apidef.PrivateDomainARN(call.Region, call.Account, key)); err != nil {
				return none, err
			}
		} else if err := (records{tx: r.tx}).delete(kindDomainOwner, d.Name); err != nil {
			return none, err
		}
		return none, r.delete(kindDomainName, key)
	})
	return err
}

// domainNameAnswer shows of each endpoint what the domain name has it. owner is whose it is.
func domainNameAnswer(d *apidef.DomainName, owner *wire.Call, showTags bool) *apigateway.DomainName {
	out := &apigateway.DomainName{
		DomainName:              &d.Name,
		DomainNameID:            optional(d.ID),
		CertificateName:         optional(d.CertificateName),
		CertificateARN:          optional(d.CertificateARN),
		RegionalCertificateName: optional(d.RegionalCertificateName),
		RegionalCertificateARN:  optional(d.RegionalCertificateARN),
		EndpointConfiguration: &apigateway.EndpointConfiguration{
			Types:          d.EndpointConfiguration.Types,
			IPAddressType:  optional(d.EndpointConfiguration.IPAddressType),
			VPCEndpointIDs: d.EndpointConfiguration.VPCEndpointIDs,
		},
		DomainNameStatus:                    new(domainStatusAvailable),
		SecurityPolicy:                      &d.SecurityPolicy,
		EndpointAccessMode:                  optional(d.EndpointAccessMode),
		RoutingMode:                         &d.RoutingMode,
		OwnershipVerificationCertificateARN: optional(d.OwnershipVerificationCertificateARN),
		Policy:                              optional(d.Policy),
		ManagementPolicy:                    optional(d.ManagementPolicy),
		Tags:                                tagsOf(d.Tags, showTags),
	}
	if d.CertificateUploadDate != 0 {
		out.CertificateUploadDate = new(wire.Timestamp(d.CertificateUploadDate))
	}
	if d.IsPrivate() {
		out.DomainNameARN = new(apidef.PrivateDomainARN(owner.Region, owner.Account, domainKey(d.Name, &d.ID)))
	}
	if d.Has(apidef.Edge) {
		out.DistributionDomainName = &d.DistributionDomainName
		out.DistributionHostedZoneID = new(apidef.DistributionHostedZone)
	}
	if d.Has(apidef.Regional) {
		out.RegionalDomainName = &d.RegionalDomainName
		out.RegionalHostedZoneID = optional(apidef.RegionalHostedZone(owner.Region))
	}
	if m := d.MutualTLSAuthentication; m != nil {
		out.MutualTLSAuthentication = &apigateway.MutualTLSAuthentication{
			TruststoreURI: &m.TruststoreURI, TruststoreVersion: optional(m.TruststoreVersion),
		}
	}
	return out
}
