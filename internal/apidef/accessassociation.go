package apidef

import (
	"encoding/json"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

// AccessAssociation lets a VPC endpoint reach a private domain name.
// Source: API Gateway API reference, DomainNameAccessAssociation.
type AccessAssociation struct {
	ARN           string            `json:"domainNameAccessAssociationArn"`
	DomainNameARN string            `json:"domainNameArn"`
	SourceType    string            `json:"accessAssociationSourceType"` // VPCE
	Source        string            `json:"accessAssociationSource"`     // vpce-...
	Tags          map[string]string `json:"tags,omitempty"`
}

// ErrNoAccessAssociation is what operations on an unknown association answer; the text is inferred.
var ErrNoAccessAssociation = awserr.NotFound.Errorf("Invalid domain name access association identifier specified")

// NewAccessAssociation checks what CreateDomainNameAccessAssociation was given by an account. The text is inferred.
func NewAccessAssociation(v AccessAssociation, region, account string) (*AccessAssociation, error) {
	domain, err := ParsePrivateDomainARN(v.DomainNameARN)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(v.Source, "vpce-") {
		return nil, awserr.BadRequest.Errorf("Invalid access association source specified: %s. Must be a VPC endpoint", v.Source)
	}
	v.ARN = arn.ARN{
		Partition: arn.Partition(region), Service: "apigateway", Region: region, Account: account,
		Resource: "/domainnameaccessassociations/domainname/" + domain.Key + "/vpcesource/" + v.Source,
	}.String()
	return &v, nil
}

// PrivateDomain is what the ARN of a private domain name says.
type PrivateDomain struct {
	Region, Account string
	Key             string // "{name}+{id}"
}

// ParsePrivateDomainARN reads arn:{partition}:apigateway:{region}:{account}:/domainnames/{name}+{id}.
// Source: API Gateway API reference, DomainName, domainNameArn; the text of the refusal is inferred.
func ParsePrivateDomainARN(text string) (PrivateDomain, error) {
	a, err := arn.Parse(text)
	key, ok := strings.CutPrefix(a.Resource, "/domainnames/")
	if err != nil || a.Service != "apigateway" || !ok || !strings.Contains(key, "+") || strings.Contains(key, "/") {
		return PrivateDomain{}, awserr.BadRequest.Errorf("Invalid domain name ARN specified: %s", text)
	}
	return PrivateDomain{Region: a.Region, Account: a.Account, Key: key}, nil
}

// PrivateDomainARN is the ARN of a private domain name.
func PrivateDomainARN(region, account, key string) string {
	return arn.ARN{
		Partition: arn.Partition(region), Service: "apigateway", Region: region, Account: account,
		Resource: "/domainnames/" + key,
	}.String()
}

// SharedWith tells whether a private domain name's management policy allows another account anything: a statement allows
// it, and none denies it. One that names who is not meant allows nobody.
// Source: developer guide, "API provider: Share your private custom domain name using AWS RAM".
func (d *DomainName) SharedWith(account string) bool {
	var doc policyDocument
	if d.ManagementPolicy == "" || json.Unmarshal([]byte(d.ManagementPolicy), &doc) != nil {
		return false
	}
	var statements []policyStatement
	if json.Unmarshal(doc.Statement, &statements) != nil {
		statements = make([]policyStatement, 1)
		if json.Unmarshal(doc.Statement, &statements[0]) != nil {
			return false
		}
	}
	allowed := false
	for _, s := range statements {
		named := namesAccount(s.Principal, account)
		if s.NotPrincipal != nil || named && s.Effect == "Deny" {
			return false
		}
		allowed = allowed || named
	}
	return allowed
}

// namesAccount tells whether a policy's principal is everyone, the account, or someone of the account.
func namesAccount(principal any, account string) bool {
	switch p := principal.(type) {
	case string:
		return p == "*" || p == account || strings.Contains(p, ":iam::"+account+":")
	case []any:
		for _, one := range p {
			if namesAccount(one, account) {
				return true
			}
		}
	case map[string]any:
		return namesAccount(p["AWS"], account)
	}
	return false
}
