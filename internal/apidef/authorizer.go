package apidef

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// ErrNoAuthorizer is what operations on an unknown authorizer answer; the text is that of public emulators.
var ErrNoAuthorizer = awserr.NotFound.Errorf("Invalid Authorizer identifier specified")

// The values of Authorizer.Type.
const (
	TokenAuthorizer   = "TOKEN"
	RequestAuthorizer = "REQUEST"
	CognitoAuthorizer = "COGNITO_USER_POOLS"
)

// DefaultAuthorizerTTL is how long a result is cached where AuthorizerResultTTLInSeconds is not set. Seconds.
// Source: API Gateway API reference, CreateAuthorizer, authorizerResultTtlInSeconds.
const DefaultAuthorizerTTL = 300

const maxAuthorizerTTL = 3600

// NewAuthorizer checks what CreateAuthorizer was given. Messages: public deployment logs.
func NewAuthorizer(a Authorizer) (*Authorizer, error) {
	if err := a.settle(); err != nil {
		return nil, err
	}
	if a.isBare() {
		return nil, errNoIdentitySource
	}
	return &a, nil
}

// ImportedAuthorizer checks what a definition describes. There an authorizer of type REQUEST may say neither what tells its
// callers apart nor for how long results are cached: it caches none.
// Recorded AWS answer: ImportRestApi with an empty identitySource; that it caches none is inferred.
func ImportedAuthorizer(a Authorizer) (*Authorizer, error) {
	if err := a.settle(); err != nil {
		return nil, err
	}
	return &a, nil
}

var errNoIdentitySource = awserr.BadRequest.Errorf("IdentitySource cannot be empty")

// isBare tells whether an authorizer says neither what to cache by nor that it caches nothing.
func (a *Authorizer) isBare() bool {
	return a.Type == RequestAuthorizer && a.IdentitySource == "" && a.AuthorizerResultTTLInSeconds == nil
}

// settle checks the members against the type, and against each other.
func (a *Authorizer) settle() error {
	if a.Name == "" {
		return awserr.BadRequest.Errorf("Name cannot be empty") // inferred
	}
	checks := []func() error{a.checkFunction, a.checkProviders, a.checkTTL, a.checkIdentitySource, a.checkCredentials}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkFunction: a Lambda authorizer invokes a function, a Cognito one none (the text of that refusal is inferred).
func (a *Authorizer) checkFunction() error {
	switch a.Type {
	case CognitoAuthorizer:
		if a.AuthorizerURI != "" {
			return awserr.BadRequest.Errorf("Authorizer URI cannot be specified for authorizers of type COGNITO_USER_POOLS")
		}
		return nil
	case TokenAuthorizer, RequestAuthorizer:
		uri, err := parseServiceARN(a.AuthorizerURI)
		if err != nil || !isLambdaInvocation(uri) || !strings.HasSuffix(uri.Rest, "/invocations") || !isRegion(uri.Region) {
			return awserr.BadRequest.Errorf("Invalid Authorizer URI: %s. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.", a.AuthorizerURI)
		}
		return nil
	}
	return awserr.BadRequest.Errorf("Invalid authorizer type specified. Valid options are TOKEN,REQUEST,COGNITO_USER_POOLS") // inferred
}

var regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)

// isRegion tells whether s has the form of a region's name, or will have it when stage variables are known.
// Source: public bug report, hashicorp/terraform-provider-aws pull request 1757 ("region" is refused).
func isRegion(s string) bool { return regionName.MatchString(s) || stageVariable.MatchString(s) }

// checkProviders: a Cognito authorizer names its user pools; a stage variable may stand in the place of an ARN.
func (a *Authorizer) checkProviders() error {
	if a.Type != CognitoAuthorizer {
		return nil
	}
	if len(a.ProviderARNs) == 0 {
		return awserr.BadRequest.Errorf("ProviderARNs cannot be empty")
	}
	for _, provider := range a.ProviderARNs {
		if !isARN(provider) && !stageVariable.MatchString(provider) {
			return awserr.BadRequest.Errorf("Invalid ARN specified in the request") // inferred
		}
	}
	return nil
}

func (a *Authorizer) checkTTL() error {
	if ttl := a.AuthorizerResultTTLInSeconds; ttl != nil && (*ttl < 0 || *ttl > maxAuthorizerTTL) {
		return awserr.BadRequest.Errorf("Authorizer result TTL outside allowable range. TTL must be between 0 and %d seconds.", maxAuthorizerTTL)
	}
	return nil
}

// TTL is how long a result is cached; 0 caches none. Seconds.
func (a *Authorizer) TTL() int {
	switch {
	case a.isBare():
		return 0
	case a.AuthorizerResultTTLInSeconds == nil:
		return DefaultAuthorizerTTL
	}
	return *a.AuthorizerResultTTLInSeconds
}

// checkIdentitySource: one header, or for REQUEST a list of what a request brings along; REQUEST may do without one
// when nothing is cached.
// Source: API Gateway API reference, CreateAuthorizer, identitySource.
func (a *Authorizer) checkIdentitySource() error {
	if a.IdentitySource == "" {
		if a.Type == RequestAuthorizer && a.TTL() == 0 {
			return nil
		}
		return errNoIdentitySource
	}
	sources := []string{a.IdentitySource}
	if a.Type == RequestAuthorizer {
		sources = a.IdentitySources()
	}
	for _, source := range sources {
		e, fault := ParseExpression(source)
		header := e.Source == MethodRequest && e.Location == InHeader
		other := e.Source == MethodRequest && e.Location == InQueryString || e.Source == StageVariable || e.Source == ContextVariable
		if fault != 0 || !header && (a.Type != RequestAuthorizer || !other) {
			return awserr.BadRequest.Errorf("Invalid request identity source expression: %s", source)
		}
	}
	return nil
}

// IdentitySources are the expressions of the identity source, in order.
func (a *Authorizer) IdentitySources() []string {
	if a.IdentitySource == "" {
		return nil
	}
	sources := strings.Split(a.IdentitySource, ",")
	for i := range sources {
		sources[i] = strings.TrimSpace(sources[i])
	}
	return sources
}

// checkCredentials: the role to assume is an ARN. That it is the caller's own is not asked: a Lambda authorizer of
// another account is a documented use.
func (a *Authorizer) checkCredentials() error {
	if a.AuthorizerCredentials != "" && !isARN(a.AuthorizerCredentials) {
		return awserr.BadRequest.Errorf("Invalid ARN specified in the request")
	}
	return nil
}

// AuthTypeAnswer is authType as AWS answers it: what the user said, else what the type makes of it.
// Recorded AWS answer: CreateAuthorizer.
func (a *Authorizer) AuthTypeAnswer() string {
	switch {
	case a.AuthType != "":
		return a.AuthType
	case a.Type == CognitoAuthorizer:
		return "cognito_user_pools"
	}
	return "custom"
}

var authorizerPaths = PatchTable[Authorizer]{
	Refuse: refuseListing,
	Paths: []PatchPath[Authorizer]{
		{Pattern: "/name", Ops: Replace, Apply: func(a *Authorizer, c Change) error { a.Name = c.Value; return nil }},
		{Pattern: "/type", Ops: Replace, Apply: func(a *Authorizer, c Change) error { a.Type = c.Value; return nil }},
		{Pattern: "/authType", Ops: Replace, Apply: func(a *Authorizer, c Change) error { a.AuthType = c.Value; return nil }},
		{Pattern: "/authorizerUri", Ops: Replace, Apply: func(a *Authorizer, c Change) error {
			a.AuthorizerURI = c.Value
			return nil
		}},
		{Pattern: "/authorizerCredentials", Ops: Replace, Apply: func(a *Authorizer, c Change) error {
			a.AuthorizerCredentials = c.Value
			return nil
		}},
		{Pattern: "/identitySource", Ops: Add | Replace | Remove, Apply: (*Authorizer).patchIdentitySource},
		{Pattern: "/identityValidationExpression", Ops: Replace, Apply: func(a *Authorizer, c Change) error {
			a.IdentityValidationExpression = c.Value
			return nil
		}},
		{Pattern: "/authorizerResultTtlInSeconds", Ops: Replace, Apply: (*Authorizer).patchTTL},
		{Pattern: "/providerARNs", Ops: Add | Remove, Apply: func(a *Authorizer, c Change) error {
			return patchElement(&a.ProviderARNs, c.Op, c.Value, "", "Invalid provider ARN specified")
		}},
	},
}

func (a *Authorizer) patchTTL(c Change) error {
	ttl, err := strconv.Atoi(c.Value)
	if err != nil {
		ttl = -1 // out of range, so the check's message answers
	}
	a.AuthorizerResultTTLInSeconds = &ttl
	return nil
}

// patchIdentitySource: add appends an expression to the list, replace sets the list, remove takes away the expression
// in the value, or all without a value. The reference names the operations and leaves open what they do to a list.
func (a *Authorizer) patchIdentitySource(c Change) error {
	sources := a.IdentitySources()
	switch {
	case c.Op == Replace:
		a.IdentitySource = c.Value
		return nil
	case c.Op == Remove && c.Value == "":
		sources = nil
	case c.Op == Remove:
		sources = slices.DeleteFunc(sources, func(s string) bool { return s == c.Value })
	case !slices.Contains(sources, c.Value):
		sources = append(sources, c.Value)
	}
	a.IdentitySource = strings.Join(sources, ",")
	return nil
}

// Patch returns the authorizer with the operations applied; its members are checked against each other at the end.
func (a *Authorizer) Patch(ops []PatchOperation) (*Authorizer, error) {
	next := clone(a)
	if err := authorizerPaths.Apply(next, ops); err != nil {
		return nil, err
	}
	if next.isBare() && !a.isBare() {
		return nil, errNoIdentitySource
	}
	return next, next.settle()
}
