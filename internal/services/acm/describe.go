package acm

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strings"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
	"postern/internal/store/document"
)

// DescribeCertificate answers what is known of a certificate.
func (a *ACM) DescribeCertificate(ctx context.Context, call *wire.Call, in *model.DescribeCertificateRequest) (*model.DescribeCertificateResponse, error) {
	c, leaf, err := a.read(ctx, call, *in.CertificateARN)
	if err != nil {
		return nil, err
	}
	users, err := a.options.InUseBy(ctx, c.ARN)
	if err != nil {
		return nil, err
	}
	return &model.DescribeCertificateResponse{Certificate: c.detail(leaf, users, a.options.Now())}, nil
}

// GetCertificate answers a certificate and its chain in PEM.
func (a *ACM) GetCertificate(ctx context.Context, call *wire.Call, in *model.GetCertificateRequest) (*model.GetCertificateResponse, error) {
	c, _, err := a.read(ctx, call, *in.CertificateARN)
	if err != nil {
		return nil, err
	}
	out := &model.GetCertificateResponse{Certificate: &c.Body}
	if c.Chain != "" {
		out.CertificateChain = &c.Chain
	}
	return out, nil
}

// DeleteCertificate removes a certificate that nothing uses.
func (a *ACM) DeleteCertificate(ctx context.Context, call *wire.Call, in *model.DeleteCertificateRequest) error {
	users, err := a.options.InUseBy(ctx, *in.CertificateARN)
	if err != nil {
		return err
	}
	return a.update(ctx, call, func(r records) error {
		c, err := r.named(*in.CertificateARN)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return model.ResourceInUseException.Errorf("Certificate %s in account %s is in use.", c.ARN, r.scope.Account)
		}
		return r.tx.Delete(r.key(kindCertificate, c.ARN))
	})
}

func (a *ACM) read(ctx context.Context, call *wire.Call, certificateARN string) (c *certificate, leaf *x509.Certificate, err error) {
	err = a.view(ctx, call, func(r records) error {
		c, err = r.named(certificateARN)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	leaf, err = c.leaf()
	return c, leaf, err
}

// all reads the scope's certificates in the order of their ARNs.
func (r records) all() ([]*certificate, error) {
	return document.List[certificate](r.tx, r.scope, kindCertificate, "")
}

func millis(t time.Time) *wire.Millis { return new(wire.Millis(t.UnixMilli())) }

func (c *certificate) kind() string {
	if c.Imported {
		return model.CertificateTypeImported
	}
	return model.CertificateTypeAmazonIssued
}

func (c *certificate) eligibility(used bool) *string {
	if c.Imported || !used {
		return new(model.RenewalEligibilityIneligible)
	}
	return new(model.RenewalEligibilityEligible)
}

func status(leaf *x509.Certificate, now time.Time) *string {
	if now.After(leaf.NotAfter) {
		return new(model.CertificateStatusExpired)
	}
	return new(model.CertificateStatusIssued)
}

func (c *certificate) detail(leaf *x509.Certificate, users []string, now time.Time) *model.CertificateDetail {
	domain, names := c.names(leaf)
	created := wire.Millis(c.Created)
	if users == nil {
		users = []string{}
	}
	d := &model.CertificateDetail{
		CertificateARN: &c.ARN, DomainName: &domain, SubjectAlternativeNames: names,
		Serial: new(serial(leaf)), Subject: new("CN=" + domain), Issuer: new(issuer(c, leaf)),
		CreatedAt: &created, Status: status(leaf, now), NotBefore: millis(leaf.NotBefore), NotAfter: millis(leaf.NotAfter),
		KeyAlgorithm: new(keyAlgorithm(leaf)), SignatureAlgorithm: new(signatureAlgorithm(leaf)),
		InUseBy: users, Type: new(c.kind()), RenewalEligibility: c.eligibility(len(users) > 0),
		KeyUsages: []model.KeyUsage{}, ExtendedKeyUsages: extendedUsages(leaf),
		Options: &model.CertificateOptions{CertificateTransparencyLoggingPreference: new("DISABLED"), Export: new("DISABLED")},
	}
	for _, name := range usageNames(leaf) {
		d.KeyUsages = append(d.KeyUsages, model.KeyUsage{Name: &name})
	}
	if c.Imported {
		d.ImportedAt = &created
		return d
	}
	d.IssuedAt = &created
	d.Options.CertificateTransparencyLoggingPreference = &c.Transparency
	for _, name := range names {
		d.DomainValidationOptions = append(d.DomainValidationOptions, c.validation(name))
	}
	return d
}

func issuer(c *certificate, leaf *x509.Certificate) string {
	if !c.Imported {
		return "Amazon"
	}
	if len(leaf.Issuer.Organization) > 0 {
		return leaf.Issuer.Organization[0]
	}
	return leaf.Issuer.CommonName
}

// validation is the proof that AWS would have asked for: the record's name and value depend on account and name alone, so
// that a certificate for the same name asks for the same record again.
func (c *certificate) validation(name string) model.DomainValidation {
	base := strings.TrimPrefix(name, "*.")
	v := model.DomainValidation{
		DomainName: &name, ValidationDomain: &name, ValidationStatus: new(model.DomainStatusSuccess), ValidationMethod: &c.ValidationMethod,
	}
	if c.ValidationMethod != model.ValidationMethodDNS {
		for _, who := range [...]string{"admin", "administrator", "hostmaster", "postmaster", "webmaster"} {
			v.ValidationEmails = append(v.ValidationEmails, who+"@"+base)
		}
		return v
	}
	account := strings.Split(c.ARN, ":")[4]
	label := func(salt string) string {
		sum := sha256.Sum256([]byte(salt + account + base))
		return hex.EncodeToString(sum[:16])
	}
	v.ResourceRecord = &model.ResourceRecord{
		Name: new("_" + label("name") + "." + base + "."), Type: new("CNAME"),
		Value: new("_" + label("value") + "." + label("zone")[:10] + ".acm-validations.aws."),
	}
	return v
}
