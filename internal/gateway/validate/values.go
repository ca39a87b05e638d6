package validate

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
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

// decimal writes a bound of a schema.
func decimal(n *big.Rat) string {
	if n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimRight(n.FloatString(20), "0")
}

// canonical is a text that two values share when they are equal: numbers by what they are, objects in any order.
func canonical(value any) string {
	var b strings.Builder
	writeCanonical(&b, value)
	return b.String()
}

func writeCanonical(b *strings.Builder, value any) {
	switch v := value.(type) {
	case json.Number:
		n, ok := new(big.Rat).SetString(string(v))
		if !ok {
			b.WriteString(string(v))
			return
		}
		b.WriteString(n.RatString())
	case []any:
		for i, item := range v {
			b.WriteByte("[,"[min(i, 1)])
			writeCanonical(b, item)
		}
		if len(v) == 0 {
			b.WriteByte('[')
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(compact(name))
			b.WriteByte(':')
			writeCanonical(b, v[name])
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		b.WriteString(compact(value))
	}
}
