package action

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// members are the members of a JSON body, by their exact names as the wire reads them; of equal names the last counts.
func (c *Call) members() map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(c.Request.Body, &members) != nil {
		return nil // the service refuses it
	}
	return members
}

// text is a member that is a text; empty when it is none.
func text(members map[string]json.RawMessage, name string) string {
	var value string
	if json.Unmarshal(members[name], &value) != nil {
		return ""
	}
	return value
}

// logs names log groups, and the streams in them. AWS writes a stream without a name where a call is about its group.
// Source: IAM user guide and public reports, "... on resource: arn:aws:logs:...:log-group:/aws/x:log-stream:".
func (c *Call) logs() []string {
	members := c.members()
	var resources []string
	groups := []string{text(members, "logGroupName"), text(members, "logGroupIdentifier")}
	for _, group := range groups {
		switch {
		case group == "":
		case strings.HasPrefix(group, "arn:"):
			resources = append(resources, strings.TrimSuffix(group, ":*")+":log-stream:"+text(members, "logStreamName"))
		default:
			resources = append(resources, c.name("logs", "log-group:"+group+":log-stream:"+text(members, "logStreamName")))
		}
	}
	if resource := text(members, "resourceArn"); resource != "" {
		resources = append(resources, resource)
	}
	return resources
}

// certificates names the certificate; one that is yet to be made has any name.
func (c *Call) certificates() []string {
	if name := text(c.members(), "CertificateArn"); name != "" {
		return []string{name}
	}
	if c.Operation == "RequestCertificate" || c.Operation == "ImportCertificate" {
		return []string{c.name("acm", "certificate/*")}
	}
	return nil
}

// functions names the function that the path or, when it is made, the body has. A name may be an ARN, or a part of one,
// with a qualifier at its end.
func (c *Call) functions() []string {
	name := ""
	segments := strings.Split(strings.Trim(c.Request.Path, "/"), "/")
	switch {
	case len(segments) > 2:
		name = segment(segments[2])
	case c.Operation == "CreateFunction":
		name = text(c.members(), "FunctionName")
	}
	if name == "" {
		return nil
	}
	if c.Operation == "ListTags" || c.Operation == "TagResource" || c.Operation == "UntagResource" {
		return []string{name}
	}
	return c.function(name)
}

// function gives the ARN of the account's own function, and the one that the name spells when that is another: both must
// be allowed, whichever the service goes by.
func (c *Call) function(name string) []string {
	own := strings.Split(name, ":")
	if i := slices.Index(own, "function"); i >= 0 && i+1 < len(own) {
		own = own[i+1:]
	} else if len(own) > 1 && isAccount(own[0]) {
		own = own[1:]
	}
	if qualifier := c.qualifier(); qualifier != "" && len(own) == 1 {
		own = append(own, qualifier)
	}
	resource := c.name("lambda", "function:"+strings.Join(own, ":"))
	if strings.HasPrefix(name, "arn:") && name != resource {
		return []string{resource, name}
	}
	return []string{resource}
}

func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// qualifier is the version or alias of the query string; of several the last counts, as on the wire.
func (c *Call) qualifier() (qualifier string) {
	for pair := range strings.SplitSeq(c.Request.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if parameter(name) == "Qualifier" {
			qualifier = parameter(value)
		}
	}
	return qualifier
}

// parameter is a part of the query string, decoded as the wire decodes it.
func parameter(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}
