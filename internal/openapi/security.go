package openapi

import (
	"strings"

	"postern/internal/apidef"
)

// securityScheme is what naming a scheme does to a method.
type securityScheme struct {
	authorizer string // its name
	kind       string // AuthorizationType; empty: none
	apiKey     bool
	refused    bool // methods with this scheme are not created
}

// readSecuritySchemes reads the security schemes. Each that is an authorizer becomes one, used or not.
// Recorded AWS answers: GetAuthorizers, GetMethod after imports.
func (in *importing) readSecuritySchemes() {
	for _, m := range in.at(in.dialect.schemes).entries() {
		in.schemes[m.key] = in.readScheme(m.key, in.resolve(m.value))
	}
}

func (in *importing) readScheme(name string, scheme *node) securityScheme {
	kind, authType := scheme.get("type").scalar(), scheme.get(extension+"authtype").scalar()
	authorizer := scheme.get(extension + "authorizer")
	switch {
	case authorizer.is(object):
		return in.readAuthorizer(name, scheme, authorizer)
	case strings.EqualFold(authType, "awsSigv4"):
		return securityScheme{kind: apidef.AuthIAM}
	case authType != "":
		in.warn("Unable to create authorizer from security definition: '%[1]s'. Extension x-amazon-apigateway-authorizer is required. "+
			"Any methods with security: '%[1]s' will not be created. If this security definition is not a custom authorizer, "+
			"remove the x-amazon-apigateway-authtype extension and it will be ignored.", name)
		return securityScheme{refused: true}
	case kind != "apiKey":
		in.warn("Unsupported security definition type '%s' for '%s'. Ignoring.", kind, name)
		return securityScheme{}
	}
	return securityScheme{apiKey: strings.EqualFold(scheme.get("name").scalar(), "x-api-key") && scheme.get("in").scalar() == "header"}
}

// readAuthorizer makes an authorizer of a scheme with x-amazon-apigateway-authorizer.
func (in *importing) readAuthorizer(name string, scheme, n *node) securityScheme {
	a := &apidef.Authorizer{
		ID:                           name,
		Name:                         name,
		Type:                         strings.ToUpper(n.get("type").scalar()),
		AuthType:                     scheme.get(extension + "authtype").scalar(),
		ProviderARNs:                 n.get("providerARNs").texts(),
		AuthorizerURI:                n.get("authorizerUri").scalar(),
		AuthorizerCredentials:        n.get("authorizerCredentials").scalar(),
		IdentitySource:               n.get("identitySource").scalar(),
		IdentityValidationExpression: n.get("identityValidationExpression").scalar(),
	}
	if ttl, ok := n.get("authorizerResultTtlInSeconds").integer(); ok {
		a.AuthorizerResultTTLInSeconds = &ttl
	}
	if a.Type == "TOKEN" || a.Type == "COGNITO_USER_POOLS" {
		// The header is that of the scheme, whatever the extension says.
		a.IdentitySource = "method.request.header." + scheme.get("name").scalar()
	}
	if fault := authorizerFault(a); fault != "" {
		in.fail("Unable to create authorizer '%s': %s", name, fault)
		return securityScheme{refused: true}
	}
	in.definition.Authorizers = append(in.definition.Authorizers, a)
	in.refs.Authorizers[name] = a.Type
	if a.Type == "COGNITO_USER_POOLS" {
		return securityScheme{authorizer: name, kind: apidef.AuthCognito}
	}
	return securityScheme{authorizer: name, kind: apidef.AuthCustom}
}

// authorizerFault is what CreateAuthorizer would refuse; "" for nothing.
// Source of the texts: public implementations and reports; API Gateway API reference, CreateAuthorizer.
func authorizerFault(a *apidef.Authorizer) string {
	ttl := 300
	if a.AuthorizerResultTTLInSeconds != nil {
		ttl = *a.AuthorizerResultTTLInSeconds
	}
	switch {
	case ttl < 0 || ttl > 3600:
		return "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds."
	case a.Type == "COGNITO_USER_POOLS" && len(a.ProviderARNs) == 0:
		return "ProviderARNs cannot be empty"
	case a.Type == "COGNITO_USER_POOLS", a.Type == "TOKEN" && a.AuthorizerURI != "", a.Type == "REQUEST" && a.AuthorizerURI != "":
		return ""
	case a.Type == "TOKEN" || a.Type == "REQUEST":
		return "Invalid Authorizer URI: " + a.AuthorizerURI + ". Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation."
	}
	return "Invalid authorizer type specified: " + a.Type // inferred
}

// authorize applies security to a method: its own, or the root's when it has none. It is false when the method must
// not be created. Recorded AWS answers: the root's security applies, to ANY methods too; an empty list takes it away.
func (in *importing) authorize(m *apidef.Method, operation *node) bool {
	m.AuthorizationType = apidef.AuthNone
	requirements := operation.get("security")
	if !requirements.is(list) {
		requirements = in.root.get("security")
	}
	for _, requirement := range requirements.elements() {
		for _, named := range requirement.entries() {
			if !in.require(m, named.key, named.value.texts()) {
				return false
			}
		}
	}
	if own := strings.ToUpper(operation.get(extension + "auth").get("type").scalar()); own != "" {
		m.AuthorizationType, m.AuthorizerID, m.AuthorizationScopes = own, "", nil
	}
	return true
}

// require makes a method demand one scheme. The first that authorizes counts; an API key is demanded beside it.
func (in *importing) require(m *apidef.Method, name string, scopes []string) bool {
	scheme, ok := in.schemes[name]
	switch {
	case !ok:
		in.warn("Reference to security definition '%s' not found. Ignoring.", name) // inferred
	case scheme.refused:
		return false
	case scheme.apiKey:
		m.APIKeyRequired = true
	case scheme.kind != "" && m.AuthorizationType == apidef.AuthNone:
		m.AuthorizationType, m.AuthorizerID = scheme.kind, scheme.authorizer
		if scheme.kind == apidef.AuthCognito && len(scopes) > 0 {
			m.AuthorizationScopes = scopes
		}
	}
	return true
}
