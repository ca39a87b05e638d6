package apidef

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

var (
	stageVariable = regexp.MustCompile(`\$\{stageVariables\.[a-zA-Z0-9_]+\}`)
	placeholder   = regexp.MustCompile(`\{[^{}]*\}`)
	// lambdaPath is the one form in which AWS_PROXY calls a function: an ARN, or a stage variable in its place.
	lambdaPath = regexp.MustCompile(`^path/[0-9]{4}-[0-9]{2}-[0-9]{2}/functions/(.+)/(?:invocations|response-streaming-invocations)$`)
	lambdaARN  = regexp.MustCompile(`^arn:[a-z-]+:lambda:[^:/]+:[^:/]*:function:[^:/]+(?::[^:/]+)?$`)
)

// checkURI checks the address of an integration against its type.
// Recorded AWS answers: PutIntegration with each kind of wrong uri.
func (in *Integration) checkURI() error {
	switch in.Type {
	case HTTP, HTTPProxy:
		return checkHTTPEndpoint(in.URI)
	case AWS:
		_, _, err := parseServiceARN(in.URI)
		return err
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
	return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= 5
}

// parseServiceARN takes arn:{partition}:apigateway:{region}:{[subdomain.]service}:{path|action}/{rest} apart.
func parseServiceARN(uri string) (service, resource string, err error) {
	if !isARN(uri) {
		return "", "", awserr.BadRequest.Errorf("Invalid ARN specified in the request")
	}
	parts := strings.SplitN(uri, ":", 6)
	service, resource = parts[4], parts[5]
	if parts[2] != "apigateway" || !strings.HasPrefix(resource, "path/") && !strings.HasPrefix(resource, "action/") {
		return "", "", awserr.BadRequest.Errorf("AWS ARN for integration must contain path or action")
	}
	return service, resource, nil
}

func checkProxyARN(uri string) error {
	service, resource, err := parseServiceARN(uri)
	if err != nil {
		return err
	}
	if service == "lambda" && isLambdaInvocation(resource) || service == "firehose" && strings.HasPrefix(resource, "action/") {
		return nil
	}
	return awserr.BadRequest.Errorf("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.")
}

func isLambdaInvocation(resource string) bool {
	m := lambdaPath.FindStringSubmatch(resource)
	if m == nil {
		return false
	}
	return stageVariable.FindString(m[1]) == m[1] || lambdaARN.MatchString(stageVariable.ReplaceAllString(m[1], "x"))
}

// callsLambda tells whether an AWS integration invokes a function, which needs no role.
func (in *Integration) callsLambda() bool {
	service, _, err := parseServiceARN(in.URI)
	return err == nil && service == "lambda"
}
