package mapping

import "postern/internal/gateway/message"

// contextVariables is every $context variable of mapping templates. The rows of each map stand in the order of a
// java.util.HashMap of these keys: that is the order in which AWS lists them (recorded AWS answer: a template that
// loops over $context.keySet()). requestOverride and responseOverride are maps that templates write; see
// overrideNode.
var contextVariables = contextTable{
	{name: "resourceId", always: true, text: func(x *message.Exchange) string { return x.ResourceID }},
	// Web ACLs are not evaluated, so the two variables of WAF never apply.
	{name: "wafResponseCode", text: never},
	{name: "authorizer", table: authorizerVariables, pairs: authorizerContext},
	{name: "resourcePath", always: true, text: func(x *message.Exchange) string { return x.ResourcePath }},
	{name: "httpMethod", always: true, text: func(x *message.Exchange) string { return x.Request.Method }},
	{name: "error", table: errorVariables},
	{name: "extendedRequestId", always: true, text: func(x *message.Exchange) string { return x.ExtendedRequestID }},
	{name: "isCanaryRequest", value: isCanaryRequest},
	{name: "requestTime", always: true, text: requestTime},
	{name: "path", always: true, text: func(x *message.Exchange) string { return x.ContextPath }},
	{name: "accountId", always: true, text: func(x *message.Exchange) string { return x.AccountID }},
	{name: "awsEndpointRequestId", text: func(x *message.Exchange) string { return x.AWSEndpointRequestID }},
	// Clients over HTTP/2 read HTTP/1.1 too (developer guide: Variables for access logging for API Gateway).
	{name: "protocol", always: true, text: func(*message.Exchange) string { return "HTTP/1.1" }},
	{name: requestOverride, always: true},
	{name: "webaclArn", text: never},
	{name: "stage", always: true, text: func(x *message.Exchange) string { return x.Stage }},
	{name: "domainPrefix", always: true, text: func(x *message.Exchange) string { return x.DomainPrefix }},
	{name: "requestTimeEpoch", always: true, value: requestTimeEpoch},
	{name: "requestId", always: true, text: func(x *message.Exchange) string { return x.RequestID }},
	{name: "identity", always: true, table: identityVariables},
	{name: "domainName", always: true, text: func(x *message.Exchange) string { return x.DomainName }},
	{name: "deploymentId", always: true, text: func(x *message.Exchange) string { return x.DeploymentID }},
	{name: responseOverride, always: true},
	{name: "apiId", always: true, text: func(x *message.Exchange) string { return x.APIID }},
}

// identityVariables is $context.identity. An open method lists those marked "always" (recorded AWS answer names
// accessKey among them).
var identityVariables = contextTable{
	{name: "cognitoIdentityPoolId", always: true, text: func(x *message.Exchange) string { return x.Identity.CognitoIdentityPoolID }},
	{name: "cognitoIdentityId", always: true, text: func(x *message.Exchange) string { return x.Identity.CognitoIdentityID }},
	{name: "clientCert", table: clientCertVariables},
	{name: "vpceId", text: func(x *message.Exchange) string { return x.Identity.VPCEID }},
	{name: "apiKey", text: func(x *message.Exchange) string { return x.Identity.APIKey }},
	{name: "principalOrgId", always: true, text: func(x *message.Exchange) string { return x.Identity.PrincipalOrgID }},
	{name: "cognitoAuthenticationType", always: true, text: func(x *message.Exchange) string { return x.Identity.CognitoAuthenticationType }},
	{name: "userArn", always: true, text: func(x *message.Exchange) string { return x.Identity.UserARN }},
	{name: "apiKeyId", text: func(x *message.Exchange) string { return x.Identity.APIKeyID }},
	{name: "userAgent", always: true, text: func(x *message.Exchange) string { return x.UserAgent }},
	{name: "accountId", always: true, text: func(x *message.Exchange) string { return x.Identity.AccountID }},
	{name: "caller", always: true, text: func(x *message.Exchange) string { return x.Identity.Caller }},
	{name: "sourceIp", always: true, text: func(x *message.Exchange) string { return x.SourceIP }},
	{name: "accessKey", always: true, text: func(x *message.Exchange) string { return x.Identity.AccessKey }},
	{name: "cognitoAuthenticationProvider", always: true, text: func(x *message.Exchange) string { return x.Identity.CognitoAuthenticationProvider }},
	{name: "vpcId", text: func(x *message.Exchange) string { return x.Identity.VPCID }},
	{name: "user", always: true, text: func(x *message.Exchange) string { return x.Identity.User }},
}

// clientCertVariables is $context.identity.clientCert, present with mutual TLS only.
var clientCertVariables = contextTable{
	{name: "clientCertPem", text: clientCert(func(c *message.ClientCert) string { return c.PEM })},
	{name: "serialNumber", text: clientCert(func(c *message.ClientCert) string { return c.SerialNumber })},
	{name: "issuerDN", text: clientCert(func(c *message.ClientCert) string { return c.IssuerDN })},
	{name: "validity", table: contextTable{
		{name: "notAfter", text: clientCert(func(c *message.ClientCert) string { return c.NotAfter })},
		{name: "notBefore", text: clientCert(func(c *message.ClientCert) string { return c.NotBefore })},
	}},
	{name: "subjectDN", text: clientCert(func(c *message.ClientCert) string { return c.SubjectDN })},
}

// errorVariables is $context.error, present in gateway responses and access logs only.
var errorVariables = contextTable{
	{name: "responseType", text: onError(func(e *message.Error) string { return e.ResponseType })},
	{name: "messageString", text: onError(func(e *message.Error) string { return e.MessageString })},
	{name: "validationErrorString", text: onError(func(e *message.Error) string { return e.ValidationErrorString })},
	{name: "message", text: onError(func(e *message.Error) string { return e.Message })},
}

// authorizerVariables are the names of $context.authorizer that every authorizer shares; the map that a Lambda
// authorizer returned stands beside them.
var authorizerVariables = contextTable{
	{name: "claims", pairs: func(x *message.Exchange) message.Pairs {
		if x.Authorizer == nil {
			return nil
		}
		return x.Authorizer.Claims
	}},
	{name: "principalId", text: func(x *message.Exchange) string {
		if x.Authorizer == nil {
			return ""
		}
		return x.Authorizer.PrincipalID
	}},
}

func authorizerContext(x *message.Exchange) message.Pairs {
	if x.Authorizer == nil {
		return nil
	}
	return x.Authorizer.Context
}

func clientCert(field func(*message.ClientCert) string) func(*message.Exchange) string {
	return func(x *message.Exchange) string {
		if x.Identity.ClientCert == nil {
			return ""
		}
		return field(x.Identity.ClientCert)
	}
}

func onError(field func(*message.Error) string) func(*message.Exchange) string {
	return func(x *message.Exchange) string {
		if x.Error == nil {
			return ""
		}
		return field(x.Error)
	}
}

func never(*message.Exchange) string { return "" }

func requestTime(x *message.Exchange) string {
	return x.Start.UTC().Format("02/Jan/2006:15:04:05 +0000")
}

// requestTimeEpoch is a Long, so that templates can reckon with it (inferred).
func requestTimeEpoch(x *message.Exchange) any { return x.Start.UnixMilli() }

// isCanaryRequest is a Boolean on stages with a canary (recorded AWS answer: prints true or false).
func isCanaryRequest(x *message.Exchange) any {
	if x.Canary == "" {
		return nil
	}
	return x.Canary == "true"
}
