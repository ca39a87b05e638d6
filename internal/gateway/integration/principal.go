package integration

import (
	"fmt"

	"postern/internal/gateway/message"
)

// CallerCredentials are the credentials of an integration that calls in the caller's own name.
// Source: API Gateway API reference, Integration, credentials.
const CallerCredentials = "arn:aws:iam::*:user/*"

// Principal is in whose name AWS is called: a role, the caller of the API, or, when both are empty, API Gateway itself
// (apigateway.amazonaws.com), which the target's resource policy must allow.
// Source: API Gateway API reference, Integration, credentials.
type Principal struct {
	// Role is the ARN of the role to assume.
	Role string
	// Caller is the caller's identity for CallerCredentials; nil otherwise.
	Caller *message.Identity
}

// RoleError is a role that could not be assumed, or a caller whose credentials are not known.
type RoleError struct {
	// Role is the credentials of the integration.
	Role string
	Err  error
}

// Error implements error.
func (e *RoleError) Error() string { return fmt.Sprintf("assume role %s: %v", e.Role, e.Err) }

// Unwrap returns the reason.
func (e *RoleError) Unwrap() error { return e.Err }
