package server

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/eventloop"
	"postern/internal/gateway/authorize/iam"
)

// Identity implements iam.Identities: the keys of the file sign calls of deployed APIs too, and those that IAM and STS give.
func (c *Credentials) Identity(ctx context.Context, accessKeyID string) *iam.Identity {
	if k := c.keys[accessKeyID]; k != nil {
		return k.identity
	}
	eventloop.Of(ctx).Block() // the store is asked
	return c.issuedIdentity(accessKeyID)
}

// identify gives the caller as a deployed API knows him.
func (k *accessKey) identify() *iam.Identity {
	id := &iam.Identity{
		Key: k.key, Account: k.caller.Account, ARN: k.caller.ARN, UserName: k.caller.Name, UserID: uniqueID("AIDA", k.caller.ARN),
		Type: principalType(k.caller), Policy: iam.Everything{},
	}
	if k.policy != nil {
		id.Policy = k.policy
	}
	name, err := arn.Parse(k.caller.ARN)
	if err != nil {
		return id
	}
	kind, rest, _ := strings.Cut(name.Resource, "/")
	switch kind {
	case "root":
		id.UserID = k.caller.Account
	case "assumed-role":
		role, session, _ := strings.Cut(rest, "/")
		name.Service, name.Resource = "iam", "role/"+role
		id.RoleARN = name.String()
		id.UserID = uniqueID("AROA", id.RoleARN) + ":" + session
	case "federated-user":
		id.Type, id.UserID = "FederatedUser", k.caller.Account+":"+rest
	}
	return id
}

// uniqueID makes what IAM draws at random: 21 characters that stay the same for one ARN.
// Source: IAM user guide, "IAM identifiers", unique identifiers.
func uniqueID(prefix, of string) string {
	sum := sha256.Sum256([]byte(of))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
