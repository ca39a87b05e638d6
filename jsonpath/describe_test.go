package jsonpath_test

import (
	"fmt"
	"math/big"
	"strings"

	"postern/java"
)

// describe prints a value with its Java classes, as the oracle's typed answers do: i1, l1, d1.0, I1 (BigInteger),
// D1.0 (BigDecimal), "text", true, null, {"k":v}, [v].
func describe(v any) string {
	var b strings.Builder
	describeTo(&b, v)
	return b.String()
}

func describeTo(b *strings.Builder, v any) {
	switch v := v.(type) {
	case string:
		quoteTo(b, v)
	case int32:
		fmt.Fprintf(b, "i%d", v)
	case int64:
		fmt.Fprintf(b, "l%d", v)
	case float64:
		if v != v { // the only float that json-smart makes
			b.WriteString("java.lang.Float:NaN")
			return
		}
		b.WriteString("d" + java.String(v))
	case *big.Int:
		b.WriteString("I" + java.String(v))
	case *java.Decimal:
		b.WriteString("D" + java.String(v))
	case *java.Map:
		b.WriteByte('{')
		comma := ""
		for key, value := range v.All() {
			b.WriteString(comma)
			quoteTo(b, key.(string))
			b.WriteByte(':')
			describeTo(b, value)
			comma = ","
		}
		b.WriteByte('}')
	case *java.List:
		open, end := byte('('), byte(')')
		if v.Kind == java.JSONArray {
			open, end = '[', ']'
		}
		b.WriteByte(open)
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			describeTo(b, item)
		}
		b.WriteByte(end)
	default:
		b.WriteString(java.String(v))
	}
}

func quoteTo(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, c := range java.UTF16(s) {
		if c >= ' ' && c <= '~' && c != '"' && c != '\\' {
			b.WriteByte(byte(c))
		} else {
			fmt.Fprintf(b, "\\u%04x", c)
		}
	}
	b.WriteByte('"')
}
