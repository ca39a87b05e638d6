package arn

import (
	"errors"
	"strings"
)

// ErrNoPathOrAction is given for an ARN whose resource is neither path/... nor action/...
var ErrNoPathOrAction = errors.New("ARN names neither path nor action")

// Integration is the URI of an AWS or AWS_PROXY integration:
// arn:{partition}:apigateway:{region}:{[subdomain.]service}:{path|action}/{rest}.
// Source: API Gateway API reference, PutIntegration, uri.
type Integration struct {
	Partition, Region string
	// Subdomain stands before the service's name in the host that is called; mostly empty.
	Subdomain string
	// Service is the called service, "lambda", "s3", "dynamodb".
	Service string
	// ByAction is true for action/{rest}: rest is an action's name with its parameters. False for path/{rest}: rest is
	// the path on the service's host, without its first slash.
	ByAction bool
	Rest     string
}

// ParseIntegration takes an integration's URI apart. It gives ErrInvalid for what is no ARN, and ErrNoPathOrAction for
// an ARN of another kind, such as a function's own.
// Source: recorded AWS answers tell these two apart.
func ParseIntegration(uri string) (Integration, error) {
	a, err := Parse(uri)
	if err != nil {
		return Integration{}, err
	}
	kind, rest, ok := strings.Cut(a.Resource, "/")
	if !ok || kind != "path" && kind != "action" {
		return Integration{}, ErrNoPathOrAction
	}
	if a.Service != "apigateway" || a.Account == "" {
		return Integration{}, ErrInvalid
	}
	in := Integration{Partition: a.Partition, Region: a.Region, Service: a.Account, ByAction: kind == "action", Rest: rest}
	if dot := strings.LastIndexByte(a.Account, '.'); dot >= 0 {
		in.Subdomain, in.Service = a.Account[:dot], a.Account[dot+1:]
		if in.Subdomain == "" || in.Service == "" {
			return Integration{}, ErrInvalid
		}
	}
	return in, nil
}

// String puts the URI together.
func (in Integration) String() string {
	service, kind := in.Service, "path"
	if in.Subdomain != "" {
		service = in.Subdomain + "." + service
	}
	if in.ByAction {
		kind = "action"
	}
	return ARN{in.Partition, "apigateway", in.Region, service, kind + "/" + in.Rest}.String()
}

// Function is the Lambda function that the integration invokes, an ARN with or without a qualifier or, with stage
// variables, what becomes one; ok is false when it invokes none. Streaming is true for the invocation that answers
// piece by piece.
// Source: API Gateway API reference, PutIntegration, uri; Lambda API reference, InvokeWithResponseStream.
func (in Integration) Function() (function string, streaming, ok bool) {
	if in.Service != "lambda" || in.ByAction {
		return "", false, false
	}
	rest := strings.TrimPrefix(in.Rest, "/") // a doubled slash is taken, recorded AWS answer
	if function, ok = between(rest, "2015-03-31/functions/", "/invocations"); ok {
		return function, false, true
	}
	function, ok = between(rest, "2021-11-15/functions/", "/response-streaming-invocations")
	return function, ok, ok
}

// between is what stands between prefix and suffix, if anything does.
func between(text, prefix, suffix string) (string, bool) {
	text, okPrefix := strings.CutPrefix(text, prefix)
	text, okSuffix := strings.CutSuffix(text, suffix)
	if !okPrefix || !okSuffix || text == "" {
		return "", false
	}
	return text, true
}
