package iam

import (
	"strconv"
	"strings"
	"time"
)

// conditions gives the condition keys that only a signed call has.
// Source: developer guide, "AWS condition keys that can be used in API Gateway resource policies"; IAM user guide, "AWS
// global condition context keys".
type conditions struct {
	identity *Identity
	now      time.Time
}

// Values implements iampolicy.Context.
func (c *conditions) Values(key string) []string {
	id := c.identity
	switch key {
	case "aws:principalaccount":
		return present(id.Account)
	case "aws:principalarn":
		// Of a session it is the role's.
		if id.RoleARN != "" {
			return []string{id.RoleARN}
		}
		return present(id.ARN)
	case "aws:principalorgid":
		return present(id.OrgID)
	case "aws:principaltype":
		return present(id.Type)
	case "aws:userid":
		return present(id.UserID)
	case "aws:username":
		return present(id.UserName)
	case "aws:tokenissuetime":
		if id.Issued.IsZero() {
			return nil
		}
		return []string{id.Issued.UTC().Format(time.RFC3339)}
	case "aws:multifactorauthpresent":
		// Long-term keys do not have this key at all.
		if id.Key.SessionToken == "" {
			return nil
		}
		return []string{strconv.FormatBool(!id.MFA.IsZero())}
	case "aws:multifactorauthage":
		if id.MFA.IsZero() {
			return nil
		}
		return []string{strconv.FormatInt(int64(c.now.Sub(id.MFA)/time.Second), 10)}
	case "aws:principalisawsservice", "aws:viaawsservice":
		return []string{"false"}
	}
	return c.tag(key)
}

// tag is aws:PrincipalTag/{key}, whose name has no case either.
func (c *conditions) tag(key string) []string {
	name, ok := strings.CutPrefix(key, "aws:principaltag/")
	if !ok {
		return nil
	}
	for tag, value := range c.identity.Tags {
		if strings.EqualFold(tag, name) {
			return []string{value}
		}
	}
	return nil
}

func present(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}
