package apidef

import (
	"crypto/tls"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

// DomainName is a custom domain name, under which stages answer at base paths.
// Source: API Gateway API reference, DomainName. No AWS answer about domain names was recorded: messages are from public
// deployment logs where nothing else is said.
type DomainName struct {
	Name string `json:"domainName"`
	// ID tells private domain names apart, which need not be unique; "" for public ones.
	ID                    string                `json:"domainNameId,omitempty"`
	EndpointConfiguration EndpointConfiguration `json:"endpointConfiguration"`
	// Certificate... are those of an edge-optimized or private endpoint, RegionalCertificate... those of a regional one.
	CertificateName         string `json:"certificateName,omitempty"`
	CertificateARN          string `json:"certificateArn,omitempty"`
	CertificateUploadDate   int64  `json:"certificateUploadDate,omitempty"` // seconds since the epoch
	RegionalCertificateName string `json:"regionalCertificateName,omitempty"`
	RegionalCertificateARN  string `json:"regionalCertificateArn,omitempty"`
	// Uploaded is a certificate that came with the request; it is stored, and never answered.
	Uploaded *UploadedCertificate `json:"uploadedCertificate,omitempty"`
	// DistributionDomainName and RegionalDomainName are what a DNS record of the domain points to.
	DistributionDomainName              string            `json:"distributionDomainName,omitempty"`
	RegionalDomainName                  string            `json:"regionalDomainName,omitempty"`
	SecurityPolicy                      string            `json:"securityPolicy"`
	EndpointAccessMode                  string            `json:"endpointAccessMode,omitempty"`
	RoutingMode                         string            `json:"routingMode"`
	MutualTLSAuthentication             *MutualTLS        `json:"mutualTlsAuthentication,omitempty"`
	OwnershipVerificationCertificateARN string            `json:"ownershipVerificationCertificateArn,omitempty"`
	Policy                              string            `json:"policy,omitempty"`           // private only: who may invoke
	ManagementPolicy                    string            `json:"managementPolicy,omitempty"` // private only: who may associate
	Tags                                map[string]string `json:"tags,omitempty"`
}

// UploadedCertificate is a certificate in PEM with its private key and its chain.
type UploadedCertificate struct {
	Body       string `json:"certificateBody"`
	PrivateKey string `json:"certificatePrivateKey"`
	Chain      string `json:"certificateChain,omitempty"`
}

// check: the key belongs to the certificate. The text is inferred.
func (u *UploadedCertificate) check() error {
	if u == nil {
		return nil
	}
	if _, err := tls.X509KeyPair([]byte(u.Body+"\n"+u.Chain), []byte(u.PrivateKey)); err != nil {
		return awserr.BadRequest.Errorf("Invalid certificate specified. The certificate and its private key must be a pair in PEM")
	}
	return nil
}

// MutualTLS makes clients show a certificate that a truststore vouches for.
type MutualTLS struct {
	TruststoreURI     string `json:"truststoreUri"` // s3://{bucket}/{key}
	TruststoreVersion string `json:"truststoreVersion,omitempty"`
}

// The values of DomainName.RoutingMode.
const (
	BasePathMappingOnly            = "BASE_PATH_MAPPING_ONLY"
	RoutingRuleOnly                = "ROUTING_RULE_ONLY"
	RoutingRuleThenBasePathMapping = "ROUTING_RULE_THEN_BASE_PATH_MAPPING"
)

const (
	tls12 = "TLS_1_2"
	// edgeRegion is where the certificates of edge-optimized domain names must be.
	edgeRegion = "us-east-1"
)

// The answers about domain names that are not there (text of public emulators), or that are.
var (
	ErrNoDomainName     = awserr.NotFound.Errorf("Invalid domain name identifier specified")
	ErrDomainNameExists = awserr.BadRequest.Errorf("The domain name you provided already exists.")
)

// legalDomain is a DNS name in lower case, which may start with a wildcard.
var legalDomain = regexp.MustCompile(`^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// NewDomainName checks what CreateDomainName was given, and fills in the defaults. Owner.APIID is not read.
func NewDomainName(d DomainName, owner Owner) (*DomainName, error) {
	switch {
	case d.Name == "":
		return nil, awserr.BadRequest.Errorf("No Domain Name specified") // text of public emulators
	case strings.HasSuffix(d.Name, "."):
		return nil, awserr.BadRequest.Errorf("Trailing period should be omitted from domain name")
	case len(d.Name) > 253 || !legalDomain.MatchString(d.Name):
		return nil, awserr.BadRequest.Errorf("Invalid domain name specified: %s", d.Name) // inferred
	}
	if err := d.Uploaded.check(); err != nil {
		return nil, err
	}
	if len(d.EndpointConfiguration.Types) == 0 {
		d.EndpointConfiguration.Types = []string{Edge}
	}
	if d.EndpointConfiguration.IPAddressType == "" {
		d.EndpointConfiguration.IPAddressType = IPv4
		if d.IsPrivate() {
			d.EndpointConfiguration.IPAddressType = DualStack
		}
	}
	if d.SecurityPolicy == "" {
		d.SecurityPolicy = tls12
	}
	if d.RoutingMode == "" {
		d.RoutingMode = BasePathMappingOnly
	}
	return &d, d.settle(&DomainName{}, owner)
}

// Has tells whether the domain name has an endpoint of a type.
func (d *DomainName) Has(endpointType string) bool {
	return slices.Contains(d.EndpointConfiguration.Types, endpointType)
}

// IsPrivate tells whether the domain name is private.
func (d *DomainName) IsPrivate() bool { return d.Has(Private) }

// settle checks what depends on several members at once. before is the domain name as it was.
func (d *DomainName) settle(before *DomainName, owner Owner) error {
	checks := []func() error{
		d.checkEndpoints,
		func() error { return d.checkCertificateUse(before) },
		func() error { return d.checkCertificates(owner) },
		(&RestAPI{SecurityPolicy: d.SecurityPolicy, EndpointAccessMode: d.EndpointAccessMode}).settleSecurity, // the same rules
		func() error { return d.checkMutualTLS(owner) },
		d.checkRoutingMode,
		d.checkPolicies,
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkEndpoints: a public domain name may have both types while it moves from one to the other. Texts inferred.
// Source: developer guide, "Migrate a custom domain name to a different API endpoint type in API Gateway".
func (d *DomainName) checkEndpoints() error {
	e := d.EndpointConfiguration
	for _, t := range e.Types {
		if err := checkEndpointType(t); err != nil {
			return err
		}
	}
	switch {
	case len(e.Types) == 0:
		return awserr.BadRequest.Errorf("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
	case d.IsPrivate() && len(e.Types) > 1:
		return awserr.BadRequest.Errorf("Cannot create a private domain name with multiple Endpoint Types.")
	case d.IsPrivate() && e.IPAddressType != DualStack:
		return awserr.BadRequest.Errorf("Only dualstack ipAddressType is supported for Private domain names.")
	case e.IPAddressType != IPv4 && e.IPAddressType != DualStack:
		return awserr.BadRequest.Errorf("ipAddressType must be either ipv4 or dualstack.")
	}
	return nil
}

// checkCertificateUse refuses a new certificate for an endpoint that the domain name does not have.
func (d *DomainName) checkCertificateUse(before *DomainName) error {
	regional := d.RegionalCertificateARN != before.RegionalCertificateARN && d.RegionalCertificateARN != "" ||
		d.RegionalCertificateName != before.RegionalCertificateName && d.RegionalCertificateName != ""
	edge := d.CertificateARN != before.CertificateARN && d.CertificateARN != "" ||
		d.CertificateName != before.CertificateName && d.CertificateName != ""
	switch {
	case regional && !d.Has(Regional):
		return awserr.BadRequest.Errorf("Cannot import certificates for REGIONAL while %s is active.", d.EndpointConfiguration.Types[0])
	case edge && !d.Has(Edge) && !d.IsPrivate():
		return awserr.BadRequest.Errorf("Cannot import certificates for EDGE while REGIONAL is active.")
	}
	return nil
}

// checkCertificates: each endpoint has a certificate, which is where the endpoint is. One that was uploaded has a name
// instead of an ARN.
func (d *DomainName) checkCertificates(owner Owner) error {
	if d.Has(Edge) && d.CertificateName == "" {
		if err := checkCertificate(Edge, d.CertificateARN, edgeRegion, owner); err != nil {
			return err
		}
	}
	if d.IsPrivate() {
		if err := checkCertificate(Private, d.CertificateARN, owner.Region, owner); err != nil {
			return err
		}
	}
	if d.Has(Regional) && d.RegionalCertificateName == "" {
		return checkCertificate(Regional, d.RegionalCertificateARN, owner.Region, owner)
	}
	return nil
}

// checkCertificate checks the certificate of one endpoint.
// Source: public bug report, hashicorp/terraform-provider-aws issue 3276 (none for EDGE; the other types are inferred).
func checkCertificate(endpoint, certificate, region string, owner Owner) error {
	if certificate == "" {
		return awserr.BadRequest.Errorf("A certificate was not provided for the endpoint type %s.", endpoint)
	}
	a, err := arn.Parse(certificate)
	if err != nil || a.Service != "acm" || a.Region != region {
		return awserr.BadRequest.Errorf("Invalid certificate ARN: %s. Certificate must be in '%s'.", certificate, region)
	}
	if a.Account != owner.AccountID {
		return awserr.BadRequest.Errorf("The certificate provided must be owned by the account creating the domain.")
	}
	return nil
}

// checkMutualTLS: the text about TLS 1.2 is AWS's, the others are inferred.
// Source: developer guide, "How to turn on mutual TLS authentication for your REST APIs in API Gateway".
func (d *DomainName) checkMutualTLS(owner Owner) error {
	if d.OwnershipVerificationCertificateARN != "" {
		if d.MutualTLSAuthentication == nil {
			return awserr.BadRequest.Errorf("Ownership verification certificate can only be specified with mutual TLS authentication")
		}
		if err := checkCertificate(Regional, d.OwnershipVerificationCertificateARN, owner.Region, owner); err != nil {
			return err
		}
	}
	switch mtls := d.MutualTLSAuthentication; {
	case mtls == nil:
		return nil
	case !d.Has(Regional) || d.Has(Edge):
		return awserr.BadRequest.Errorf("Mutual TLS authentication is only supported for REGIONAL domain names.")
	case d.SecurityPolicy != tls12:
		return awserr.BadRequest.Errorf("Mutual TLS authentication is only supported with TLS 1.2.")
	case !strings.HasPrefix(mtls.TruststoreURI, "s3://") || strings.Count(mtls.TruststoreURI, "/") < 3:
		return awserr.BadRequest.Errorf("Invalid truststore URI specified: %s. Must be s3://{bucket}/{key}", mtls.TruststoreURI)
	}
	return nil
}

func (d *DomainName) checkRoutingMode() error {
	if !slices.Contains([]string{BasePathMappingOnly, RoutingRuleOnly, RoutingRuleThenBasePathMapping}, d.RoutingMode) {
		return awserr.BadRequest.Errorf("Invalid routing mode specified. Valid options are BASE_PATH_MAPPING_ONLY,ROUTING_RULE_ONLY,ROUTING_RULE_THEN_BASE_PATH_MAPPING")
	}
	return nil
}

// checkPolicies: the text about places is inferred.
func (d *DomainName) checkPolicies() error {
	for _, policy := range []string{d.Policy, d.ManagementPolicy} {
		switch {
		case policy == "":
		case !d.IsPrivate():
			return awserr.BadRequest.Errorf("Policies can only be specified with PRIVATE domain names.")
		case !isPolicy([]byte(policy)):
			return awserr.BadRequest.Errorf("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
		}
	}
	return nil
}

// regionalHostedZones are the Route 53 zones of API Gateway's regional endpoints.
// Source: AWS General Reference, "Amazon API Gateway endpoints and quotas".
var regionalHostedZones = map[string]string{
	"us-east-1": "Z1UJRXOUMOOFQ8", "us-east-2": "ZOJJZC49E0EPZ", "us-west-1": "Z2MUQ32089INYE", "us-west-2": "Z2OJLYMUO9EFXC",
	"af-south-1": "Z2DHW2332DAMTN", "ap-east-1": "Z3FD1VL90ND7K5", "ap-south-1": "Z3VO1THU9YC4UR",
	"ap-northeast-1": "Z1YSHQZHG15GKL", "ap-northeast-2": "Z20JF4UZKIW1U8", "ap-northeast-3": "Z22ILHG95FLSZ2",
	"ap-southeast-1": "ZL327KTPIQFUL", "ap-southeast-2": "Z2RPCDW04V8134", "ca-central-1": "Z19DQILCV0OWEC",
	"eu-central-1": "Z1U9ULNL0V5AJ3", "eu-west-1": "ZLY8HYME6SFDD", "eu-west-2": "ZJ5UAJN8Y3Z2Q", "eu-west-3": "Z3KY65QIEKYHQQ",
	"eu-south-1": "Z3BT4WSQ9TDYZV", "eu-north-1": "Z3UWIKFBOOGXPP", "me-south-1": "Z20ZBPC0SS8806", "sa-east-1": "ZCMLWB8V5SYIT",
	"us-gov-east-1": "Z3SE9ATJYCRCZJ", "us-gov-west-1": "Z1K6XKP9SAGWDV",
}

// DistributionHostedZone is the Route 53 zone of CloudFront's distributions.
const DistributionHostedZone = "Z2FDTNDATAQYW2"

// RegionalHostedZone is the Route 53 zone of a region's endpoints; "" where it is not known.
func RegionalHostedZone(region string) string { return regionalHostedZones[region] }
