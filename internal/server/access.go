package server

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"postern/internal/gateway"
	"postern/internal/gateway/authorize/cognito"
	"postern/internal/gateway/authorize/iam"
	"postern/internal/gateway/policy"
)

// AccessOptions say how callers of deployed APIs are known.
type AccessOptions struct {
	// UserPoolIssuers gives a Cognito user pool, by its ARN, the issuer of its tokens where that is not AWS's own.
	UserPoolIssuers map[string]string
	// UserPoolKeys gives a user pool, by its ARN, the URL or the file of its public keys (a JSON Web Key Set), where they
	// are not below the issuer.
	UserPoolKeys map[string]string
	// TokenLeeway is how much later than it says a user pool's token may be used.
	TokenLeeway time.Duration
	// VPCEndpoints are the interface endpoints through which private APIs are called: "vpce-ID" or "vpce-ID@vpc-ID", and
	// the networks, in CIDR notation and separated by commas, whose callers count as having come through it.
	VPCEndpoints map[string]string
	// AuthorizerTimeout bounds a call of a Lambda authorizer's function; 0 means 29 seconds.
	AuthorizerTimeout time.Duration
}

// access is what the data plane knows callers by. What is wrong with the options is said before anything is served.
func (s *Server) access() (gateway.Access, error) {
	o := &s.options.Access
	access := gateway.Access{TokenLeeway: o.TokenLeeway, AuthorizerTimeout: o.AuthorizerTimeout, Identities: s.identities()}
	if o.TokenLeeway < 0 || o.AuthorizerTimeout < 0 {
		return access, fmt.Errorf("--token-leeway and --authorizer-timeout must not be negative")
	}
	for _, name := range slices.Sorted(maps.Keys(o.VPCEndpoints)) {
		endpoint, err := policy.ParseVPCEndpoint(name, o.VPCEndpoints[name])
		if err != nil {
			return access, fmt.Errorf("--vpc-endpoint: %w", err)
		}
		access.VPCEndpoints = append(access.VPCEndpoints, endpoint)
	}
	access.MadeVPCEndpoints = s.endpoints.all
	var err error
	access.UserPools, err = cognito.NewPools(cognito.PoolOptions{Issuers: o.UserPoolIssuers, Keys: o.UserPoolKeys, Log: s.options.Log})
	if err != nil {
		return access, fmt.Errorf("--user-pool-issuer and --user-pool-keys: %w", err)
	}
	return access, nil
}

// identities knows the access keys of the credentials file, and those that IAM and STS gave out. Without a file nobody
// verifies who asks IAM and STS for keys, but callers must sign with one all the same.
func (s *Server) identities() iam.Identities {
	if s.credentials != nil {
		return s.credentials
	}
	return &Credentials{principals: s.principals, unverified: true, now: time.Now}
}
