package vtl

import (
	"postern/java"
)

// call is one call of a method.
type call struct {
	r    *renderer
	recv any
	args []any
	// nullRest tells that the array of a variadic parameter is null.
	nullRest bool
}

// void is the value of a method that returns nothing: the empty string.
var void any = ""

func (c *call) int(i int) int {
	switch v := c.args[i].(type) {
	case int32:
		return int(v)
	case java.Char:
		return int(v)
	}
	return 0
}

func (c *call) long(i int) int64 { return toLong(c.args[i]) }

func (c *call) double(i int) float64 { return toDouble(c.args[i]) }

// strOr reads a string that must not be null.
func (c *call) notNull(i int) error {
	if c.args[i] == nil {
		return failf("an argument is null")
	}
	return nil
}

// text is String.valueOf of an argument.
func (c *call) text(i int) (string, error) {
	if c.args[i] == nil {
		return "null", nil
	}
	s, ok, err := c.r.toString(c.args[i])
	if err == nil && !ok {
		return "null", nil
	}
	return s, err
}

// result counts a new string against the bounds.
func (c *call) result(s string) (any, error) {
	if err := c.r.grow(len(s)); err != nil {
		return nil, err
	}
	return s, nil
}

// get is a method without arguments that cannot fail.
func get(name string, f func(recv any) any) method {
	return method{name: name, call: func(c *call) (any, error) { return f(c.recv), nil }}
}
