package iampolicy

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/aws/arn"
)

// principals is whom a statement of a resource policy speaks of.
// Source: IAM user guide, "AWS JSON policy elements: Principal".
type principals struct {
	// everyone is "*", or {"AWS": "*"}, which means the same: also callers that nobody knows.
	everyone bool
	// aws holds ARNs, unique ids and the numbers of accounts.
	aws, services, federated, canonicalUsers []string
}

func (c *compiler) principals(at string, n *node) (*principals, bool, error) {
	if c.kind == IdentityPolicy {
		if n.member("Principal") != nil || n.member("NotPrincipal") != nil {
			return nil, false, fmt.Errorf("%s: a policy of an identity must not name a principal", at)
		}
		return nil, false, nil
	}
	element, at, not, err := oneOf(at, n, "Principal")
	if err != nil {
		return nil, false, err
	}
	if element.isText("*") {
		return &principals{everyone: true}, not, nil
	}
	if element.kind != objectNode || len(element.members) == 0 {
		return nil, false, fmt.Errorf("%s: must be * or an object", at)
	}
	p := new(principals)
	for _, m := range element.members {
		if err := p.add(at+"."+m.name, m.name, m.value); err != nil {
			return nil, false, err
		}
	}
	return p, not, nil
}

func (p *principals) add(at, kind string, n *node) error {
	into := map[string]*[]string{
		"AWS": &p.aws, "Service": &p.services, "Federated": &p.federated, "CanonicalUser": &p.canonicalUsers,
	}[kind]
	if into == nil {
		return fmt.Errorf("%s: is no kind of principal", at)
	}
	texts, err := n.texts(at)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if kind == "AWS" && text == "*" {
			p.everyone = true
			continue
		}
		if kind == "AWS" {
			if text, err = awsPrincipal(text); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		} else if text == "" {
			return fmt.Errorf("%s: is empty", at)
		}
		*into = append(*into, text)
	}
	return nil
}

// awsPrincipal gives an account's number for what names an account, and everything else as it is.
func awsPrincipal(text string) (string, error) {
	if isAccount(text) || isUniqueID(text) {
		return text, nil
	}
	name, err := arn.Parse(text)
	if err != nil || strings.ContainsAny(text, "*?") {
		return "", fmt.Errorf("%q must be *, an account, an ARN without wildcards or a unique id", text)
	}
	if name.Service == "iam" && name.Resource == "root" && isAccount(name.Account) {
		return name.Account, nil
	}
	return text, nil
}

func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// isUniqueID tells whether text looks like AIDAEXAMPLE..., the id of a user or role.
func isUniqueID(text string) bool {
	return len(text) >= 16 && len(text) <= 128 && text[0] == 'A' && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// match tells whether caller is one of p; nil is a caller that nobody knows.
func (p *principals) match(caller *Principal) bool {
	if p.everyone {
		return true
	}
	if caller == nil {
		return false
	}
	return has(p.aws, caller.ARN) || has(p.aws, caller.RoleARN) || has(p.aws, caller.Account) || has(p.aws, caller.UserID) ||
		has(p.services, caller.Service) || has(p.federated, caller.Federated) || has(p.canonicalUsers, caller.CanonicalUser)
}

func has(names []string, name string) bool { return name != "" && slices.Contains(names, name) }
