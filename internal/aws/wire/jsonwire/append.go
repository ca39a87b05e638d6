package jsonwire

import (
	"encoding/base64"
	"slices"
	"strconv"
	"unicode/utf8"

	"postern/internal/aws/wire"
)

// AppendOptional appends one member of an object, or nothing when it is absent.
func AppendOptional[T any](b []byte, name string, value *T, write func([]byte, *T) []byte) []byte {
	if value == nil {
		return b
	}
	return write(appendName(b, name), value)
}

// AppendListMember appends a member that is a list; nothing when it is nil, [] when it is empty.
func AppendListMember[T any](b []byte, name string, list []T, write func([]byte, *T) []byte) []byte {
	if list == nil {
		return b
	}
	return AppendList(appendName(b, name), list, write)
}

// AppendMapMember appends a member that is a map, sorted by key; nothing when it is nil, {} when it is empty.
func AppendMapMember[T any](b []byte, name string, values map[string]T, write func([]byte, *T) []byte) []byte {
	if values == nil {
		return b
	}
	return AppendMap(appendName(b, name), values, write)
}

// AppendList appends a list.
func AppendList[T any](b []byte, list []T, write func([]byte, *T) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = write(b, &list[i])
	}
	return append(b, ']')
}

// AppendMap appends a map, sorted by key.
func AppendMap[T any](b []byte, values map[string]T, write func([]byte, *T) []byte) []byte {
	var buffer [16]string
	keys := buffer[:0]
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b = append(b, '{')
	value := new(T) // one for all entries: write's argument is moved to the heap
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, key), ':')
		*value = values[key]
		b = write(b, value)
	}
	return append(b, '}')
}

// AppendString appends a string.
func AppendString(b []byte, value *string) []byte { return appendText(b, *value) }

// AppendStringOrNull appends a string, null when it is empty.
func AppendStringOrNull(b []byte, value *string) []byte {
	if *value == "" {
		return append(b, "null"...)
	}
	return appendText(b, *value)
}

// AppendBool appends true or false.
func AppendBool(b []byte, value *bool) []byte { return strconv.AppendBool(b, *value) }

// AppendInt appends an integer.
func AppendInt(b []byte, value *int) []byte { return strconv.AppendInt(b, int64(*value), 10) }

// AppendInt64 appends an integer.
func AppendInt64(b []byte, value *int64) []byte { return strconv.AppendInt(b, *value, 10) }

// AppendTimestamp appends the seconds since the epoch, without a fraction.
// Source: API Gateway, AWS CLI reference (createdDate in the examples).
func AppendTimestamp(b []byte, value *wire.Timestamp) []byte {
	return strconv.AppendInt(b, int64(*value), 10)
}

// AppendMillis appends the seconds since the epoch with their fraction, "1516822518.25".
func AppendMillis(b []byte, value *wire.Millis) []byte {
	return AppendFloat64(b, new(float64(*value)/1000))
}

// AppendBytes appends a member that is bytes in base64; nothing when it is nil.
func AppendBytes(b []byte, name string, value []byte) []byte {
	if value == nil {
		return b
	}
	return AppendBlob(appendName(b, name), &value)
}

// AppendFloat64 appends a number as Java prints a double: always with a point, "50.0".
func AppendFloat64(b []byte, value *float64) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, *value, 'f', -1, 64)
	if !slices.Contains(b[start:], '.') {
		b = append(b, ".0"...)
	}
	return b
}

// AppendBlob appends bytes in base64.
func AppendBlob(b []byte, value *[]byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, *value)
	return append(b, '"')
}

// appendName appends a member's name, after a comma unless the object has just been opened. A string's last byte is a
// quote, so a '{' at the end can only be the object's own.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

const hexDigits = "0123456789abcdef"

// appendText appends a string with no more escapes than JSON demands: '<', '>', '&' and U+2028 stay as they are.
func appendText(b []byte, text string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			if r, size := utf8.DecodeRuneInString(text[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			b = append(append(b, text[start:i]...), "\uFFFD"...)
			i++
			start = i
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, text[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	b = append(b, text[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
