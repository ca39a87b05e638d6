package cli

import (
	"time"

	"postern/internal/server"
)

// Callers are the flags about who may call deployed APIs.
type Callers struct {
	UserPoolIssuer    map[string]string `mapsep:"none" placeholder:"ARN=URL" help:"Issuer of a Cognito user pool's tokens, where it is not AWS's own; may be given several times."`
	UserPoolKeys      map[string]string `mapsep:"none" placeholder:"ARN=URL|FILE" help:"Public keys of a Cognito user pool, a JSON Web Key Set; may be given several times. Default: {issuer}/.well-known/jwks.json."`
	TokenLeeway       time.Duration     `default:"0s" placeholder:"DURATION" help:"How much later than it says a user pool's token may be used. Default: ${default}."`
	VPCEndpoint       map[string]string `name:"vpc-endpoint" mapsep:"none" placeholder:"VPCE[@VPC]=CIDR,..." help:"VPC endpoint through which private APIs are called, and the networks whose callers come through it; may be given several times. Default: private APIs cannot be called."`
	AuthorizerTimeout time.Duration     `default:"29s" placeholder:"DURATION" help:"How long the function of a Lambda authorizer may take. Default: ${default}."`
}

// options are the server's, as the flags give them.
func (c *Callers) options() server.AccessOptions {
	return server.AccessOptions{
		UserPoolIssuers: c.UserPoolIssuer, UserPoolKeys: c.UserPoolKeys, TokenLeeway: c.TokenLeeway,
		VPCEndpoints: c.VPCEndpoint, AuthorizerTimeout: c.AuthorizerTimeout,
	}
}
