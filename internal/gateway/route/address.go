package route

import (
	"strings"

	"postern/internal/gateway/message"
)

// Address is the part of a request's address that names a stage, and what is left of the path.
type Address struct {
	APIID string
	Stage string
	// Path is the path below the stage, as sent, with exactly one slash in front: "/pets/7".
	Path string
	// ContextPath is $context.path: "/prod/pets/7". Slashes before the stage are collapsed, those after it kept.
	ContextPath string
}

const (
	awsPrefix      = "/_aws/execute-api/"
	restapisPrefix = "/restapis/"
	userRequest    = "/_user_request_"
	executeAPI     = "execute-api."
	vpceInfix      = "-vpce-"
)

// Resolve tells which stage a request is addressed to. The second result is false when the request is not addressed to
// an API at all; an address whose Stage is empty names an API and no stage.
//
// An API is named, in this order, by a host {api-id}.execute-api.{anything} or {api-id}-{vpce-id}.execute-api.{anything},
// by the header x-apigw-api-id, or by a path /_aws/execute-api/{api-id}/{stage}/... or
// /restapis/{api-id}/{stage}/_user_request_/...
func Resolve(req *message.Request) (Address, bool) {
	if id, ok := hostAPI(req.Host); ok {
		return below(id, req.Path), true
	}
	if id, ok := req.Header.GetFold("x-apigw-api-id"); ok && id != "" {
		return below(strings.Clone(strings.ToLower(id)), req.Path), true
	}
	if strings.HasPrefix(req.Path, awsPrefix) {
		id, rest := cutSegment(req.Path[len(awsPrefix):])
		return below(id, rest), id != ""
	}
	if strings.HasPrefix(req.Path, restapisPrefix) {
		return userRequestAddress(req.Path[len(restapisPrefix):])
	}
	return Address{}, false
}

// DomainName is the host without its port, $context.domainName, and its first label, $context.domainPrefix.
func DomainName(host string) (name, prefix string) {
	name = host
	if i := strings.LastIndexByte(name, ':'); i >= 0 && strings.IndexByte(name[i:], ']') < 0 {
		name = name[:i]
	}
	prefix = name
	if i := strings.IndexByte(name, '.'); i >= 0 {
		prefix = name[:i]
	}
	return name, prefix
}

// hostAPI reads the API id from a host of the form {api-id}.execute-api.{anything}. A VPC endpoint's own name,
// {vpce-id}-{suffix}.execute-api.{anything}, names no API: the header does.
func hostAPI(host string) (string, bool) {
	dot := strings.IndexByte(host, '.')
	if dot <= 0 || len(host) < dot+1+len(executeAPI) {
		return "", false
	}
	if !message.EqualFold(host[dot+1:dot+1+len(executeAPI)], executeAPI) {
		return "", false
	}
	id := strings.ToLower(host[:dot])
	if strings.HasPrefix(id, vpceInfix[1:]) {
		return "", false
	}
	if i := strings.Index(id, vpceInfix); i > 0 {
		id = id[:i]
	}
	return id, true
}

// below splits a path into the stage and what follows it.
func below(apiID, path string) Address {
	start := 0
	for start < len(path) && path[start] == '/' {
		start++
	}
	a := Address{APIID: apiID, ContextPath: "/", Path: "/"}
	if start == 0 || start == len(path) {
		return a
	}
	a.ContextPath = path[start-1:]
	a.Stage, a.Path = cutSegment(path[start:])
	return a
}

// cutSegment splits "a/b" into "a" and "/b", with the slashes in front of b collapsed to one.
func cutSegment(path string) (first, rest string) {
	i := strings.IndexByte(path, '/')
	if i < 0 {
		return path, "/"
	}
	first = path[:i]
	for i+1 < len(path) && path[i+1] == '/' {
		i++
	}
	return first, path[i:]
}

// userRequestAddress reads {api-id}/{stage}/_user_request_/{path}; other paths below /restapis are calls of AWS's own
// API.
func userRequestAddress(path string) (Address, bool) {
	id, rest := cutSegment(path)
	stage, rest := cutSegment(rest[1:])
	if id == "" || stage == "" || !strings.HasPrefix(rest, userRequest) {
		return Address{}, false
	}
	rest = rest[len(userRequest):]
	if rest != "" && rest[0] != '/' {
		return Address{}, false
	}
	a := Address{APIID: id, Stage: stage, Path: "/", ContextPath: "/" + stage + rest}
	if rest != "" {
		_, a.Path = cutSegment(rest)
	}
	return a, true
}
