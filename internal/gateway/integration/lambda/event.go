package lambda

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// event makes the event that a function of an AWS_PROXY integration is invoked with. Its members stand in the order in
// which AWS writes them.
//
// Sources: recorded AWS answers (events of AWS_PROXY integrations), captured events of test invocations; developer guide,
// "Lambda proxy integrations in API Gateway", "Input format of a Lambda function for proxy integration".
type event struct {
	// stageVariables are the stage's as a JSON object, null without any.
	stageVariables []byte
}

func compileEvent(variables map[string]string) event {
	if len(variables) == 0 {
		return event{[]byte("null")}
	}
	var pairs message.Pairs
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		pairs.Add(name, variables[name])
	}
	return event{appendSingle(nil, pairs, sameName)}
}

// append appends the event for x. binary tells that the request's body is bytes, which go as Base64.
func (e *event) append(dst []byte, x *message.Exchange, binary bool) []byte {
	header := eventHeader(x)
	dst = append(dst, `{"resource":`...)
	dst = appendQuoted(dst, x.ResourcePath)
	dst = append(dst, `,"path":`...)
	dst = appendQuoted(dst, x.Path)
	dst = append(dst, `,"httpMethod":`...)
	dst = appendQuoted(dst, x.Request.Method)
	dst = append(dst, `,"headers":`...)
	dst = appendSingle(dst, header, message.EqualFold)
	dst = append(dst, `,"multiValueHeaders":`...)
	dst = appendMulti(dst, header, message.EqualFold)
	dst = append(dst, `,"queryStringParameters":`...)
	dst = appendSingle(dst, x.Query, sameName)
	dst = append(dst, `,"multiValueQueryStringParameters":`...)
	dst = appendMulti(dst, x.Query, sameName)
	dst = append(dst, `,"pathParameters":`...)
	dst = appendSingle(dst, x.PathParameters, sameName)
	dst = append(dst, `,"stageVariables":`...)
	dst = append(dst, e.stageVariables...)
	dst = append(dst, `,"requestContext":`...)
	dst = appendRequestContext(dst, x)
	dst = append(dst, `,"body":`...)
	return appendBody(dst, x.Request.Body, binary)
}

func appendBody(dst, body []byte, binary bool) []byte {
	switch {
	case len(body) == 0:
		return append(dst, `null,"isBase64Encoded":false}`...)
	case binary:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, body)
		return append(dst, `","isBase64Encoded":true}`...)
	}
	return append(appendQuoted(dst, body), `,"isBase64Encoded":false}`...)
}

// eventHeader lists the headers that the function sees: the client's, without those of the connection and without a
// signature that was meant for the gateway, and the gateway's own. The API's address is always that of AWS's, https on
// port 443. A test invocation has no more than the headers it names (captured events).
// Source: recorded AWS answer (every header of the guide's table sent through AWS_PROXY).
func eventHeader(x *message.Exchange) message.Pairs {
	list := x.IntegrationRequest.Header[:0]
	forwarded := x.SourceIP
	for i := range x.Request.Header {
		h := &x.Request.Header[i]
		if mapping.HiddenHeader(h.Name) || isSignature(h) {
			continue
		}
		if !x.Test {
			switch {
			case message.EqualFold(h.Name, "X-Forwarded-For"):
				forwarded = h.Value + ", " + x.SourceIP
				continue
			case message.EqualFold(h.Name, "X-Forwarded-Port"), message.EqualFold(h.Name, "X-Forwarded-Proto"),
				message.EqualFold(h.Name, "X-Amzn-Trace-Id"):
				continue
			}
		}
		list = append(list, *h)
	}
	if !x.Test {
		list = append(list, message.Pair{Name: "X-Amzn-Trace-Id", Value: x.TraceID}, message.Pair{Name: "X-Forwarded-For", Value: forwarded},
			message.Pair{Name: "X-Forwarded-Port", Value: "443"}, message.Pair{Name: "X-Forwarded-Proto", Value: "https"})
	}
	x.IntegrationRequest.Header = list
	return list
}

// isSignature reports whether h is the caller's signature. Source: developer guide, "Amazon API Gateway important notes".
func isSignature(h *message.Pair) bool {
	return message.EqualFold(h.Name, "Authorization") && strings.HasPrefix(h.Value, "AWS4-")
}

// appendRequestContext appends requestContext, in the order of $context.keySet (recorded AWS answer).
func appendRequestContext(dst []byte, x *message.Exchange) []byte {
	dst = append(dst, '{')
	dst = appendMember(dst, "resourceId", x.ResourceID)
	dst = appendAuthorizer(dst, x)
	dst = appendMember(dst, "resourcePath", x.ResourcePath)
	dst = appendMember(dst, "httpMethod", x.Request.Method)
	dst = appendMember(dst, "extendedRequestId", x.ExtendedRequestID)
	if x.Canary != "" {
		dst = append(dst, `"isCanaryRequest":`...)
		dst = append(dst, x.Canary...)
		dst = append(dst, ',')
	}
	dst = append(dst, `"requestTime":"`...)
	dst = x.Start.UTC().AppendFormat(dst, "02/Jan/2006:15:04:05 +0000")
	dst = append(dst, '"', ',')
	dst = appendMember(dst, "path", x.ContextPath)
	dst = appendMember(dst, "accountId", x.AccountID)
	dst = append(dst, `"protocol":"HTTP/1.1",`...)
	dst = appendMember(dst, "stage", x.Stage)
	dst = appendMember(dst, "domainPrefix", x.DomainPrefix)
	dst = append(dst, `"requestTimeEpoch":`...)
	dst = strconv.AppendInt(dst, x.Start.UnixMilli(), 10)
	dst = append(dst, ',')
	dst = appendMember(dst, "requestId", x.RequestID)
	dst = append(dst, `"identity":`...)
	dst = appendIdentity(dst, x)
	dst = append(dst, ',')
	dst = appendMember(dst, "domainName", x.DomainName)
	if x.DeploymentID != "" {
		dst = appendMember(dst, "deploymentId", x.DeploymentID)
	}
	dst = append(dst, `"apiId":`...)
	return append(appendQuoted(dst, x.APIID), '}')
}

// appendAuthorizer appends requestContext.authorizer, where the method has one: what a Lambda authorizer said, all of it
// text, or the claims of a Cognito token.
func appendAuthorizer(dst []byte, x *message.Exchange) []byte {
	a := x.Authorizer
	if a == nil {
		return dst
	}
	dst = append(dst, `"authorizer":{`...)
	if len(a.Claims) > 0 {
		dst = append(dst, `"claims":`...)
		return append(appendSingle(dst, a.Claims, sameName), '}', ',')
	}
	for i := range a.Context {
		if name := a.Context[i].Name; name != "principalId" && name != "integrationLatency" {
			dst = appendMember(dst, name, a.Context[i].Value)
		}
	}
	if a.PrincipalID != "" {
		dst = appendMember(dst, "principalId", a.PrincipalID)
	}
	dst = append(dst, `"integrationLatency":`...)
	dst = strconv.AppendInt(dst, x.Observed.AuthorizerIntegrationLatency.Milliseconds(), 10)
	return append(dst, '}', ',')
}

// appendIdentity appends requestContext.identity. What is not known is null; what does not apply to the method is left
// out: the API key, the VPC, the client certificate.
func appendIdentity(dst []byte, x *message.Exchange) []byte {
	id := &x.Identity
	dst = append(dst, '{')
	dst = appendNullable(dst, "cognitoIdentityPoolId", id.CognitoIdentityPoolID)
	dst = appendNullable(dst, "cognitoIdentityId", id.CognitoIdentityID)
	if id.ClientCert != nil {
		dst = appendClientCert(dst, id.ClientCert)
	}
	dst = appendPresent(dst, "vpceId", id.VPCEID)
	dst = appendPresent(dst, "apiKey", id.APIKey)
	dst = appendNullable(dst, "principalOrgId", id.PrincipalOrgID)
	dst = appendNullable(dst, "cognitoAuthenticationType", id.CognitoAuthenticationType)
	dst = appendNullable(dst, "userArn", id.UserARN)
	dst = appendPresent(dst, "apiKeyId", id.APIKeyID)
	dst = appendNullable(dst, "userAgent", x.UserAgent)
	dst = appendNullable(dst, "accountId", id.AccountID)
	dst = appendNullable(dst, "caller", id.Caller)
	dst = appendNullable(dst, "sourceIp", x.SourceIP)
	dst = appendNullable(dst, "accessKey", id.AccessKey)
	dst = appendNullable(dst, "cognitoAuthenticationProvider", id.CognitoAuthenticationProvider)
	dst = appendPresent(dst, "vpcId", id.VPCID)
	dst = appendNullable(dst, "user", id.User)
	dst[len(dst)-1] = '}'
	return dst
}

func appendClientCert(dst []byte, c *message.ClientCert) []byte {
	dst = append(dst, `"clientCert":{`...)
	dst = appendMember(dst, "clientCertPem", c.PEM)
	dst = appendMember(dst, "subjectDN", c.SubjectDN)
	dst = appendMember(dst, "issuerDN", c.IssuerDN)
	dst = appendMember(dst, "serialNumber", c.SerialNumber)
	dst = append(dst, `"validity":{`...)
	dst = appendMember(dst, "notBefore", c.NotBefore)
	dst = appendMember(dst, "notAfter", c.NotAfter)
	dst[len(dst)-1] = '}'
	return append(dst, '}', ',')
}

// appendMember appends "name":"value" and a comma.
func appendMember(dst []byte, name, value string) []byte {
	dst = append(appendQuoted(dst, name), ':')
	return append(appendQuoted(dst, value), ',')
}

// appendNullable is appendMember, with null for an empty value.
func appendNullable(dst []byte, name, value string) []byte {
	if value != "" {
		return appendMember(dst, name, value)
	}
	return append(appendQuoted(dst, name), `:null,`...)
}

// appendPresent is appendMember, or nothing for an empty value.
func appendPresent(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendMember(dst, name, value)
}
