package main

import (
	"regexp"
	"strings"
)

// initialisms are the words that Go spells in capitals, by their lower-case form.
var initialisms = map[string]string{
	"acl": "ACL", "api": "API", "apis": "APIs", "arn": "ARN", "arns": "ARNs", "aws": "AWS", "http": "HTTP",
	"iam": "IAM", "id": "ID", "ids": "IDs", "ip": "IP", "ipv4": "IPv4", "json": "JSON", "pem": "PEM", "sdk": "SDK",
	"tls": "TLS", "ttl": "TTL", "uri": "URI", "url": "URL", "vpc": "VPC", "vpce": "VPCE",
	"4xx": "4XX", "5xx": "5XX",
	"cidr": "CIDR", "dns": "DNS", "ec2": "EC2", "efs": "EFS", "ipv6": "IPv6", "kms": "KMS", "s3": "S3", "sha256": "SHA256",
	"ssl": "SSL", "tcp": "TCP", "udp": "UDP",
}

// camelWords finds the words of a name in camel case.
var camelWords = regexp.MustCompile(`ARNs|[A-Z][a-z0-9]*|[a-z0-9]+`)

// goName is the Go name of a shape, member or operation: "restApiId" is RestAPIID.
func goName(name string) string {
	var b strings.Builder
	for _, word := range camelWords.FindAllString(name, -1) {
		if upper, ok := initialisms[strings.ToLower(word)]; ok {
			b.WriteString(upper)
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// digitsBoundary is where two numbers would run into each other.
var digitsBoundary = regexp.MustCompile(`[0-9]$`)

// enumName is the Go name of an enum's value: "HTTP_PROXY" of IntegrationType is IntegrationTypeHTTPProxy.
func enumName(shapeName, value string) string {
	name := goName(shapeName)
	value = strings.TrimPrefix(value, shapeName+"_")
	for _, word := range regexp.MustCompile(`[A-Za-z0-9]+`).FindAllString(value, -1) {
		if digitsBoundary.MatchString(name) && '0' <= word[0] && word[0] <= '9' {
			name += "_"
		}
		if upper, ok := initialisms[strings.ToLower(word)]; ok {
			name += upper
			continue
		}
		if strings.ToUpper(word) == word && !strings.HasPrefix(word, "TLS") && !isAcronym(word) {
			word = strings.ToLower(word)
		}
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// isAcronym tells acronyms of enum values from words in capitals.
func isAcronym(word string) bool { return word == "FIPS" || word == "PFS" || word == "PQ" }
