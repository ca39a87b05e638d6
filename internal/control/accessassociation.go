package control

import (
	"context"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
	"postern/internal/store/document"
)

const kindAccessAssociation = "domainnameaccessassociation" // its ARN

// CreateDomainNameAccessAssociation lets a VPC endpoint of the caller reach a private domain name: one of its own, or one
// that another account shares with it.
func (c *Control) CreateDomainNameAccessAssociation(ctx context.Context, call *wire.Call, in *apigateway.CreateDomainNameAccessAssociationRequest) (*apigateway.DomainNameAccessAssociation, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.DomainNameAccessAssociation, error) {
		v, err := apidef.NewAccessAssociation(apidef.AccessAssociation{
			DomainNameARN: value(in.DomainNameARN), SourceType: value(in.AccessAssociationSourceType),
			Source: value(in.AccessAssociationSource), Tags: in.Tags,
		}, call.Region, call.Account)
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, v.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		if err := r.checkReachable(v.DomainNameARN); err != nil {
			return nil, err
		}
		if err := c.checkAssociations(r, v); err != nil {
			return nil, err
		}
		return new(accessAssociationAnswer(v)), put(r, kindAccessAssociation, v.ARN, v)
	})
}

// checkReachable: the domain name is there, and the caller may know of it.
func (r records) checkReachable(domainARN string) error {
	named, err := apidef.ParsePrivateDomainARN(domainARN)
	if err != nil {
		return err
	}
	owner := records{tx: r.tx, scope: store.Scope{Account: named.Account, Region: named.Region}}
	d, err := find[apidef.DomainName](owner, kindDomainName, named.Key, apidef.ErrNoDomainName)
	if err != nil {
		return err
	}
	if named.Region != r.scope.Region || named.Account != r.scope.Account && !d.SharedWith(r.scope.Account) {
		return apidef.ErrNoDomainName
	}
	return nil
}

// checkAssociations refuses a second association of the same two, and one too many. Texts inferred.
func (c *Control) checkAssociations(r records, v *apidef.AccessAssociation) error {
	all, err := list[apidef.AccessAssociation](r, kindAccessAssociation, "")
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.DomainNameARN == v.DomainNameARN && other.Source == v.Source {
			return awserr.Conflict.Errorf("Domain name access association already exists for %s", v.Source)
		}
	}
	if len(all) >= c.options.Limits.AccessAssociations {
		return awserr.LimitExceeded.Errorf("Maximum number of Domain Name Access Associations for this account has been reached.  Please contact AWS if you need additional Domain Name Access Associations.")
	}
	return nil
}

// GetDomainNameAccessAssociations lists access associations, by ARN: the caller's own, or those of other accounts with the
// caller's domain names.
func (c *Control) GetDomainNameAccessAssociations(ctx context.Context, call *wire.Call, in *apigateway.GetDomainNameAccessAssociationsRequest) (*apigateway.DomainNameAccessAssociations, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DomainNameAccessAssociations, error) {
		var all []*apidef.AccessAssociation
		var err error
		if value(in.ResourceOwner) == otherAccounts {
			all, err = r.foreignAssociations()
		} else {
			all, err = list[apidef.AccessAssociation](r, kindAccessAssociation, "")
		}
		if err != nil {
			return nil, err
		}
		cut, next, err := page(all, func(v *apidef.AccessAssociation) string { return v.ARN }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.DomainNameAccessAssociations{Items: answers(cut, accessAssociationAnswer), Position: next}, nil
	})
}

// scanAll reads every scope's documents of a kind.
func scanAll[T any](r records, kind string, yield func(store.Scope, *T)) error {
	return document.ScanAll(r.tx, kind, func(key store.Key, v *T) bool {
		yield(key.Scope, v)
		return true
	})
}

// foreignAssociations are other accounts' associations with the scope's domain names.
func (r records) foreignAssociations() ([]*apidef.AccessAssociation, error) {
	var out []*apidef.AccessAssociation
	err := scanAll(r, kindAccessAssociation, func(s store.Scope, v *apidef.AccessAssociation) {
		domain, err := apidef.ParsePrivateDomainARN(v.DomainNameARN)
		if err == nil && s != r.scope && (store.Scope{Account: domain.Account, Region: domain.Region}) == r.scope {
			out = append(out, v)
		}
	})
	slices.SortFunc(out, func(a, b *apidef.AccessAssociation) int { return strings.Compare(a.ARN, b.ARN) })
	return out, err
}

// sharedDomain is a private domain name of another account.
type sharedDomain struct {
	scope  store.Scope
	domain *apidef.DomainName
}

// sharedDomains are the private domain names of the region that other accounts share with the scope, by name.
func (r records) sharedDomains() ([]sharedDomain, error) {
	var out []sharedDomain
	err := scanAll(r, kindDomainName, func(s store.Scope, d *apidef.DomainName) {
		if s.Region == r.scope.Region && s.Account != r.scope.Account && d.IsPrivate() && d.SharedWith(r.scope.Account) {
			out = append(out, sharedDomain{s, d})
		}
	})
	slices.SortFunc(out, func(a, b sharedDomain) int {
		return strings.Compare(domainKey(a.domain.Name, &a.domain.ID), domainKey(b.domain.Name, &b.domain.ID))
	})
	return out, err
}

// DeleteDomainNameAccessAssociation removes one of the caller's access associations.
func (c *Control) DeleteDomainNameAccessAssociation(ctx context.Context, call *wire.Call, in *apigateway.DeleteDomainNameAccessAssociationRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		v, err := r.accessAssociation(in.DomainNameAccessAssociationARN)
		if err != nil {
			return none, err
		}
		return none, r.delete(kindAccessAssociation, v.ARN)
	})
	return err
}

func (r records) accessAssociation(arn string) (*apidef.AccessAssociation, error) {
	return find[apidef.AccessAssociation](r, kindAccessAssociation, arn, apidef.ErrNoAccessAssociation)
}

// RejectDomainNameAccessAssociation removes another account's access association with one of the caller's domain names.
func (c *Control) RejectDomainNameAccessAssociation(ctx context.Context, call *wire.Call, in *apigateway.RejectDomainNameAccessAssociationRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		var at *store.Scope
		err = scanAll(r, kindAccessAssociation, func(s store.Scope, v *apidef.AccessAssociation) {
			if v.ARN == value(in.DomainNameAccessAssociationARN) && v.DomainNameARN == value(in.DomainNameARN) {
				at = &s
			}
		})
		if err != nil {
			return none, err
		}
		domain, err := apidef.ParsePrivateDomainARN(value(in.DomainNameARN))
		if err != nil {
			return none, err
		}
		if at == nil || (store.Scope{Account: domain.Account, Region: domain.Region}) != r.scope {
			return none, apidef.ErrNoAccessAssociation
		}
		return none, records{tx: r.tx, scope: *at}.delete(kindAccessAssociation, value(in.DomainNameAccessAssociationARN))
	})
	return err
}

// dropAssociations removes every account's associations with a domain name.
func (r records) dropAssociations(domainARN string) error {
	type place struct {
		scope store.Scope
		arn   string
	}
	var doomed []place
	err := scanAll(r, kindAccessAssociation, func(s store.Scope, v *apidef.AccessAssociation) {
		if v.DomainNameARN == domainARN {
			doomed = append(doomed, place{s, v.ARN})
		}
	})
	if err != nil {
		return err
	}
	for _, p := range doomed {
		if err := (records{tx: r.tx, scope: p.scope}).delete(kindAccessAssociation, p.arn); err != nil {
			return err
		}
	}
	return nil
}

func accessAssociationAnswer(v *apidef.AccessAssociation) apigateway.DomainNameAccessAssociation {
	return apigateway.DomainNameAccessAssociation{
		DomainNameAccessAssociationARN: &v.ARN, DomainNameARN: &v.DomainNameARN,
		AccessAssociationSourceType: &v.SourceType, AccessAssociationSource: &v.Source, Tags: unlessEmpty(v.Tags),
	}
}
