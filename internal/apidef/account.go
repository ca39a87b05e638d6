package apidef

import (
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

// Account is what API Gateway knows of an account in a region.
// Source: API Gateway API reference, Account.
type Account struct {
	// CloudwatchRoleARN is the role that execution logs are written with.
	CloudwatchRoleARN string `json:"cloudwatchRoleArn,omitempty"`
	// Features are those that the account took up: none, or UsagePlans. Usage plans work either way.
	Features []string `json:"features,omitempty"`
}

// What every account has, or may take up. Source: API Gateway API reference, GetAccount, example; developer guide,
// "Amazon API Gateway quotas" (the throttle).
const (
	UsagePlansFeature  = "UsagePlans"
	APIKeyVersion      = "4"
	AccountBurstLimit  = 5000
	AccountRateLimit   = 10000.0
	roleWithoutLogging = "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy."
)

var accountPaths = PatchTable[Account]{
	Refuse: refuseListing,
	Paths: []PatchPath[Account]{
		{Pattern: "/cloudwatchRoleArn", Ops: Replace, Apply: (*Account).setRole},
		{Pattern: "/features", Ops: Add | Remove, Apply: (*Account).patchFeatures},
	},
}

// setRole sets the role; "" takes it away, as the Terraform AWS provider does. AWS tries the role; here it need only be
// one (the start of the message is known from that provider, which waits for it to go away).
func (a *Account) setRole(c Change) error {
	if c.Value != "" {
		role, err := arn.Parse(c.Value)
		if err != nil || role.Service != "iam" || !strings.HasPrefix(role.Resource, "role/") {
			return awserr.BadRequest.Errorf(roleWithoutLogging)
		}
	}
	a.CloudwatchRoleARN = c.Value
	return nil
}

// patchFeatures takes a feature up, for good. The texts are those of public emulators, or inferred.
func (a *Account) patchFeatures(c Change) error {
	switch {
	case c.Value != UsagePlansFeature:
		return awserr.BadRequest.Errorf("Invalid feature specified. Valid options are UsagePlans")
	case c.Op == Remove:
		return awserr.BadRequest.Errorf("Usage Plans cannot be disabled once enabled")
	}
	a.Features = []string{UsagePlansFeature}
	return nil
}

// Patch returns the account with the operations applied.
func (a *Account) Patch(ops []PatchOperation) (*Account, error) {
	next := clone(a)
	return next, accountPaths.Apply(next, ops)
}
