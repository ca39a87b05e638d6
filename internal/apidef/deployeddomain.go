package apidef

import "postern/internal/aws/arn"

// DeployedDomain is a custom domain name as a gateway node routes by it.
type DeployedDomain struct {
	AccountID, Region string
	DomainName        *DomainName
	Mappings          []BasePathMapping
}

// ARN is the domain name's own, "arn:aws:apigateway:us-east-1::/domainnames/shop.example.com".
func (d *DeployedDomain) ARN() string {
	return arn.APIGateway(d.Region, "/domainnames/"+d.DomainName.Name).String()
}
