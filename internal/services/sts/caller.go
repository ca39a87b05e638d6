package sts

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	"postern/internal/services/iam"
)

// caller is who calls. A key that is neither a session's nor a user's is, when nobody verified it, the account's root's.
func (s *Service) caller(ctx context.Context, call *wire.Call) (iam.Identity, error) {
	for _, find := range []func(context.Context, string) (iam.Identity, bool, error){s.Session, s.options.Directory.AccessKey} {
		if who, ok, err := find(ctx, call.AccessKeyID); err != nil || ok && who.Account == call.Account {
			return who, err
		}
	}
	who := iam.Identity{Account: call.Account, ARN: call.PrincipalARN}
	if who.ARN == "" {
		root := arn.ARN{Partition: arn.Partition(call.Region), Service: "iam", Account: call.Account, Resource: "root"}
		who.ARN = root.String()
	}
	who.PrincipalARN, who.UserID = who.ARN, userID(who)
	return who, nil
}

// userID is the unique id of a caller that IAM does not know: of the root its account, of a user or a session that a
// credentials file names one that is made from the name and always the same.
// Source: STS API reference, GetCallerIdentity; IAM user guide, "IAM policy elements: Variables", aws:userid.
func userID(who iam.Identity) string {
	a, err := arn.Parse(who.ARN)
	if err != nil || a.Resource == "root" {
		return who.Account
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch kind {
	case "assumed-role":
		role, session, _ := strings.Cut(rest, "/")
		a.Service, a.Resource = "iam", "role/"+role
		return uniqueID("AROA", a.String()) + ":" + session
	case "federated-user":
		return a.Account + ":" + rest
	}
	return uniqueID("AIDA", who.ARN)
}

func uniqueID(prefix, of string) string {
	sum := sha256.Sum256([]byte(of))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
