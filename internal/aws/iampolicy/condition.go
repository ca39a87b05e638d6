package iampolicy

import (
	"fmt"
	"strings"
)

// condition is one key under one operator.
// Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".
type condition struct {
	// key is in lower case: the names of keys have no case.
	key string
	// values are alternatives.
	values []matcher
	// negated is true for the Not operators: none of the values may match.
	negated bool
	// ifExists lets requests without the key pass.
	ifExists bool
	set      setOperator
	// null, for the operator Null, holds "true" or "false" with variables put in.
	null []template
}

type setOperator int

const (
	single setOperator = iota
	forAllValues
	forAnyValue
)

// matcher compares one value of the request with one of the policy.
type matcher interface {
	match(value string, ctx Context) bool
}

func (c *compiler) conditions(at string, n *node) ([]condition, error) {
	if n == nil {
		return nil, nil
	}
	if n.kind != objectNode {
		return nil, fmt.Errorf("%s: must be an object", at)
	}
	var conditions []condition
	for _, byOperator := range n.members {
		if byOperator.value.kind != objectNode || len(byOperator.value.members) == 0 {
			return nil, fmt.Errorf("%s.%s: must be an object of keys", at, byOperator.name)
		}
		for _, byKey := range byOperator.value.members {
			compiled, err := c.condition(byOperator.name, byKey.name, byKey.value)
			if err != nil {
				return nil, fmt.Errorf("%s.%s.%s: %w", at, byOperator.name, byKey.name, err)
			}
			conditions = append(conditions, compiled)
		}
	}
	return conditions, nil
}

func (c *compiler) condition(name, key string, n *node) (condition, error) {
	compiled := condition{key: strings.ToLower(key)}
	if key == "" {
		return compiled, fmt.Errorf("a key must have a name")
	}
	if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		name, compiled.set = rest, forAllValues
	} else if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		name, compiled.set = rest, forAnyValue
	}
	name, compiled.ifExists = strings.CutSuffix(name, "IfExists")
	values, err := conditionValues(n)
	if err != nil {
		return compiled, err
	}
	if name == "Null" {
		return compiled, c.null(&compiled, values)
	}
	compile, negated := c.operator(name)
	if compile == nil {
		return compiled, fmt.Errorf("there is no such operator")
	}
	compiled.negated = negated
	for _, value := range values {
		m, err := compile(value)
		if err != nil {
			return compiled, err
		}
		compiled.values = append(compiled.values, m)
	}
	return compiled, nil
}

// conditionValues gives one value or a list of them; numbers and Booleans need no quotes.
func conditionValues(n *node) ([]string, error) {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("is empty")
	}
	values := make([]string, len(items))
	for i, item := range items {
		if item.kind != textNode && item.kind != scalarNode {
			return nil, fmt.Errorf("must be a value or a list of values")
		}
		if len(item.text) > maxPattern {
			return nil, fmt.Errorf("a value has %d bytes, %d are allowed", len(item.text), maxPattern)
		}
		values[i] = item.text
	}
	return values, nil
}

func (c *compiler) null(compiled *condition, values []string) error {
	if compiled.ifExists || compiled.set != single {
		return fmt.Errorf("Null goes with neither IfExists nor a set operator") //nolint:staticcheck // an operator's name
	}
	for _, value := range values {
		t, err := c.boolean(value)
		if err != nil {
			return err
		}
		compiled.null = append(compiled.null, t)
	}
	return nil
}

// holds decides the condition.
func (c *condition) holds(ctx Context) bool {
	values := ctx.Values(c.key)
	if c.null != nil {
		return anyTemplate(c.null, fmt.Sprint(len(values) == 0), ctx)
	}
	if c.absent(values) {
		switch {
		case c.ifExists || c.set == forAllValues:
			return true
		case c.set == forAnyValue:
			return false
		}
		return c.negated
	}
	switch c.set {
	case forAllValues:
		for _, value := range values {
			if c.matchesOne(value, ctx) == c.negated {
				return false
			}
		}
		return true
	case forAnyValue:
		for _, value := range values {
			if c.matchesOne(value, ctx) != c.negated {
				return true
			}
		}
		return false
	default:
		for _, value := range values {
			if c.matchesOne(value, ctx) {
				return !c.negated
			}
		}
		return c.negated
	}
}

// absent tells whether the request has no value. ForAllValues counts a list of empty texts as none.
func (c *condition) absent(values []string) bool {
	if c.set == forAllValues {
		return strings.Join(values, "") == ""
	}
	return len(values) == 0
}

func (c *condition) matchesOne(value string, ctx Context) bool {
	for _, m := range c.values {
		if m.match(value, ctx) {
			return true
		}
	}
	return false
}

func anyTemplate(templates []template, text string, ctx Context) bool {
	for i := range templates {
		if templates[i].match(text, ctx) {
			return true
		}
	}
	return false
}
