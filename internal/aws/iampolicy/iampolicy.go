// Package iampolicy reads IAM policy documents and decides requests by them.
//
// What comes in: a JSON document, once, and then requests: who does what to which resource, in which circumstances.
// What goes out: Allow, ExplicitDeny or ImplicitDeny; for a bad document an error that says where it is bad. It never
// fetches anything, never changes after Parse, and never answers anybody.
//
// Source: IAM user guide, "IAM JSON policy element reference" and "Policy evaluation logic".
package iampolicy

import "strings"

// Decision is what a policy says of a request.
type Decision int

const (
	// ImplicitDeny means that no statement speaks of the request.
	ImplicitDeny Decision = iota
	// Allow means that a statement allows it and none denies it.
	Allow
	// ExplicitDeny means that a statement denies it, whatever others say.
	ExplicitDeny
)

// String is the decision in IAM's words.
func (d Decision) String() string {
	switch d {
	case Allow:
		return "allow"
	case ExplicitDeny:
		return "explicit deny"
	default:
		return "implicit deny"
	}
}

// Either combines what an identity's policy and a resource's policy say within one account: one allow is enough, and
// one explicit deny too.
// Source: API Gateway developer guide, "How API Gateway resource policies affect authorization workflow", Table A.
func Either(identity, resource Decision) Decision { return max(identity, resource) }

// Both combines what an identity's policy and a resource's policy say across accounts: both must allow.
// Source: as Either, Table B.
func Both(identity, resource Decision) Decision {
	if identity == ExplicitDeny || resource == ExplicitDeny {
		return ExplicitDeny
	}
	return min(identity, resource)
}

// Request is what a policy decides.
type Request struct {
	// Action is "{service}:{name}", in any case: "apigateway:GET".
	Action string
	// Resource is the ARN of what is acted on.
	Resource string
	// Principal is who acts; nil for a caller that nobody knows.
	Principal *Principal
	// Context is in which circumstances; nil for none.
	Context Context
}

// Context gives the values of condition keys.
type Context interface {
	// Values gives the values under a key, whose name is in lower case: "aws:sourceip". Nil when the request has none.
	Values(key string) []string
}

// Values is a Context; the keys are in lower case.
type Values map[string][]string

// Values implements Context.
func (v Values) Values(key string) []string { return v[key] }

// Principal is who acts.
type Principal struct {
	// ARN is the caller's: of a user, or of the session of an assumed role. Empty for services and federated callers.
	ARN string
	// RoleARN is the role that the session belongs to; a policy may name either.
	RoleARN string
	// Account is twelve digits; a policy that names an account means all of its callers.
	Account string
	// UserID is the caller's unique id, AIDA... or AROA...
	UserID string
	// Service is a calling AWS service, "apigateway.amazonaws.com".
	Service string
	// Federated is the identity provider that vouches for the caller.
	Federated string
	// CanonicalUser is the account in S3's form.
	CanonicalUser string
}

// Policy is a document, compiled. It may be used by many goroutines at once.
type Policy struct{ statements []statement }

type statement struct {
	deny bool
	// principals is nil in identity policies, which speak of whoever has them.
	principals    *principals
	notPrincipals bool
	actions       []glob
	notActions    bool
	resources     []arnPattern
	notResources  bool
	conditions    []condition
}

// Evaluate decides r. The order of the statements does not matter.
func (p *Policy) Evaluate(r *Request) Decision {
	decision := ImplicitDeny
	ctx := r.Context
	if ctx == nil {
		ctx = Values(nil)
	}
	action := strings.ToLower(r.Action)
	for i := range p.statements {
		s := &p.statements[i]
		if !s.applies(r, action, ctx) {
			continue
		}
		if s.deny {
			return ExplicitDeny
		}
		decision = Allow
	}
	return decision
}

// applies tells whether every element of the statement matches.
func (s *statement) applies(r *Request, action string, ctx Context) bool {
	if s.principals != nil && s.principals.match(r.Principal) == s.notPrincipals {
		return false
	}
	return anyGlob(s.actions, action) != s.notActions &&
		anyResource(s.resources, r.Resource, ctx) != s.notResources &&
		allHold(s.conditions, ctx)
}

func anyGlob(globs []glob, text string) bool {
	for i := range globs {
		if globs[i].match(text) {
			return true
		}
	}
	return false
}

func anyResource(patterns []arnPattern, resource string, ctx Context) bool {
	for i := range patterns {
		if patterns[i].match(resource, ctx) {
			return true
		}
	}
	return false
}

func allHold(conditions []condition, ctx Context) bool {
	for i := range conditions {
		if !conditions[i].holds(ctx) {
			return false
		}
	}
	return true
}
