package lambda

import (
	"maps"
	"slices"

	"postern/internal/gateway/message"
)

// AppendTokenEvent appends the event of a TOKEN authorizer.
// Source: captured execution logs; older ones have the token before the ARN.
func AppendTokenEvent(dst []byte, methodARN, token string) []byte {
	dst = append(dst, `{"type":"TOKEN","methodArn":`...)
	dst = appendQuoted(dst, methodARN)
	dst = append(dst, `,"authorizationToken":`...)
	return append(appendQuoted(dst, token), '}')
}

// AppendRequestEvent appends the event of a REQUEST authorizer: that of AWS_PROXY without the body, with empty objects
// where that has null.
// Sources: captured execution log (test of a REQUEST authorizer); developer guide, "Input to an Amazon API Gateway Lambda
// authorizer".
func AppendRequestEvent(dst []byte, x *message.Exchange, methodARN string) []byte {
	header := eventHeader(x)
	dst = append(dst, `{"type":"REQUEST","methodArn":`...)
	dst = appendQuoted(dst, methodARN)
	dst = append(dst, `,"resource":`...)
	dst = appendQuoted(dst, x.ResourcePath)
	dst = append(dst, `,"path":`...)
	dst = appendQuoted(dst, x.Path)
	dst = append(dst, `,"httpMethod":`...)
	dst = appendQuoted(dst, x.Request.Method)
	dst = append(dst, `,"headers":`...)
	dst = orEmpty(appendSingle(dst, header, message.EqualFold))
	dst = append(dst, `,"multiValueHeaders":`...)
	dst = orEmpty(appendMulti(dst, header, message.EqualFold))
	dst = append(dst, `,"queryStringParameters":`...)
	dst = orEmpty(appendSingle(dst, x.Query, sameName))
	dst = append(dst, `,"multiValueQueryStringParameters":`...)
	dst = orEmpty(appendMulti(dst, x.Query, sameName))
	dst = append(dst, `,"pathParameters":`...)
	dst = orEmpty(appendSingle(dst, x.PathParameters, sameName))
	dst = append(dst, `,"stageVariables":{`...)
	for _, name := range slices.Sorted(maps.Keys(x.StageVariables)) {
		dst = appendMember(dst, name, x.StageVariables[name])
	}
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	dst = append(dst, `},"requestContext":`...)
	x.IntegrationRequest.Header.Reset()
	return append(appendRequestContext(dst, x), '}')
}

// orEmpty puts {} in the place of a null at the end, which stands for no pairs at all.
func orEmpty(dst []byte) []byte {
	if n := len(dst) - len(":null"); n >= 0 && string(dst[n:]) == ":null" {
		return append(dst[:n], ":{}"...)
	}
	return dst
}
