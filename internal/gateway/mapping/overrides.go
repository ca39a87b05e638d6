package mapping

import (
	"fmt"
	"strconv"

	"postern/internal/gateway/message"
	"postern/java"
)

// ApplyRequestOverrides puts what the request template wrote into $context.requestOverride in the place of the mapped
// path parameters, query parameters and headers of the same names. A list gives a header or query parameter several
// values; the empty string overrides nothing. The error is a header name that HTTP does not allow.
func ApplyRequestOverrides(x *message.Exchange) error {
	r := &x.IntegrationRequest
	if err := eachOverride(x.RequestOverride, "path", func(name string, values []string) error {
		setExact(&r.Path, name, values[:1])
		return nil
	}); err != nil {
		return err
	}
	if err := eachOverride(x.RequestOverride, "querystring", func(name string, values []string) error {
		setExact(&r.Query, name, values)
		return nil
	}); err != nil {
		return err
	}
	return eachOverride(x.RequestOverride, "header", func(name string, values []string) error {
		return setHeader(&r.Header, name, values)
	})
}

// ApplyResponseOverrides puts the status and the headers that templates wrote into $context.responseOverride in the
// place of the response's. No method response need declare the status (recorded AWS answer). A status outside of 100
// to 599 and a header name that HTTP does not allow are ignored (the status: observed by an emulator's authors).
func ApplyResponseOverrides(x *message.Exchange) {
	if x.ResponseOverride == nil {
		return
	}
	if v, ok := x.ResponseOverride.GetString("status"); ok {
		if status, err := strconv.Atoi(java.String(v)); err == nil && 100 <= status && status <= 599 {
			x.Response.Status = status
		}
	}
	_ = eachOverride(x.ResponseOverride, "header", func(name string, values []string) error {
		_ = setHeader(&x.Response.Header, name, values)
		return nil
	})
}

// eachOverride calls set for what was written below key, with one or more values.
func eachOverride(overrides *java.Map, key string, set func(name string, values []string) error) error {
	if overrides == nil {
		return nil
	}
	v, _ := overrides.GetString(key)
	m, ok := v.(*java.Map)
	if !ok {
		return nil
	}
	for name, v := range m.All() {
		if values := overrideValues(v); len(values) > 0 {
			if err := set(java.String(name), values); err != nil {
				return err
			}
		}
	}
	return nil
}

// overrideValues returns the values of an override: none for null and the empty string.
func overrideValues(v any) []string {
	list, ok := v.(*java.List)
	if !ok {
		if s := java.String(v); v != nil && s != "" {
			return []string{s}
		}
		return nil
	}
	values := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		if item != nil {
			values = append(values, java.String(item))
		}
	}
	return values
}

// setExact replaces the pairs called name, compared with case, by values.
func setExact(p *message.Pairs, name string, values []string) {
	kept := (*p)[:0]
	for _, pair := range *p {
		if pair.Name != name {
			kept = append(kept, pair)
		}
	}
	clear((*p)[len(kept):])
	*p = kept
	for _, v := range values {
		p.Add(name, v)
	}
}

// setHeader replaces the header lines called name by values.
func setHeader(p *message.Pairs, name string, values []string) error {
	if !isToken(name) {
		return fmt.Errorf("override header %q: not a header name", name)
	}
	p.DelFold(name)
	for _, v := range values {
		p.Add(name, message.HeaderValue(v))
	}
	return nil
}

// isToken reports whether s is a token of RFC 9110, as header names are.
func isToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			if !isTokenMark(c) {
				return false
			}
		}
	}
	return s != ""
}

func isTokenMark(c byte) bool {
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
