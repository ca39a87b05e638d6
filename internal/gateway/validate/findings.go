package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// findings lists what is wrong with a value, in the order of the places in it, in the words that AWS's validator uses.
//
// Sources: public reports of $context.error.validationErrorString for missing properties and types; the published messages
// of Java's json-schema-validator, whose words those are, for the rest.
func findings(value any, e *jsonschema.ValidationError) []string {
	var list []finding
	collect(&list, value, e)
	slices.SortStableFunc(list, func(a, b finding) int { return slices.Compare(a.place, b.place) })
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].text
	}
	return texts
}

type finding struct {
	place []string
	text  string
}

// collect walks down to what is wrong. What the alternatives of an anyOf or oneOf say each is not told.
func collect(list *[]finding, value any, e *jsonschema.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Reference, *kind.Group:
		for _, cause := range e.Causes {
			collect(list, value, cause)
		}
	case *kind.AllOf:
		*list = append(*list, finding{e.InstanceLocation, "instance failed to match all required schemas"})
	default:
		*list = append(*list, finding{e.InstanceLocation, say(at(value, e.InstanceLocation), e.ErrorKind)})
	}
}

// at is the part of a value at a place.
func at(value any, place []string) any {
	for _, step := range place {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// say puts one fault of a value into words.
func say(value any, fault jsonschema.ErrorKind) string {
	switch k := fault.(type) {
	case *kind.Type:
		return fmt.Sprintf("instance type (%s) does not match any allowed primitive type (allowed: %s)", typeName(value), compact(allowed(k.Want)))
	case *kind.Enum:
		return fmt.Sprintf("instance value (%s) not found in enum (possible values: %s)", compact(value), compact(k.Want))
	case *kind.OneOf:
		return fmt.Sprintf("instance failed to match exactly one schema (matched %d)", len(k.Subschemas))
	case *kind.AnyOf:
		return "instance failed to match at least one required schema"
	case *kind.Not:
		return "instance matched a schema which it should not have"
	case *kind.Format:
		return fmt.Sprintf("string %s is invalid against requested format %s", compact(value), k.Want)
	}
	if text := sayOfObject(fault); text != "" {
		return text
	}
	if text := sayOfArray(value, fault); text != "" {
		return text
	}
	return sayOfScalar(value, fault)
}

func sayOfObject(fault jsonschema.ErrorKind) string {
	switch k := fault.(type) {
	case *kind.Required:
		return fmt.Sprintf("object has missing required properties (%s)", compact(sorted(k.Missing)))
	case *kind.AdditionalProperties:
		return "object instance has properties which are not allowed by the schema: " + compact(sorted(k.Properties))
	case *kind.Dependency:
		return fmt.Sprintf("property %s of object has missing property dependencies (missing: %s)", compact(k.Prop), compact(sorted(k.Missing)))
	case *kind.MinProperties:
		return fmt.Sprintf("object has too few properties (found %d but schema requires at least %d)", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("object has too many properties (found %d but schema requires at most %d)", k.Got, k.Want)
	}
	return ""
}

func sayOfArray(value any, fault jsonschema.ErrorKind) string {
	switch k := fault.(type) {
	case *kind.MinItems:
		return fmt.Sprintf("array is too short: must have at least %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("array is too long: must have at most %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.AdditionalItems:
		items, _ := value.([]any)
		return fmt.Sprintf("array only allows %d items but instance has %d items", len(items)-k.Count, len(items))
	case *kind.UniqueItems:
		return "array must not contain duplicate elements"
	}
	return ""
}

func sayOfScalar(value any, fault jsonschema.ErrorKind) string {
	switch k := fault.(type) {
	case *kind.Minimum:
		return fmt.Sprintf("numeric instance is lower than the required minimum (minimum: %s, found: %s)", decimal(k.Want), compact(value))
	case *kind.Maximum:
		return fmt.Sprintf("numeric instance is greater than the required maximum (maximum: %s, found: %s)", decimal(k.Want), compact(value))
	case *kind.ExclusiveMinimum:
		return "numeric instance is not strictly greater than the required minimum " + decimal(k.Want)
	case *kind.ExclusiveMaximum:
		return "numeric instance is not strictly lower than the required maximum " + decimal(k.Want)
	case *kind.MultipleOf:
		return fmt.Sprintf("remainder of division is not zero (%s / %s)", compact(value), decimal(k.Want))
	case *kind.MinLength:
		return fmt.Sprintf("string %s is too short (length: %d, required minimum: %d)", compact(value), k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("string %s is too long (length: %d, maximum allowed: %d)", compact(value), k.Got, k.Want)
	case *kind.Pattern:
		return fmt.Sprintf("ECMA 262 regex %s does not match input string %s", compact(k.Want), compact(value))
	}
	return "instance failed to match its schema"
}

// typeName is the type of a JSON value; a number without fraction is an integer.
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
		if n, ok := new(big.Rat).SetString(string(v)); ok && n.IsInt() {
			return "integer"
		}
		return "number"
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
