package iampolicy

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/aws/arn"
)

// Kind is what a document is attached to.
type Kind int

const (
	// IdentityPolicy belongs to a user or role: it names no principal.
	IdentityPolicy Kind = iota
	// ResourcePolicy belongs to a resource: every statement names a principal.
	ResourcePolicy
	// TrustPolicy belongs to a role and says who may assume it: it names principals, and no resource, which is the role.
	TrustPolicy
)

const (
	// MaxDocument bounds a document, in bytes: more than IAM's largest quota. Smaller quotas are the caller's matter.
	MaxDocument = 20 << 10
	// maxPattern bounds one pattern, in bytes, and so the time that matching takes. Source: IAM quotas, length of an ARN.
	maxPattern = 2048
)

// Parse reads a document and compiles it. An error names the element that is wrong: "Statement[0].Effect: ...".
func Parse(document []byte, kind Kind) (*Policy, error) {
	if len(document) > MaxDocument {
		return nil, fmt.Errorf("the document has %d bytes, %d are allowed", len(document), MaxDocument)
	}
	root, err := parseJSON(document)
	if err != nil {
		return nil, err
	}
	if err := root.only("", "Version", "Id", "Statement"); err != nil {
		return nil, err
	}
	c := compiler{kind: kind}
	switch version := root.member("Version"); {
	case version == nil || version.isText("2008-10-17"):
	case version.isText("2012-10-17"):
		c.variables = true
	default:
		return nil, fmt.Errorf("Version: must be 2012-10-17 or 2008-10-17") //nolint:staticcheck // a member's name
	}
	list := root.member("Statement")
	if list == nil {
		return nil, fmt.Errorf("Statement: is missing") //nolint:staticcheck // a member's name
	}
	statements := []*node{list}
	if list.kind == listNode {
		statements = list.items
	}
	if len(statements) == 0 {
		return nil, fmt.Errorf("Statement: is empty") //nolint:staticcheck // a member's name
	}
	policy := &Policy{statements: make([]statement, len(statements))}
	for i, n := range statements {
		if policy.statements[i], err = c.statement(fmt.Sprintf("Statement[%d]", i), n); err != nil {
			return nil, err
		}
	}
	return policy, nil
}

// compiler compiles the statements of one document.
type compiler struct {
	kind Kind
	// variables is true when ${...} is a policy variable: from version 2012-10-17 on.
	variables bool
}

func (c *compiler) statement(at string, n *node) (s statement, err error) {
	if err := n.only(at, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"); err != nil {
		return s, err
	}
	if sid := n.member("Sid"); sid != nil && sid.kind != textNode {
		return s, fmt.Errorf("%s.Sid: must be a string", at)
	}
	switch effect := n.member("Effect"); {
	case effect != nil && effect.isText("Deny"):
		s.deny = true
	case effect == nil || !effect.isText("Allow"):
		return s, fmt.Errorf("%s.Effect: must be Allow or Deny", at)
	}
	if s.principals, s.notPrincipals, err = c.principals(at, n); err != nil {
		return s, err
	}
	if s.actions, s.notActions, err = c.actions(at, n); err != nil {
		return s, err
	}
	if s.resources, s.notResources, err = c.resources(at, n); err != nil {
		return s, err
	}
	s.conditions, err = c.conditions(at+".Condition", n.member("Condition"))
	return s, err
}

// oneOf gives the element that a statement has in its plain or its Not form, and exactly one of them.
func oneOf(at string, n *node, plain string) (element *node, name string, not bool, err error) {
	element, other := n.member(plain), n.member("Not"+plain)
	switch {
	case element != nil && other != nil:
		return nil, "", false, fmt.Errorf("%s: has both %s and Not%s", at, plain, plain)
	case element != nil:
		return element, at + "." + plain, false, nil
	case other != nil:
		return other, at + ".Not" + plain, true, nil
	}
	return nil, "", false, fmt.Errorf("%s: has neither %s nor Not%s", at, plain, plain)
}

func (c *compiler) actions(at string, n *node) ([]glob, bool, error) {
	element, at, not, err := oneOf(at, n, "Action")
	if err != nil {
		return nil, false, err
	}
	texts, err := element.texts(at)
	if err != nil {
		return nil, false, err
	}
	globs := make([]glob, len(texts))
	for i, text := range texts {
		if service, name, ok := strings.Cut(text, ":"); text != "*" && (!ok || service == "" || name == "") {
			return nil, false, fmt.Errorf("%s: %q must be * or {service}:{action}", at, text)
		}
		globs[i] = compileGlob(strings.ToLower(text))
	}
	return globs, not, nil
}

func (c *compiler) resources(at string, n *node) ([]arnPattern, bool, error) {
	if c.kind == TrustPolicy {
		if n.member("Resource") != nil || n.member("NotResource") != nil {
			return nil, false, fmt.Errorf("%s: a trust policy must not name a resource", at)
		}
		return nil, true, nil // every resource but none: the role, whichever it is
	}
	element, at, not, err := oneOf(at, n, "Resource")
	if err != nil {
		return nil, false, err
	}
	texts, err := element.texts(at)
	if err != nil {
		return nil, false, err
	}
	patterns := make([]arnPattern, len(texts))
	for i, text := range texts {
		// "execute-api:/..." is how a resource policy names the API that it belongs to, before it is saved.
		if text != "*" && !strings.HasPrefix(text, "arn:") && !strings.HasPrefix(text, "execute-api:/") {
			return nil, false, fmt.Errorf("%s: %q must be * or an ARN", at, text)
		}
		if patterns[i], err = c.arn(withAccount(text)); err != nil {
			return nil, false, fmt.Errorf("%s: %w", at, err)
		}
	}
	return patterns, not, nil
}

// withAccount gives the ARN of an API that has no account every account. AWS has no such ARNs; engines that do not ask
// whose keys they have (Terraform's skip_requesting_account_id) build them, and a Deny of one must not come to nothing.
func withAccount(text string) string {
	name, err := arn.Parse(text)
	if err != nil || name.Service != "execute-api" || name.Account != "" {
		return text
	}
	name.Account = "*"
	return name.String()
}

// only refuses members with other names.
func (n *node) only(at string, names ...string) error {
	if n.kind != objectNode {
		return fmt.Errorf("%s: must be an object", nameOr(at, "the document"))
	}
	for _, m := range n.members {
		if !slices.Contains(names, m.name) {
			return fmt.Errorf("%s: has no element %q", nameOr(at, "the document"), m.name)
		}
	}
	return nil
}

func nameOr(at, other string) string {
	if at == "" {
		return other
	}
	return at
}

// texts gives a string, or a list of strings, of bounded length.
func (n *node) texts(at string) ([]string, error) {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("%s: is empty", at)
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if item.kind != textNode {
			return nil, fmt.Errorf("%s: must be a string or a list of strings", at)
		}
		if len(item.text) > maxPattern {
			return nil, fmt.Errorf("%s: a value has %d bytes, %d are allowed", at, len(item.text), maxPattern)
		}
		texts[i] = item.text
	}
	return texts, nil
}
