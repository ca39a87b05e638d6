package jsonwire

import (
	"encoding/base64"
	"math"
	"strconv"

	"postern/internal/aws/wire"
)

// Optional reads a value that may be null, which is the same as absent: nil.
func Optional[T any](r *Reader, read func(*Reader, *T)) *T {
	if r.Null() {
		return nil
	}
	value := new(T)
	read(r, value)
	return value
}

// List reads an array; nil at null. Null elements are left out.
func List[T any](r *Reader, read func(*Reader, *T)) []T {
	if !r.openList() {
		return nil
	}
	list := []T{}
	for r.more(']') {
		if r.Null() {
			continue
		}
		var zero T
		list = append(list, zero)
		read(r, &list[len(list)-1])
	}
	return list
}

// Map reads an object as a map; nil at null. Entries that are null are left out; the last of equal keys counts.
func Map[T any](r *Reader, read func(*Reader, *T)) map[string]T {
	return readMap(r, read, false)
}

// MapNullEmpty is Map, but null entries are zero values.
func MapNullEmpty[T any](r *Reader, read func(*Reader, *T)) map[string]T {
	return readMap(r, read, true)
}

func readMap[T any](r *Reader, read func(*Reader, *T), keepNull bool) map[string]T {
	if !r.Open() {
		return nil
	}
	values := map[string]T{}
	var value, zero T
	for r.Next() {
		key := r.Key()
		value = zero
		if !r.Null() {
			read(r, &value)
		} else if !keepNull {
			delete(values, key)
			continue
		}
		values[key] = value
	}
	return values
}

// String reads a string.
func String(r *Reader, value *string) {
	if r.peek() == '"' {
		*value = r.quoted()
		return
	}
	r.mismatch("String")
}

// Bool reads true, false, or one of the two as a string, as the API reference's examples send them.
func Bool(r *Reader, value *bool) {
	switch r.peek() {
	case 't':
		*value = r.literal("true")
	case 'f':
		r.literal("false")
	case '"':
		switch r.quoted() {
		case "true":
			*value = true
		case "false":
		default:
			r.cannotConvert(javaString, "Boolean")
		}
	default:
		r.mismatch("Boolean")
	}
}

// Int reads an integer of 32 bits, as a number or a string. A fraction is cut off: AWS reads numbers with a class
// named TruncatingBigNumber (inferred).
func Int(r *Reader, value *int) {
	n := r.integer("Integer", math.MinInt32, math.MaxInt32)
	*value = int(n)
}

// Int64 reads an integer of 64 bits; see Int.
func Int64(r *Reader, value *int64) { *value = r.integer("Long", math.MinInt64, math.MaxInt64) }

// Float64 reads a number, or a string that holds one.
func Float64(r *Reader, value *float64) {
	text, from := r.numeral("Double")
	if r.err != nil {
		return
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		r.cannotConvert(from, "Double")
		return
	}
	*value = f
}

// Timestamp reads seconds since the epoch.
func Timestamp(r *Reader, value *wire.Timestamp) {
	*value = wire.Timestamp(r.integer("Date", math.MinInt64, math.MaxInt64))
}

// Blob reads bytes written in base64.
func Blob(r *Reader, value *[]byte) {
	var text string
	if String(r, &text); r.err != nil {
		return
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		r.cannotConvert(javaString, "Blob")
		return
	}
	*value = b
}

// Bytes reads bytes written in base64; nil at null.
func Bytes(r *Reader) []byte {
	if r.Null() {
		return nil
	}
	var value []byte
	Blob(r, &value)
	return value
}

// Millis reads seconds since the epoch, with a fraction.
func Millis(r *Reader, value *wire.Millis) {
	var seconds float64
	if Float64(r, &seconds); math.Abs(seconds) > 1<<53/1000 {
		r.cannotConvert(javaNumber, "Date")
		return
	}
	*value = wire.Millis(math.Round(seconds * 1000))
}

// integer reads a whole number between low and high.
func (r *Reader) integer(to string, low, high int64) int64 {
	text, from := r.numeral(to)
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || !(math.Abs(f) < 1<<63) {
			r.cannotConvert(from, to)
			return 0
		}
		n = int64(f)
	}
	if n < low || n > high {
		r.cannotConvert(from, to)
		return 0
	}
	return n
}

// numeral reads the text of a number, bare or in quotes, and Java's name for what it was.
func (r *Reader) numeral(to string) (text, from string) {
	switch c := r.peek(); {
	case c == '-' || '0' <= c && c <= '9':
		return r.number(), javaNumber
	case c == '"':
		return r.quoted(), javaString
	}
	r.mismatch(to)
	return "", ""
}

// mismatch refuses the next value, which is not what the model has.
func (r *Reader) mismatch(to string) {
	switch c := r.peek(); {
	case c == 't' && r.literal("true"), c == 'f' && r.literal("false"):
		r.cannotConvert(javaBoolean, to)
	case c == '-' || '0' <= c && c <= '9':
		if r.number(); r.err == nil {
			r.cannotConvert(javaNumber, to)
		}
	case c == '{':
		r.refuse("Start of structure or map found where not expected.")
	case c == '[':
		r.refuse("Start of list found where not expected")
	case c == '"':
		r.cannotConvert(javaString, to)
	case c == 'n':
		r.literal("null")
	case c != 't' && c != 'f':
		r.malformed("expected a value")
	}
}
