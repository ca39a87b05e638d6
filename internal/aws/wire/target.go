package wire

import (
	"net/url"
	"strings"

	"postern/internal/gateway/message"
)

// globalRegion is the region of services that have none of their own.
const globalRegion = "us-east-1"

// Target is which AWS service a request addresses, where, and with whose key.
type Target struct {
	// Service is the signing name, "apigateway", "iam", "execute-api".
	Service string
	// Region is empty when the request names none.
	Region string
	// AccessKeyID is empty when the request is not signed.
	AccessKeyID string
	// Date is the day of the credential scope, "20260101"; empty when the request is not signed.
	Date string
	// Presigned is true when the credential stands in the query string.
	Presigned bool
}

// TargetOf tells which service a request addresses: by the credential scope of its signature, else by its Host, else
// by its path. ok is false when nothing says that the request is an AWS call. The signature itself is not verified.
func TargetOf(req *message.Request) (target Target, ok bool) {
	if authorization, has := req.Header.GetFold("Authorization"); has {
		if target, ok = signedTarget(authorization); ok {
			return target, true
		}
	}
	if target, ok = presignedTarget(req.RawQuery); ok {
		return target, true
	}
	if target, ok = hostTarget(req.Host); ok {
		return target, true
	}
	if service := pathService(req.Path); service != "" {
		return Target{Service: service}, true
	}
	return Target{}, false
}

// signedTarget reads an Authorization header:
// AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=..., Signature=...
// Source: IAM user guide, "Elements of an AWS API request signature".
func signedTarget(authorization string) (Target, bool) {
	rest, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256")
	if !ok {
		return Target{}, false
	}
	for part := range strings.SplitSeq(rest, ",") {
		if credential, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
			return scopeTarget(credential)
		}
	}
	return Target{}, false
}

// presignedTarget reads X-Amz-Credential of a presigned URL.
func presignedTarget(query string) (Target, bool) {
	if !strings.Contains(query, "X-Amz-Credential=") {
		return Target{}, false
	}
	for pair := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(pair, "X-Amz-Credential="); ok {
			credential, err := url.QueryUnescape(value)
			if err != nil {
				return Target{}, false
			}
			target, ok := scopeTarget(credential)
			target.Presigned = ok
			return target, ok
		}
	}
	return Target{}, false
}

// scopeTarget reads a credential: AKID/date/region/service/aws4_request. The key itself may hold slashes.
func scopeTarget(credential string) (Target, bool) {
	parts := strings.Split(credential, "/")
	n := len(parts)
	if n < 5 || parts[n-1] != "aws4_request" || parts[n-2] == "" {
		return Target{}, false
	}
	target := Target{
		Service: parts[n-2], Region: parts[n-3], Date: parts[n-4], AccessKeyID: strings.Join(parts[:n-4], "/"),
	}
	return target, true
}

// hostTarget reads a host: SERVICE.REGION.amazonaws.com, or SERVICE.amazonaws.com for services without regions. An
// API's own host, {api}.execute-api.{region}.amazonaws.com, is none.
// Source: AWS general reference, "AWS service endpoints".
func hostTarget(host string) (Target, bool) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	host = strings.ToLower(host)
	for _, domain := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws"} {
		name, ok := strings.CutSuffix(host, domain)
		if !ok {
			continue
		}
		service, region, hasRegion := strings.Cut(name, ".")
		if !hasRegion {
			region = globalRegion
		}
		service = strings.TrimSuffix(service, "-fips")
		if service == "" || region == "" || strings.Contains(region, ".") {
			return Target{}, false
		}
		return Target{Service: service, Region: region}, true
	}
	return Target{}, false
}

// pathService tells the service whose operations a path belongs to; empty for none. Only API Gateway and Lambda have
// paths of their own; a path that invokes a stage, /restapis/{api}/{stage}/_user_request_/..., is no operation.
func pathService(path string) string {
	segments := strings.SplitN(path, "/", 6)
	if len(segments) < 2 {
		return ""
	}
	if len(segments) > 2 && isDate(segments[1]) && isLambda(segments[2]) {
		return "lambda"
	}
	switch segments[1] {
	case "restapis":
		if len(segments) > 4 && segments[4] == "_user_request_" {
			return ""
		}
		return "apigateway"
	case "account", "apikeys", "clientcertificates", "domainnameaccessassociations", "domainnames",
		"rejectdomainnameaccessassociations", "sdktypes", "tags", "usageplans", "vpclinks":
		return "apigateway"
	}
	return ""
}

// isDate tells whether a segment is the version of a Lambda operation, "2015-03-31".
func isDate(segment string) bool {
	if len(segment) != len("2015-03-31") {
		return false
	}
	for i := range len(segment) {
		if dash := i == 4 || i == 7; dash != (segment[i] == '-') || !dash && (segment[i] < '0' || segment[i] > '9') {
			return false
		}
	}
	return true
}

// isLambda tells whether a segment follows the version in paths of Lambda.
func isLambda(segment string) bool {
	switch segment {
	case "account-settings", "code-signing-configs", "event-source-mappings", "functions", "layers", "tags":
		return true
	}
	return false
}
