package iam

import (
	"context"
	"time"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
	"postern/internal/gateway/message"
)

// Identities knows access keys: long-term ones of users, and temporary ones of sessions. It is called by many requests at
// once.
type Identities interface {
	// Identity is whose key this is; nil when there is no such key. It is never changed once returned.
	Identity(ctx context.Context, accessKeyID string) *Identity
}

// Decider decides by the policies of an identity: those that it has, less what bounds them. An *iampolicy.Policy is one.
type Decider interface {
	Evaluate(r *iampolicy.Request) iampolicy.Decision
}

// Everything is the Decider of an identity that may do everything, as an account's root may.
type Everything struct{}

// Evaluate allows.
func (Everything) Evaluate(*iampolicy.Request) iampolicy.Decision { return iampolicy.Allow }

// Identity is a user, the session of a role, or an account's root.
type Identity struct {
	Key sigv4.Key
	// Account is twelve digits.
	Account string
	// ARN is the caller's: "arn:aws:iam::123456789012:user/alice",
	// "arn:aws:sts::123456789012:assumed-role/reader/session".
	ARN string
	// RoleARN is the role of a session, which policies may name as well; else empty.
	RoleARN string
	// UserID is the unique id: "AIDA...", "AROA...:session", or for root the account.
	UserID string
	// UserName is a user's name, aws:username; empty for others.
	UserName string
	// Type is aws:PrincipalType: "User", "AssumedRole", "FederatedUser" or "Account".
	Type string
	// OrgID is the organization of the account; empty for none.
	OrgID string
	// Tags are aws:PrincipalTag/...; nil for none.
	Tags map[string]string
	// Issued is when a session began, aws:TokenIssueTime; zero for long-term keys.
	Issued time.Time
	// MFA is when a session was begun with a second factor; zero for without.
	MFA time.Time
	// Cognito is set for credentials of an identity pool.
	Cognito *Cognito
	// Policy decides what the identity may do of its own; nil: nothing.
	Policy Decider
}

// Cognito is whom an identity pool gave credentials to.
type Cognito struct {
	AuthenticationProvider, AuthenticationType, IdentityID, IdentityPoolID string
}

// principal is the identity as resource policies name it.
func (id *Identity) principal() *iampolicy.Principal {
	return &iampolicy.Principal{ARN: id.ARN, RoleARN: id.RoleARN, Account: id.Account, UserID: id.UserID}
}

// show fills in $context.identity.
// Source: developer guide, "Variables for data transformations for API Gateway": caller and user are the unique id.
func (id *Identity) show(to *message.Identity, accessKeyID string) {
	to.AccountID, to.AccessKey, to.UserARN, to.PrincipalOrgID = id.Account, accessKeyID, id.ARN, id.OrgID
	to.Caller, to.User = id.UserID, id.UserID
	if c := id.Cognito; c != nil {
		to.CognitoAuthenticationProvider, to.CognitoAuthenticationType = c.AuthenticationProvider, c.AuthenticationType
		to.CognitoIdentityID, to.CognitoIdentityPoolID = c.IdentityID, c.IdentityPoolID
	}
}
