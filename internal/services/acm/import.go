package acm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
)

// ImportCertificate keeps a certificate of the caller's own. With an ARN it takes the place of the one imported before.
func (a *ACM) ImportCertificate(ctx context.Context, call *wire.Call, in *model.ImportCertificateRequest) (*model.ImportCertificateResponse, error) {
	c := &certificate{
		Body: string(in.Certificate), Chain: string(in.CertificateChain), PrivateKey: string(in.PrivateKey),
		Imported: true, Created: a.options.Now().UnixMilli(),
	}
	if err := c.check(a.options.Now()); err != nil {
		return nil, err
	}
	err := a.update(ctx, call, func(r records) (err error) {
		if in.CertificateARN != nil {
			return r.reimport(c, in)
		}
		c.ARN = newARN(r.scope)
		if c.Tags, err = withTags(nil, in.Tags); err != nil {
			return err
		}
		return r.put(kindCertificate, c.ARN, c)
	})
	if err != nil {
		return nil, err
	}
	return &model.ImportCertificateResponse{CertificateARN: &c.ARN}, nil
}

// reimport replaces an imported certificate, and keeps its tags.
func (r records) reimport(c *certificate, in *model.ImportCertificateRequest) error {
	old, err := r.named(*in.CertificateARN)
	switch {
	case err != nil:
		return err
	case !old.Imported:
		return model.InvalidParameterException.Errorf("The certificate %s was not imported and cannot be imported again.", old.ARN)
	case len(in.Tags) > 0:
		return model.InvalidParameterException.Errorf("Tags can not be added on re-import of a certificate.")
	}
	c.ARN, c.Tags = old.ARN, old.Tags
	return r.put(kindCertificate, c.ARN, c)
}

// check refuses what is no certificate, one that is not valid now, a key of another certificate, and a chain that is none.
// Source: ACM user guide, "Prerequisites for importing ACM certificates"; the texts are those that clients have met.
func (c *certificate) check(now time.Time) error {
	block, rest := pem.Decode([]byte(c.Body))
	if block == nil || block.Type != "CERTIFICATE" {
		return model.ValidationException.Errorf("The certificate is not PEM-encoded or is not valid.")
	}
	if more, _ := pem.Decode(rest); more != nil {
		return model.ValidationException.Errorf("The certificate field contains more than one certificate. You can specify only one certificate in this field.")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return model.ValidationException.Errorf("The certificate is not PEM-encoded or is not valid.")
	}
	if now.After(leaf.NotAfter) {
		return model.ValidationException.Errorf("The certificate has expired. Import a valid certificate.")
	}
	if now.Before(leaf.NotBefore) {
		return model.ValidationException.Errorf("The certificate is not in effect until %s.", leaf.NotBefore.UTC().Format(time.RFC3339))
	}
	if key, _ := pem.Decode([]byte(c.PrivateKey)); key == nil {
		return model.ValidationException.Errorf("The private key is not PEM-encoded or is not valid.")
	}
	if _, err := tls.X509KeyPair([]byte(c.Body), []byte(c.PrivateKey)); err != nil {
		return model.ValidationException.Errorf("The private key does not match the certificate's public key.")
	}
	return c.checkChain(leaf)
}

func (c *certificate) checkChain(leaf *x509.Certificate) error {
	below := leaf
	for rest := []byte(c.Chain); c.Chain != ""; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		issuer, err := x509.ParseCertificate(block.Bytes)
		if err != nil || below.CheckSignatureFrom(issuer) != nil {
			return model.ValidationException.Errorf("The certificate chain does not vouch for the certificate. Import the certificates of the chain in order, each after the one that it signs.")
		}
		below = issuer
	}
	if c.Chain != "" && below == leaf {
		return model.ValidationException.Errorf("The certificate chain is not PEM-encoded or is not valid.")
	}
	return nil
}
