package acm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
)

// listLimit is how many certificates ListCertificates answers at once unless told otherwise; maxNames is how many names
// of each. Source: ACM API reference, ListCertificates, CertificateSummary.
const (
	listLimit = 1000
	maxNames  = 100
)

// ListCertificates lists certificates. Unless key types are named, those with keys other than RSA-1024 and RSA-2048 are left
// out. Source: ACM API reference, Filters.
func (a *ACM) ListCertificates(ctx context.Context, call *wire.Call, in *model.ListCertificatesRequest) (*model.ListCertificatesResponse, error) {
	var all []*certificate
	err := a.view(ctx, call, func(r records) (err error) {
		all, err = r.all()
		return err
	})
	if err != nil {
		return nil, err
	}
	if in.SortBy != nil {
		slices.SortStableFunc(all, func(x, y *certificate) int { return cmp.Compare(x.Created, y.Created) })
		if in.SortOrder != nil && *in.SortOrder == model.SortOrderDescending {
			slices.Reverse(all)
		}
	}
	if in.NextToken != nil {
		at := slices.IndexFunc(all, func(c *certificate) bool { return c.ARN == *in.NextToken })
		if at < 0 {
			return nil, model.ValidationException.Errorf("The NextToken provided is invalid.")
		}
		all = all[at+1:]
	}
	return a.page(ctx, all, in)
}

func (a *ACM) page(ctx context.Context, all []*certificate, in *model.ListCertificatesRequest) (*model.ListCertificatesResponse, error) {
	limit := listLimit
	if in.MaxItems != nil {
		limit = *in.MaxItems
	}
	out := &model.ListCertificatesResponse{CertificateSummaryList: []model.CertificateSummary{}}
	for _, c := range all {
		s, err := a.summary(ctx, c)
		if err != nil {
			return nil, err
		}
		if !wanted(s, in) {
			continue
		}
		if n := len(out.CertificateSummaryList); n == limit {
			out.NextToken = out.CertificateSummaryList[n-1].CertificateARN
			break
		}
		out.CertificateSummaryList = append(out.CertificateSummaryList, *s)
	}
	return out, nil
}

func (a *ACM) summary(ctx context.Context, c *certificate) (*model.CertificateSummary, error) {
	leaf, err := c.leaf()
	if err != nil {
		return nil, err
	}
	users, err := a.options.InUseBy(ctx, c.ARN)
	if err != nil {
		return nil, err
	}
	domain, names := c.names(leaf)
	created := wire.Millis(c.Created)
	s := &model.CertificateSummary{
		CertificateARN: &c.ARN, DomainName: &domain,
		SubjectAlternativeNameSummaries: names[:min(len(names), maxNames)], HasAdditionalSubjectAlternativeNames: new(len(names) > maxNames),
		Status: status(leaf, a.options.Now()), Type: new(c.kind()), KeyAlgorithm: new(keyAlgorithm(leaf)),
		KeyUsages: usageNames(leaf), ExtendedKeyUsages: []string{}, InUse: new(len(users) > 0), RenewalEligibility: c.eligibility(len(users) > 0),
		NotBefore: millis(leaf.NotBefore), NotAfter: millis(leaf.NotAfter), CreatedAt: &created,
	}
	for _, u := range extendedUsages(leaf) {
		s.ExtendedKeyUsages = append(s.ExtendedKeyUsages, *u.Name)
	}
	if c.Imported {
		s.ImportedAt = &created
	} else {
		s.IssuedAt = &created
	}
	return s, nil
}

// wanted applies the filters of a call.
func wanted(s *model.CertificateSummary, in *model.ListCertificatesRequest) bool {
	if len(in.CertificateStatuses) > 0 && !slices.Contains(in.CertificateStatuses, *s.Status) {
		return false
	}
	keyType := strings.ReplaceAll(*s.KeyAlgorithm, "-", "_")
	f := in.Includes
	if f == nil || len(f.KeyTypes) == 0 {
		if keyType != model.KeyAlgorithmRsa1024 && keyType != model.KeyAlgorithmRsa2048 {
			return false
		}
	} else if !slices.Contains(f.KeyTypes, keyType) {
		return false
	}
	if f == nil {
		return true
	}
	return f.ManagedBy == nil && (f.ExportOption == nil || *f.ExportOption == "DISABLED") &&
		meets(f.KeyUsage, s.KeyUsages) && meets(f.ExtendedKeyUsage, s.ExtendedKeyUsages)
}

// meets reports whether a certificate has every usage that a filter names.
func meets(wanted, has []string) bool {
	for _, usage := range wanted {
		if usage != "ANY" && !slices.Contains(has, usage) {
			return false
		}
	}
	return true
}
