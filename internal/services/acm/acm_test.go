package acm

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/acm"
	"postern/internal/store/memory"
)

var caller = &wire.Call{Account: "123456789012", Region: "us-east-1"}

func newACM(t *testing.T, used ...string) *ACM {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	return New(Options{Store: s, InUseBy: func(context.Context, string) ([]string, error) { return used, nil }})
}

func request(t *testing.T, a *ACM, in *model.RequestCertificateRequest) string {
	t.Helper()
	out, err := a.RequestCertificate(t.Context(), caller, in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.CertificateARN
}

// A requested certificate is issued at once, names its records, and serves TLS for all its names.
func TestRequestedCertificate(t *testing.T) {
	a := newACM(t)
	certificateARN := request(t, a, &model.RequestCertificateRequest{
		DomainName: new("Shop.example.com"), SubjectAlternativeNames: []string{"*.shop.example.com"}, ValidationMethod: new("DNS"),
	})
	out, err := a.DescribeCertificate(t.Context(), caller, &model.DescribeCertificateRequest{CertificateARN: &certificateARN})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Certificate
	if *c.Status != "ISSUED" || *c.Type != "AMAZON_ISSUED" || *c.KeyAlgorithm != "RSA-2048" || *c.DomainName != "shop.example.com" {
		t.Errorf("status %s, type %s, key %s, domain %s", *c.Status, *c.Type, *c.KeyAlgorithm, *c.DomainName)
	}
	if len(c.DomainValidationOptions) != 2 || *c.DomainValidationOptions[0].ResourceRecord.Name != *c.DomainValidationOptions[1].ResourceRecord.Name {
		t.Errorf("a name and its wildcard must ask for one record: %+v", c.DomainValidationOptions)
	}
	pair, err := a.KeyPair(t.Context(), certificateARN)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := x509.ParseCertificate(pair.Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	for _, name := range []string{"shop.example.com", "eu.shop.example.com"} {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// "The same idempotency token gives the same certificate": ACM API reference, RequestCertificate.
func TestIdempotencyToken(t *testing.T) {
	a := newACM(t)
	in := func(token string) *model.RequestCertificateRequest {
		return &model.RequestCertificateRequest{DomainName: new("a.example.com"), IdempotencyToken: &token, KeyAlgorithm: new("EC_prime256v1")}
	}
	first := request(t, a, in("one"))
	if again := request(t, a, in("one")); again != first {
		t.Errorf("the same token made %s and %s", first, again)
	}
	if other := request(t, a, in("two")); other == first {
		t.Error("another token made the same certificate")
	}
}

// ACM user guide, "Prerequisites for importing ACM certificates".
func TestImportedCertificate(t *testing.T) {
	a := newACM(t)
	source := request(t, a, &model.RequestCertificateRequest{DomainName: new("b.example.com"), KeyAlgorithm: new("EC_prime256v1")})
	other := request(t, a, &model.RequestCertificateRequest{DomainName: new("c.example.com"), KeyAlgorithm: new("EC_prime256v1")})
	pem, key, chain := stored(t, a, source)
	_, otherKey, _ := stored(t, a, other)
	for _, c := range []struct {
		name                    string
		body, key, chain, error string
	}{
		{"a whole certificate", pem, key, chain, ""},
		{"without a chain", pem, key, "", ""},
		{"no PEM", "hello", key, "", "ValidationException: The certificate is not PEM-encoded or is not valid."},
		{"two certificates", pem + chain, key, "", "ValidationException: The certificate field contains more than one certificate. You can specify only one certificate in this field."},
		{"no key", pem, "hello", "", "ValidationException: The private key is not PEM-encoded or is not valid."},
		{"the key of another", pem, otherKey, "", "ValidationException: The private key does not match the certificate's public key."},
		{"a chain that is none", pem, key, "hello", "ValidationException: The certificate chain is not PEM-encoded or is not valid."},
		{"a chain of another", pem, key, pem, "ValidationException: The certificate chain does not vouch for the certificate. Import the certificates of the chain in order, each after the one that it signs."},
	} {
		in := &model.ImportCertificateRequest{Certificate: []byte(c.body), PrivateKey: []byte(c.key)}
		if c.chain != "" {
			in.CertificateChain = []byte(c.chain)
		}
		out, err := a.ImportCertificate(t.Context(), caller, in)
		got := ""
		if refusal, ok := errors.AsType[*awserr.Error](err); ok {
			got = refusal.Error()
		}
		if got != c.error {
			t.Errorf("%s: %q, want %q", c.name, got, c.error)
		}
		if err != nil {
			continue
		}
		d, err := a.DescribeCertificate(t.Context(), caller, &model.DescribeCertificateRequest{CertificateARN: out.CertificateARN})
		if err != nil || *d.Certificate.Type != "IMPORTED" || *d.Certificate.KeyAlgorithm != "EC-prime256v1" || d.Certificate.ImportedAt == nil {
			t.Errorf("%s: %+v, %v", c.name, d, err)
		}
	}
}

func stored(t *testing.T, a *ACM, certificateARN string) (body, key, chain string) {
	t.Helper()
	err := a.view(t.Context(), caller, func(r records) error {
		c, err := r.certificate(certificateARN)
		body, key, chain = c.Body, c.PrivateKey, c.Chain
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return body, key, chain
}

// An expired certificate is not imported.
func TestImportExpired(t *testing.T) {
	a := newACM(t)
	body, key, _ := stored(t, a, request(t, a, &model.RequestCertificateRequest{DomainName: new("d.example.com"), KeyAlgorithm: new("EC_prime256v1")}))
	a.options.Now = func() time.Time { return time.Now().Add(lifetime + time.Hour) }
	_, err := a.ImportCertificate(t.Context(), caller, &model.ImportCertificateRequest{Certificate: []byte(body), PrivateKey: []byte(key)})
	if !errors.Is(err, model.ValidationException.Errorf("The certificate has expired. Import a valid certificate.")) {
		t.Errorf("got %v", err)
	}
}

func TestDeleteCertificate(t *testing.T) {
	used := newACM(t, "arn:aws:apigateway:us-east-1::/domainnames/e.example.com")
	certificateARN := request(t, used, &model.RequestCertificateRequest{DomainName: new("e.example.com"), KeyAlgorithm: new("EC_prime256v1")})
	err := used.DeleteCertificate(t.Context(), caller, &model.DeleteCertificateRequest{CertificateARN: &certificateARN})
	if want := model.ResourceInUseException.Errorf("Certificate %s in account 123456789012 is in use.", certificateARN); !errors.Is(err, want) {
		t.Errorf("a certificate in use: %v, want %v", err, want)
	}
	free := newACM(t)
	certificateARN = request(t, free, &model.RequestCertificateRequest{DomainName: new("e.example.com"), KeyAlgorithm: new("EC_prime256v1")})
	in := &model.DeleteCertificateRequest{CertificateARN: &certificateARN}
	if err := free.DeleteCertificate(t.Context(), caller, in); err != nil {
		t.Fatal(err)
	}
	err = free.DeleteCertificate(t.Context(), caller, in)
	if want := model.ResourceNotFoundException.Errorf("Could not find certificate %s.", certificateARN); !errors.Is(err, want) {
		t.Errorf("a second time: %v, want %v", err, want)
	}
	if _, err := free.KeyPair(t.Context(), certificateARN); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("the key pair of a deleted certificate: %v", err)
	}
}

// Key types other than RSA-1024 and RSA-2048 are listed only when a filter names them: ACM API reference, Filters.
func TestListCertificates(t *testing.T) {
	a := newACM(t)
	request(t, a, &model.RequestCertificateRequest{DomainName: new("ec.example.com"), KeyAlgorithm: new("EC_prime256v1")})
	for _, name := range []string{"one.example.com", "two.example.com", "three.example.com"} {
		request(t, a, &model.RequestCertificateRequest{DomainName: &name})
	}
	seen := 0
	in := &model.ListCertificatesRequest{MaxItems: new(2)}
	for {
		out, err := a.ListCertificates(t.Context(), caller, in)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(out.CertificateSummaryList)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if seen != 3 {
		t.Errorf("listed %d RSA certificates in pages of two, want 3", seen)
	}
	out, err := a.ListCertificates(t.Context(), caller, &model.ListCertificatesRequest{Includes: &model.Filters{KeyTypes: []string{"EC_prime256v1"}}})
	if err != nil || len(out.CertificateSummaryList) != 1 || *out.CertificateSummaryList[0].DomainName != "ec.example.com" {
		t.Errorf("with the key type EC_prime256v1: %+v, %v", out, err)
	}
}

func TestTags(t *testing.T) {
	a := newACM(t)
	certificateARN := request(t, a, &model.RequestCertificateRequest{
		DomainName: new("t.example.com"), KeyAlgorithm: new("EC_prime256v1"), Tags: []model.Tag{{Key: new("a"), Value: new("1")}},
	})
	if err := a.AddTagsToCertificate(t.Context(), caller, &model.AddTagsToCertificateRequest{
		CertificateARN: &certificateARN, Tags: []model.Tag{{Key: new("b"), Value: new("2")}, {Key: new("a"), Value: new("3")}},
	}); err != nil {
		t.Fatal(err)
	}
	// A value that is not the tag's removes nothing; none removes it whatever it is.
	if err := a.RemoveTagsFromCertificate(t.Context(), caller, &model.RemoveTagsFromCertificateRequest{
		CertificateARN: &certificateARN, Tags: []model.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b")}},
	}); err != nil {
		t.Fatal(err)
	}
	out, err := a.ListTagsForCertificate(t.Context(), caller, &model.ListTagsForCertificateRequest{CertificateARN: &certificateARN})
	if err != nil || len(out.Tags) != 1 || *out.Tags[0].Key != "a" || *out.Tags[0].Value != "3" {
		t.Errorf("tags %+v, %v", out, err)
	}
}
