package apidef

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

var (
	stageVariable = regexp.MustCompile(`\$\{stageVariables\.[a-zA-Z0-9_]+\}`)
	placeholder   = regexp.MustCompile(`\{[^{}]*\}`)
	lambdaARN     = regexp.MustCompile(`^arn:[a-z-]+:lambda:[^:/]+:[^:/]*:function:[^:/]+(?::[^:/]+)?$`)
)

// checkURI checks the address of an integration against its type.
// Recorded AWS answers: PutIntegration with each kind of wrong uri.
func (in *Integration) checkURI() error {
	switch in.Type {
	case HTTP, HTTPProxy:
		return checkHTTPEndpoint(in.URI)
	case AWS:
		return checkServiceARN(in.URI)
	case AWSProxy:
		return checkProxyARN(in.URI)
	}
	return nil // MOCK has none
}

// checkHTTPEndpoint wants an http or https URL, on port 80, 443 or above 1023. Stage variables and {placeholders} may
// stand for any part behind the scheme.
// Source: developer guide, "Amazon API Gateway important notes" (ports).
func checkHTTPEndpoint(uri string) error {
	refused := awserr.BadRequest.Errorf("Invalid HTTP endpoint specified for URI")
	plain := placeholder.ReplaceAllString(stageVariable.ReplaceAllString(uri, "1"), "1")
	u, err := url.Parse(plain)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return refused
	}
	if u.Port() == "" || strings.ContainsAny(authority(uri), "{}") {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port > 65535 || port < 1024 && port != 80 && port != 443 {
		return refused
	}
	return nil
}

// authority is what stands between "//" and the path.
func authority(uri string) string {
	_, rest, _ := strings.Cut(uri, "//")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// isARN tells whether s has an ARN's six parts.
func isARN(s string) bool {
	_, err := arn.Parse(s)
	return err == nil
}

// parseServiceARN reads arn:{partition}:apigateway:{region}:{[subdomain.]service}:{path|action}/{rest}.
func parseServiceARN(uri string) (arn.Integration, error) {
	in, err := arn.ParseIntegration(uri)
	switch {
	case errors.Is(err, arn.ErrNoPathOrAction):
		return in, awserr.BadRequest.Errorf("AWS ARN for integration must contain path or action")
	case err != nil:
		return in, awserr.BadRequest.Errorf("Invalid ARN specified in the request")
	}
	return in, nil
}

func checkServiceARN(uri string) error {
	in, err := parseServiceARN(uri)
	if err != nil {
		return err
	}
	if _, _, invokes := in.Function(); invokes && !isLambdaInvocation(in) {
		return awserr.BadRequest.Errorf("Invalid function ARN or invalid uri")
	}
	return nil
}

func checkProxyARN(uri string) error {
	in, err := parseServiceARN(uri)
	if err != nil {
		return err
	}
	if isLambdaInvocation(in) || in.Service == "firehose" && in.ByAction {
		return nil
	}
	return awserr.BadRequest.Errorf("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.")
}

// isLambdaInvocation wants a function's ARN, in whose place or parts stage variables may stand.
func isLambdaInvocation(in arn.Integration) bool {
	function, _, ok := in.Function()
	return ok && (stageVariable.FindString(function) == function || lambdaARN.MatchString(stageVariable.ReplaceAllString(function, "x")))
}

// callsLambda tells whether an AWS integration invokes a function, which needs no role.
func (in *Integration) callsLambda() bool {
	uri, err := arn.ParseIntegration(in.URI)
	return err == nil && uri.Service == "lambda"
}
