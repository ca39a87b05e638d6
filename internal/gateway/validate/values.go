package validate

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// typeName is the type of a JSON value. An integer is a number written without fraction and exponent: 1.0 is none.
// Source: draft-fge-json-schema-core-00, section 3.5.
func typeName(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "number"
		}
		return "integer"
	default:
		return "object"
	}
}

// allowed lists types as they are told: in the order of the alphabet, with the integers that every number may be.
func allowed(types []string) []string {
	list := sorted(types)
	if slices.Contains(list, "number") && !slices.Contains(list, "integer") {
		list = sorted(append(list, "integer"))
	}
	return list
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// compact is a value as JSON text.
func compact(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// asJSON is a value that is told as JSON text, written only if it is.
type asJSON struct{ value any }

func (j asJSON) String() string { return compact(j.value) }

// decimal is a bound of a schema as it is told.
type decimal struct{ *big.Rat }

func (n decimal) String() string {
	if n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimRight(n.FloatString(20), "0")
}

// size is what a value costs beyond a step: its members or items, which are not looked into, or its text.
func size(value any) int {
	switch v := value.(type) {
	case string:
		return len(v) / 64
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return 0
}

// digits is what a number costs beyond a step. A short text may be a number of many digits.
func digits(n *big.Rat) int {
	bits := n.Num().BitLen()
	if !n.IsInt() {
		bits += n.Denom().BitLen()
	}
	return bits / 64
}

// rational reads a number, and a short integer, as most are, without computing.
func rational(text string) (n *big.Rat, ok bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return new(big.Rat).SetInt64(i), true
	}
	return new(big.Rat).SetString(text)
}

// compare is a.Cmp(b), which multiplies even integers.
func compare(a, b *big.Rat) int {
	if a.IsInt() && b.IsInt() {
		return a.Num().Cmp(b.Num())
	}
	return a.Cmp(b)
}

// shape is what two values share when they are equal, and often do not when they are not.
type shape struct {
	kind string
	// length is that of a text, in bytes, a list or an object.
	length int
}

func shapeOf(value any) shape {
	switch v := value.(type) {
	case string:
		return shape{"string", len(v)}
	case []any:
		return shape{"array", len(v)}
	case map[string]any:
		return shape{"object", len(v)}
	case json.Number:
		return shape{"number", 0}
	}
	return shape{typeName(value), 0}
}

// canonical is a text that two values share when they are equal: numbers by what they are, objects in any order. ok tells
// whether the budget sufficed; the text is of no use where it did not.
func canonical(value any, left *budget) (text string, ok bool) {
	w := canonicalWriter{left: left}
	w.write(value)
	return w.b.String(), left.steps >= 0
}

type canonicalWriter struct {
	b    strings.Builder
	left *budget
}

func (w *canonicalWriter) write(value any) {
	if !w.left.take(1 + size(value)) {
		return
	}
	switch v := value.(type) {
	case string:
		w.text(v)
	case json.Number:
		w.number(string(v))
	case []any:
		w.b.WriteByte('[')
		for _, item := range v {
			w.write(item)
			w.b.WriteByte(',')
		}
		w.b.WriteByte(']')
	case map[string]any:
		w.b.WriteByte('{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			w.text(name)
			w.write(v[name])
			w.b.WriteByte(',')
		}
		w.b.WriteByte('}')
	default:
		w.b.WriteString(compact(value))
	}
}

// text writes a text after its length, so that none needs to be escaped.
func (w *canonicalWriter) text(s string) {
	w.b.WriteByte('"')
	w.b.WriteString(strconv.Itoa(len(s)))
	w.b.WriteByte(':')
	w.b.WriteString(s)
}

func (w *canonicalWriter) number(text string) {
	n, ok := rational(text)
	if !ok {
		w.b.WriteString(text)
		return
	}
	if w.left.take(digits(n)) {
		w.b.WriteString(n.RatString())
	}
}
