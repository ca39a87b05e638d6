package message

// Identity is what the gateway learnt of the caller beyond his address, shown as $context.identity. Fields that do
// not apply are empty: authorization fills those of a signed request, the API key step the key's, the listener the
// client certificate.
type Identity struct {
	AccountID string
	AccessKey string
	APIKey    string
	APIKeyID  string
	Caller    string
	User      string
	UserARN   string
	// PrincipalOrgID is the organization of the caller's account.
	PrincipalOrgID string
	// CognitoAuthenticationProvider and the next three are those of credentials from an identity pool.
	CognitoAuthenticationProvider string
	CognitoAuthenticationType     string
	CognitoIdentityID             string
	CognitoIdentityPoolID         string
	// VPCID and VPCEID are set on private APIs.
	VPCID  string
	VPCEID string
	// ClientCert is nil without mutual TLS.
	ClientCert *ClientCert
}

// ClientCert is the certificate that a client showed for mutual TLS.
type ClientCert struct {
	PEM          string
	SubjectDN    string
	IssuerDN     string
	SerialNumber string
	// NotBefore and NotAfter are in the form "May 28 12:30:02 2019 GMT".
	NotBefore string
	NotAfter  string
}

// Authorizer is what an authorizer said of the caller, shown as $context.authorizer. Every value is text, also what
// a Lambda authorizer returned as a number or a Boolean.
// Source: API Gateway developer guide, "Variables for data transformations for API Gateway".
type Authorizer struct {
	// PrincipalID is set by Lambda authorizers.
	PrincipalID string
	// Context is the map that a Lambda authorizer returned.
	Context Pairs
	// Claims are those of a Cognito user pool's token.
	Claims Pairs
	// UsageIdentifierKey is the value of the API key that a Lambda authorizer counts the request on, for APIs whose
	// apiKeySource is AUTHORIZER; empty when it named none.
	UsageIdentifierKey string
}
