package control

import (
	"context"
	"strings"

	"postern/internal/apidef"
	"postern/internal/store"
	"postern/internal/store/document"
)

// Domains lists every public domain name of every account and region, with its mappings. Private ones are reached through
// VPC endpoints alone, of which a gateway node has none.
func (s *Source) Domains(ctx context.Context) ([]apidef.DeployedDomain, error) {
	var out []apidef.DeployedDomain
	err := s.store.View(ctx, func(tx store.Tx) error {
		r := records{tx: tx}
		mappings, err := domainMappings(tx)
		if err != nil {
			return err
		}
		out = nil
		return scanAll(r, kindDomainName, func(at store.Scope, d *apidef.DomainName) {
			if !d.IsPrivate() {
				out = append(out, apidef.DeployedDomain{
					AccountID: at.Account, Region: at.Region, DomainName: d, Mappings: mappings[mappedDomain{at, d.Name}],
				})
			}
		})
	})
	return out, err
}

// mappedDomain is a domain name by its key in the store.
type mappedDomain struct {
	scope store.Scope
	key   string
}

func domainMappings(tx store.Tx) (map[mappedDomain][]apidef.BasePathMapping, error) {
	out := map[mappedDomain][]apidef.BasePathMapping{}
	err := document.ScanAll(tx, kindBasePathMapping, func(key store.Key, m *basePathMapping) bool {
		domain, _, _ := strings.Cut(key.ID, "/")
		at := mappedDomain{key.Scope, domain}
		out[at] = append(out[at], m.BasePathMapping)
		return true
	})
	return out, err
}

// CertificateUsers are the ARNs of the domain names that an ACM certificate stands behind.
func (s *Source) CertificateUsers(ctx context.Context, certificateARN string) ([]string, error) {
	var users []string
	err := s.store.View(ctx, func(tx store.Tx) error {
		users = nil
		return scanAll(records{tx: tx}, kindDomainName, func(at store.Scope, d *apidef.DomainName) {
			for _, used := range [...]string{d.CertificateARN, d.RegionalCertificateARN, d.OwnershipVerificationCertificateARN} {
				if strings.EqualFold(used, certificateARN) {
					users = append(users, (&apidef.DeployedDomain{Region: at.Region, DomainName: d}).ARN())
					return
				}
			}
		})
	})
	return users, err
}
