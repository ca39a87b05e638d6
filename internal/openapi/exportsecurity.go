package openapi

import (
	"strings"

	"postern/internal/apidef"
)

// securitySchemes are the authorizers, and what API keys and IAM are called in exports. Those two are written when a
// method demands them, authorizers always. Source: public exports.
func (out *exporting) securitySchemes() *node {
	n := newObject()
	for _, a := range sortedBy(out.Authorizers, func(a *apidef.Authorizer) string { return a.Name }) {
		n.add(a.Name, out.describe(out.authorizerScheme(a), apidef.DocumentationLocation{Type: "AUTHORIZER", Name: a.Name}, plainAttributes...))
	}
	if out.demanded(func(m *apidef.Method) bool { return m.APIKeyRequired }) {
		n.add(out.apiKey, keyScheme("x-api-key"))
	}
	if out.demanded(func(m *apidef.Method) bool { return m.AuthorizationType == apidef.AuthIAM }) {
		scheme := keyScheme("Authorization")
		if out.with.authorizers {
			scheme.add(extension+"authtype", newText("awsSigv4"))
		}
		n.add(out.iam, scheme)
	}
	return n
}

// demanded tells whether some method demands what by looks for.
func (out *exporting) demanded(by func(*apidef.Method) bool) bool {
	for _, r := range out.Resources {
		for _, m := range r.Methods {
			if by(m) {
				return true
			}
		}
	}
	return false
}

// keyScheme is the one type of scheme that API Gateway knows.
func keyScheme(header string) *node {
	return newObject().add("type", newText("apiKey")).add("name", newText(header)).add("in", newText("header"))
}

func (out *exporting) authorizerScheme(a *apidef.Authorizer) *node {
	scheme := keyScheme(identityHeader(a))
	if !out.with.authorizers {
		return scheme
	}
	authType := a.AuthType
	if authType == "" {
		authType = "custom"
		if a.Type == "COGNITO_USER_POOLS" {
			authType = "cognito_user_pools"
		}
	}
	scheme.add(extension+"authtype", newText(authType))
	own := newObject().
		addText("authorizerUri", a.AuthorizerURI).
		addText("authorizerCredentials", a.AuthorizerCredentials)
	if a.AuthorizerResultTTLInSeconds != nil {
		own.add("authorizerResultTtlInSeconds", newInteger(*a.AuthorizerResultTTLInSeconds))
	}
	if a.Type == "REQUEST" {
		own.addText("identitySource", a.IdentitySource) // the others have it in the scheme's name
	}
	return scheme.add(extension+"authorizer", own.
		addText("identityValidationExpression", a.IdentityValidationExpression).
		addTexts("providerARNs", a.ProviderARNs).
		add("type", newText(strings.ToLower(a.Type))))
}

// identityHeader is the one header that an authorizer reads; "Unused" when it reads several sources, another one or none.
// Source: developer guide, "x-amazon-apigateway-authorizer object".
func identityHeader(a *apidef.Authorizer) string {
	header, ok := strings.CutPrefix(a.IdentitySource, "method.request.header.")
	if !ok || strings.Contains(header, ",") {
		return "Unused"
	}
	return header
}

// security is what a method demands, a requirement each.
func (out *exporting) security(m *apidef.Method) *node {
	n := newList()
	demand := func(scheme string, scopes []string) {
		n.items = append(n.items, newObject().add(scheme, newTexts(scopes...)))
	}
	if a, ok := out.authorizers[m.AuthorizerID]; ok {
		demand(a.Name, m.AuthorizationScopes)
	}
	if m.AuthorizationType == apidef.AuthIAM {
		demand(out.iam, nil)
	}
	if m.APIKeyRequired {
		demand(out.apiKey, nil)
	}
	return n
}
