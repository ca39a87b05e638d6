package iampolicy

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator gives what compiles the values of a condition operator, and whether it is negated; nil for an unknown name.
// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
func (c *compiler) operator(name string) (compile func(string) (matcher, error), negated bool) {
	switch name {
	case "StringEquals", "StringNotEquals":
		return c.text(false, false), name == "StringNotEquals"
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		return c.text(false, true), name == "StringNotEqualsIgnoreCase"
	case "StringLike", "StringNotLike":
		return c.text(true, false), name == "StringNotLike"
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
		return c.arnMatcher, strings.Contains(name, "Not")
	case "Bool":
		return c.boolMatcher, false
	case "BinaryEquals":
		return compileBinary, false
	case "IpAddress", "NotIpAddress":
		return compileAddress, name == "NotIpAddress"
	}
	if order, ok := strings.CutPrefix(name, "Numeric"); ok {
		return compileOrdered(order, parseNumber), order == "NotEquals"
	}
	if order, ok := strings.CutPrefix(name, "Date"); ok {
		return compileOrdered(order, parseDate), order == "NotEquals"
	}
	return nil, false
}

// textMatcher compares text; * and ? are wild, or not, by how the template was compiled.
type textMatcher struct {
	template
	fold bool
}

func (c *compiler) text(wild, fold bool) func(string) (matcher, error) {
	return func(value string) (matcher, error) {
		t, err := c.template(value, wild)
		return &textMatcher{t, fold}, err
	}
}

func (m *textMatcher) match(value string, ctx Context) bool {
	if !m.fold {
		return m.template.match(value, ctx)
	}
	g, ok := m.expand(ctx)
	return ok && strings.EqualFold(g.literal(), value)
}

// literal is the text of a glob without wildcards.
func (g *glob) literal() string {
	if g.runes == nil {
		return g.text
	}
	return string(g.runes)
}

func (c *compiler) arnMatcher(value string) (matcher, error) {
	if value != "*" && !strings.HasPrefix(value, "arn:") && !strings.HasPrefix(value, "${") {
		return nil, fmt.Errorf("%q must be * or an ARN", value)
	}
	p, err := c.arn(value)
	return &p, err
}

func (c *compiler) boolMatcher(value string) (matcher, error) {
	t, err := c.boolean(value)
	return &textMatcher{t, true}, err
}

// boolean compiles "true", "false" or a variable that has one of them.
func (c *compiler) boolean(value string) (template, error) {
	value = strings.ToLower(value)
	t, err := c.template(value, false)
	if err == nil && t.pieces == nil && value != "true" && value != "false" {
		err = fmt.Errorf("%q must be true or false", value)
	}
	return t, err
}

type binaryMatcher []byte

func compileBinary(value string) (matcher, error) {
	bytes, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return nil, fmt.Errorf("%q must be Base64", value)
	}
	return binaryMatcher(bytes), nil
}

func (m binaryMatcher) match(value string, _ Context) bool { return string(m) == value }

type addressMatcher netip.Prefix

// compileAddress reads a range in CIDR form, or one address.
func compileAddress(value string) (matcher, error) {
	if prefix, err := netip.ParsePrefix(value); err == nil {
		return addressMatcher(prefix.Masked()), nil
	}
	address, err := netip.ParseAddr(value)
	if err != nil || address.Zone() != "" {
		return nil, fmt.Errorf("%q must be an IP address or a range of them", value)
	}
	return addressMatcher(netip.PrefixFrom(address, address.BitLen())), nil
}

func (m addressMatcher) match(value string, _ Context) bool {
	address, err := netip.ParseAddr(value)
	return err == nil && netip.Prefix(m).Contains(address.Unmap().WithZone(""))
}

// orderedMatcher compares numbers or times; parse reads them.
type orderedMatcher struct {
	want  float64
	holds func(order int) bool
	parse func(string) (float64, error)
}

func compileOrdered(name string, parse func(string) (float64, error)) func(string) (matcher, error) {
	holds := map[string]func(int) bool{
		"Equals":            func(order int) bool { return order == 0 },
		"NotEquals":         func(order int) bool { return order == 0 },
		"LessThan":          func(order int) bool { return order < 0 },
		"LessThanEquals":    func(order int) bool { return order <= 0 },
		"GreaterThan":       func(order int) bool { return order > 0 },
		"GreaterThanEquals": func(order int) bool { return order >= 0 },
	}[name]
	if holds == nil {
		return nil
	}
	return func(value string) (matcher, error) {
		want, err := parse(value)
		return orderedMatcher{want, holds, parse}, err
	}
}

func (m orderedMatcher) match(value string, _ Context) bool {
	got, err := m.parse(value)
	return err == nil && m.holds(cmp.Compare(got, m.want))
}

func parseNumber(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(text, "xXpP_") {
		return 0, fmt.Errorf("%q must be a number", text)
	}
	return n, nil
}

var errDate = errors.New("must be a date in ISO 8601 form, or seconds since 1970")

// parseDate reads a W3C date, from a year to parts of a second, or seconds since 1970; it gives seconds since 1970.
// Source: IAM user guide, as operator; W3C note, "Date and Time Formats".
func parseDate(text string) (float64, error) {
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006",
		"2006-01-02T15:04:05Z0700", "20060102T150405Z",
	} {
		if at, err := time.Parse(layout, text); err == nil {
			return float64(at.Unix()) + float64(at.Nanosecond())/1e9, nil
		}
	}
	n, err := parseNumber(text)
	if err != nil {
		return 0, fmt.Errorf("%q %w", text, errDate)
	}
	return n, nil
}
