package vtl

import (
	"strings"

	"postern/java"
)

// booleanMethods are the methods of java.lang.Boolean, static ones included.
func booleanMethods() []method {
	two := func(name string, f func(a, b bool) any) method {
		return method{name: name, params: []param{pBool, pBool}, call: func(c *call) (any, error) {
			return f(c.args[0].(bool), c.args[1].(bool)), nil
		}}
	}
	parse := func(c *call) (any, error) { return strings.EqualFold(c.str(0), "true"), nil }
	compare := func(a, b bool) any { return int32(compareBools(a, b)) }
	return []method{
		get("booleanValue", func(v any) any { return v }),
		{name: "parseBoolean", params: []param{pString}, call: parse},
		{name: "valueOf", params: []param{pString}, call: parse},
		{name: "valueOf", params: []param{pBool}, call: func(c *call) (any, error) { return c.args[0], nil }},
		{name: "getBoolean", params: []param{pString}, call: func(*call) (any, error) { return false, nil }},
		{name: "toString", params: []param{pBool}, call: func(c *call) (any, error) { return java.String(c.args[0]), nil }},
		{name: "hashCode", params: []param{pBool}, call: func(c *call) (any, error) { return java.HashCode(c.args[0]), nil }},
		{name: "compareTo", params: []param{pBooleanObject}, call: nullSafe(func(c *call) (any, error) {
			return compare(c.recv.(bool), c.args[0].(bool)), nil
		})},
		two("compare", compare),
		two("logicalAnd", func(a, b bool) any { return a && b }),
		two("logicalOr", func(a, b bool) any { return a || b }),
		two("logicalXor", func(a, b bool) any { return a != b }),
	}
}

// compareBools is Boolean.compare: false comes before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
