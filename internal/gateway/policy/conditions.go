package policy

import (
	"strconv"
	"strings"
	"time"
)

// Values implements iampolicy.Context: the condition keys of a call.
//
// The caller's address is that of the connection; no header can change it. Whoever came through a VPC endpoint has
// aws:VpcSourceIp and no aws:SourceIp, as at AWS. There is no aws:SourceArn: no AWS service calls in a customer's name
// here.
// Source: developer guide, "AWS condition keys that can be used in API Gateway resource policies".
func (c *Call) Values(key string) []string {
	switch key {
	case "aws:currenttime":
		return []string{c.now.UTC().Format(time.RFC3339)}
	case "aws:epochtime":
		return []string{strconv.FormatInt(c.now.Unix(), 10)}
	case "aws:sourceip":
		if c.x.Identity.VPCEID != "" {
			return nil
		}
		return one(c.x.SourceIP)
	case "aws:vpcsourceip":
		if c.x.Identity.VPCEID == "" {
			return nil
		}
		return one(c.x.SourceIP)
	case "aws:sourcevpc":
		return one(c.x.Identity.VPCID)
	case "aws:sourcevpce":
		return one(c.x.Identity.VPCEID)
	case "aws:referer":
		return c.header("Referer")
	case "aws:useragent":
		return c.header("User-Agent")
	case "aws:securetransport":
		return []string{strconv.FormatBool(c.x.Request.TLS != nil)}
	case "aws:requestedregion":
		return one(c.x.Region)
	}
	if c.Identity != nil {
		return c.Identity.Values(key)
	}
	return nil
}

func one(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// header is a header's value. Lines that repeat are one value, as RFC 9110, section 5.3, joins them: so a line that is
// good cannot hide another that is not.
func (c *Call) header(name string) []string {
	values := c.x.Request.Header.ValuesFold(name)
	if len(values) > 1 {
		return []string{strings.Join(values, ", ")}
	}
	return values
}
