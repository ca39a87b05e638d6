package client

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"postern/internal/http1"
)

// Endpoints send services elsewhere than to AWS. The zero value sends all to AWS.
type Endpoints struct {
	// by has an endpoint by service: the label of a service in integration URIs, "lambda:NAME" for one function, "" for all
	// that are not named. A nil endpoint is AWS's own.
	by map[string]*Endpoint
}

// Endpoint is what answers in a service's place.
type Endpoint struct {
	Address http1.Address
	// Path stands before every path; no slash at its end. For one that ends with "/invocations", as that of a runtime
	// interface emulator, it is the whole path of every invocation.
	Path string
}

// toAWS is the endpoint that names AWS itself, to turn away from another endpoint or from a service of this process.
const toAWS = "aws"

// ParseEndpoints reads endpoints, each "[SERVICE=]URL" or "SERVICE=aws". SERVICE is the label of integration URIs, "sqs",
// "dynamodb", or "lambda:NAME" for one function.
func ParseEndpoints(texts []string) (Endpoints, error) {
	e := Endpoints{by: make(map[string]*Endpoint, len(texts))}
	for _, text := range texts {
		service, where, ok := strings.Cut(text, "=")
		if !ok || strings.Contains(service, "/") {
			service, where = "", text
		}
		if _, twice := e.by[service]; twice {
			return e, fmt.Errorf("%q: there are two endpoints for the same service", text)
		}
		if where == toAWS && service != "" {
			e.by[service] = nil
			continue
		}
		endpoint, err := parseEndpoint(where)
		if err != nil {
			return e, fmt.Errorf("%q: %w", text, err)
		}
		e.by[service] = endpoint
	}
	return e, nil
}

func parseEndpoint(where string) (*Endpoint, error) {
	u, err := url.Parse(where)
	if err != nil {
		return nil, fmt.Errorf("not a URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("want http://HOST[:PORT][/PATH], https://..., or SERVICE=%s", toAWS)
	}
	endpoint := &Endpoint{
		Address: http1.Address{Scheme: u.Scheme, Host: u.Hostname()},
		Path:    strings.TrimRight(u.EscapedPath(), "/"),
	}
	if text := u.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return nil, fmt.Errorf("%s is no port", text)
		}
		endpoint.Address.Port = uint16(port)
	}
	return endpoint, nil
}

// Of returns the endpoint of a service. named tells that somebody said where it is, be it AWS, which is a nil endpoint.
func (e Endpoints) Of(service string) (endpoint *Endpoint, named bool) {
	if endpoint, named = e.by[service]; named {
		return endpoint, true
	}
	endpoint, named = e.by[""]
	return endpoint, named
}

// OfFunction returns the endpoint of a function's invocations, which may be its own.
func (e Endpoints) OfFunction(name string) (endpoint *Endpoint, named bool) {
	if endpoint, named = e.by["lambda:"+name]; named {
		return endpoint, true
	}
	return e.Of("lambda")
}

// NamesFunctions tells whether somebody said where Lambda is, or this function, and not only where all services are.
func (e Endpoints) NamesFunctions(name string) bool {
	_, lambda := e.by["lambda"]
	_, function := e.by["lambda:"+name]
	return lambda || function
}

// global are the services with one endpoint for all regions, signed for us-east-1.
// Source: AWS general reference, "AWS service endpoints".
var global = map[string]bool{
	"cloudfront": true, "iam": true, "importexport": true, "organizations": true, "route53": true, "shield": true,
	"support": true, "waf": true,
}

// signingNames are the services that are signed for by another name than their endpoint's.
// Source: the service models of the AWS SDKs, signatureVersion and signingName.
var signingNames = map[string]string{
	"appstream2": "appstream", "appsync-api": "appsync", "bedrock-runtime": "bedrock",
	"bedrock-agent-runtime": "bedrock", "cloudhsmv2": "cloudhsm", "data-ats.iot": "iotdata", "data.iot": "iotdata",
	"data.jobs.iot": "iot-jobs-data", "data.mediastore": "mediastore", "email": "ses", "entitlement.marketplace": "aws-marketplace",
	"events.iot": "iotevents", "metering.marketplace": "aws-marketplace",
	"models.lex": "lex", "personalize-events": "personalize", "personalize-runtime": "personalize", "runtime.lex": "lex",
	"runtime-v2-lex": "lex", "runtime.sagemaker": "sagemaker", "session.qldb": "qldb", "streams.dynamodb": "dynamodb",
	"iot-data": "iotdata", "pinpoint": "mobiletargeting",
}

// signingName is the name that a service's calls are signed for.
func signingName(subdomain, service string) string {
	if subdomain != "" {
		if name, ok := signingNames[subdomain+"."+service]; ok {
			return name
		}
	}
	if name, ok := signingNames[service]; ok {
		return name
	}
	return service
}

// hostOf is AWS's host for a service, and the region that its calls are signed for.
func hostOf(partition, region, subdomain, service string) (host, signed string) {
	host = service
	if subdomain != "" {
		host = subdomain + "." + service
	}
	if global[service] && partition == "aws" {
		return host + ".amazonaws.com", "us-east-1"
	}
	return host + "." + region + "." + domainOf(partition), region
}

// domainOf is the domain of a partition's endpoints. Source: the partitions of the AWS SDKs.
func domainOf(partition string) string {
	switch partition {
	case "aws-cn":
		return "amazonaws.com.cn"
	case "aws-iso":
		return "c2s.ic.gov"
	case "aws-iso-b":
		return "sc2s.sgov.gov"
	case "aws-iso-e":
		return "cloud.adc-e.uk"
	case "aws-iso-f":
		return "csp.hci.ic.gov"
	case "aws-eusc":
		return "amazonaws.eu"
	}
	return "amazonaws.com"
}
