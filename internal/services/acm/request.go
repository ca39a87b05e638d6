package acm

import (
	"context"
	"slices"
	"strings"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
)

// RequestCertificate issues a certificate at once, by the scope's own authority: AWS would ask for a proof of each name
// first. The same idempotency token gives the same certificate.
func (a *ACM) RequestCertificate(ctx context.Context, call *wire.Call, in *model.RequestCertificateRequest) (*model.RequestCertificateResponse, error) {
	if err := checkRequest(in); err != nil {
		return nil, err
	}
	c := &certificate{
		DomainName: strings.ToLower(*in.DomainName), ValidationMethod: model.ValidationMethodEmail,
		Created: a.options.Now().UnixMilli(), Transparency: "ENABLED",
	}
	for _, name := range in.SubjectAlternativeNames {
		if name = strings.ToLower(name); name != c.DomainName && !slices.Contains(c.AlternativeNames, name) {
			c.AlternativeNames = append(c.AlternativeNames, name)
		}
	}
	if in.ValidationMethod != nil {
		c.ValidationMethod = *in.ValidationMethod
	}
	if in.IdempotencyToken != nil {
		c.IdempotencyToken = *in.IdempotencyToken
	}
	if o := in.Options; o != nil && o.CertificateTransparencyLoggingPreference != nil {
		c.Transparency = *o.CertificateTransparencyLoggingPreference
	}
	algorithm := model.KeyAlgorithmRsa2048
	if in.KeyAlgorithm != nil {
		algorithm = *in.KeyAlgorithm
	}
	issued, err := a.issue(ctx, call, c, algorithm, in.Tags)
	if err != nil {
		return nil, err
	}
	return &model.RequestCertificateResponse{CertificateARN: &issued.ARN}, nil
}

func checkRequest(in *model.RequestCertificateRequest) error {
	for _, name := range append([]string{*in.DomainName}, in.SubjectAlternativeNames...) {
		if !strings.Contains(name, ".") {
			return model.InvalidDomainValidationOptionsException.Errorf("The domain name %s is not a fully qualified domain name.", name)
		}
	}
	if in.CertificateAuthorityARN != nil {
		return model.InvalidParameterException.Errorf("Private certificate authorities are not available: %s", *in.CertificateAuthorityARN)
	}
	for _, o := range in.DomainValidationOptions {
		if *o.DomainName != *o.ValidationDomain && !strings.HasSuffix(*o.DomainName, "."+*o.ValidationDomain) {
			return model.InvalidDomainValidationOptionsException.Errorf("The validation domain %s is not a superdomain of %s.", *o.ValidationDomain, *o.DomainName)
		}
	}
	return nil
}

// issue makes the certificate, unless the token of its request has made one already.
func (a *ACM) issue(ctx context.Context, call *wire.Call, c *certificate, algorithm string, tags []model.Tag) (*certificate, error) {
	key, err := newKey(algorithm)
	if err != nil {
		return nil, err
	}
	out := c
	err = a.update(ctx, call, func(r records) error {
		if earlier, err := r.requested(c); err != nil || earlier != nil {
			out = earlier
			return err
		}
		authority, err := r.authority(a.options.Now())
		if err != nil {
			return err
		}
		c.ARN = newARN(r.scope)
		if c.Tags, err = withTags(nil, tags); err != nil {
			return err
		}
		if err := authority.sign(c, key, a.options.Now()); err != nil {
			return err
		}
		out = c
		return r.put(kindCertificate, c.ARN, c)
	})
	return out, err
}

// requested is the certificate that the same token has made; nil when there is none.
func (r records) requested(c *certificate) (*certificate, error) {
	if c.IdempotencyToken == "" {
		return nil, nil
	}
	all, err := r.all()
	for _, other := range all {
		if other.IdempotencyToken == c.IdempotencyToken && other.DomainName == c.DomainName &&
			slices.Equal(other.AlternativeNames, c.AlternativeNames) {
			return other, err
		}
	}
	return nil, err
}
