package server

import (
	"context"
	"log/slog"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	gatewayiam "postern/internal/gateway/authorize/iam"
	"postern/internal/services/iam"
)

// attach lets keys that IAM and STS give out count as well, and calls be told apart by what they do. It is called once,
// before anything is served.
func (c *Credentials) attach(p principals, services map[string]*wire.Service) {
	if c != nil {
		c.principals, c.services = p, services
	}
}

// issued tells whose a key is that is not of the file. A session counts only when the call that began it was verified:
// others were begun when this server did not ask who calls.
func (c *Credentials) issued(accessKeyID string) (iam.Identity, bool) {
	identity, ok := c.principals.known(context.Background(), accessKeyID)
	if !ok || identity.Key.SessionToken != "" && !identity.Verified && !c.unverified {
		return iam.Identity{}, false
	}
	return identity, true
}

// who gives the caller with this key, and what decides what it may do; nil for one that may do everything.
func (c *Credentials) who(accessKeyID string) (Caller, gatewayiam.Decider, error) {
	if k := c.keys[accessKeyID]; k != nil {
		return k.caller, k.decider(), nil
	}
	gone := awserr.UnrecognizedClient.Errorf("The security token included in the request is invalid.")
	identity, ok := c.issued(accessKeyID)
	if !ok {
		return Caller{}, nil, gone
	}
	policies, ok := c.policies(identity)
	if !ok {
		return Caller{}, nil, gone
	}
	caller := Caller{
		AccessKeyID: accessKeyID, Account: identity.Account, ARN: identity.ARN, Name: identity.UserName, UserID: identity.UserID, Tags: identity.Tags,
	}
	if identity.PrincipalARN != identity.ARN {
		caller.RoleARN = identity.PrincipalARN
	}
	return caller, policies, nil
}

// decider is nil, and no interface that holds nil, for a key that may do everything.
func (k *accessKey) decider() gatewayiam.Decider {
	if k.policy == nil {
		return nil
	}
	return k.policy
}

// policies are what an issued identity may do; ok is false for one whose role, user or key is gone. A session of a user or
// of the root, whom the file names, lives by what the file says of the key that began it.
func (c *Credentials) policies(identity iam.Identity) (policies gatewayiam.Decider, ok bool) {
	if identity.Parent != "" && !strings.Contains(identity.ARN, ":assumed-role/") {
		if k := c.keys[identity.Parent]; k != nil {
			return k.decider(), true
		}
		if _, ok := c.principals.known(context.Background(), identity.Parent); !ok {
			return nil, false
		}
	}
	authority, err := c.principals.iam.Authority(context.Background(), identity)
	if err != nil {
		c.principals.log.LogAttrs(context.Background(), slog.LevelWarn, "a caller's policies cannot be read",
			slog.String("caller", identity.ARN), slog.String("error", err.Error()))
		return nil, false
	}
	return authority, true
}

// issuedIdentity is the caller of deployed APIs with an issued key; nil when nobody has it.
func (c *Credentials) issuedIdentity(accessKeyID string) *gatewayiam.Identity {
	identity, ok := c.issued(accessKeyID)
	if !ok {
		return nil
	}
	policies, ok := c.policies(identity)
	if !ok {
		return nil
	}
	if policies == nil {
		policies = gatewayiam.Everything{}
	}
	caller := Caller{ARN: identity.ARN}
	out := &gatewayiam.Identity{
		Key: identity.Key, Account: identity.Account, ARN: identity.ARN, UserID: identity.UserID, UserName: identity.UserName,
		Type: principalType(caller), Tags: identity.Tags, Issued: identity.Issued, Policy: policies,
	}
	if identity.PrincipalARN != identity.ARN {
		out.RoleARN = identity.PrincipalARN
	}
	return out
}
