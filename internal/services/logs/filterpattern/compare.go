package filterpattern

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// comparison is an operator with its right side, compiled.
type comparison struct {
	op     string
	text   string
	re     *regexp.Regexp // of %...% and of texts with asterisks
	number float64
	// numeric tells that the right side is a number.
	numeric bool
}

// value reads the right side of a comparison: a number, a text in quotes or bare with * for any characters, or an
// expression.
func (p *parser) value(op string) (*comparison, error) {
	p.skip()
	c := &comparison{op: op}
	var err error
	switch {
	case strings.HasPrefix(p.text, `"`):
		c.text, p.text, err = quoted(p.text)
	case strings.HasPrefix(p.text, "%"):
		c.re, p.text, err = expression(p.text)
	default:
		end := strings.IndexAny(p.text, " \t\n\r,)]}&|")
		if end < 0 {
			end = len(p.text)
		}
		c.text, p.text = p.text[:end], p.text[end:]
		if c.number, err = strconv.ParseFloat(c.text, 64); err == nil {
			c.numeric = true
		} else if err = nil; c.text == "" {
			err = ErrSyntax
		}
	}
	if err != nil {
		return nil, err
	}
	if op != "=" && op != "!=" && !c.numeric {
		return nil, ErrSyntax // only numbers have an order
	}
	if c.re == nil && strings.Contains(c.text, "*") {
		parts := strings.Split(c.text, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		c.re = regexp.MustCompile(`(?s)\A(?:` + strings.Join(parts, ".*") + `)\z`)
	}
	return c, nil
}

// holds compares a value that was found. Nothing holds of one that was not there, not even that it differs (inferred).
func (c *comparison) holds(value any, found bool) bool {
	if !found {
		return false
	}
	if c.numeric {
		if n, ok := numberOf(value); ok {
			return c.ordered(n)
		}
		if c.op != "=" && c.op != "!=" {
			return false
		}
	}
	text, ok := textOf(value)
	if !ok {
		return c.op == "!="
	}
	equal := text == c.text
	if c.re != nil {
		equal = c.re.MatchString(text)
	}
	return equal == (c.op == "=")
}

func (c *comparison) ordered(n float64) bool {
	switch c.op {
	case "=":
		return n == c.number
	case "!=":
		return n != c.number
	case "<":
		return n < c.number
	case "<=":
		return n <= c.number
	case ">":
		return n > c.number
	}
	return n >= c.number
}

func numberOf(value any) (float64, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = string(v)
	case string:
		text = v
	default:
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return string(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
