package validate

import (
	"encoding/json"
	"math/big"
	"slices"
	"unicode/utf8"
)

// The keywords of one type of values. What each adds are the published messages of Java's json-schema-validator.

func (e *examination) additionalProperties(s *schema, object map[string]any) {
	if !s.otherProperties.forbidden {
		return
	}
	var unwanted []string
	for name := range object {
		if !s.property(name, func(*schema) {}) {
			unwanted = append(unwanted, name)
		}
	}
	if unwanted != nil {
		e.add("object instance has properties which are not allowed by the schema: %s", asJSON{sorted(unwanted)})
	}
}

func (e *examination) dependencies(s *schema, object map[string]any, here *application) {
	for i := range s.dependencies {
		d := &s.dependencies[i]
		if _, ok := object[d.property]; !ok {
			continue
		}
		if missing := absent(d.required, object); missing != nil {
			e.add(`property "%s" of object has missing property dependencies (schema requires %s; missing: %s)`,
				d.property, asJSON{d.required}, asJSON{missing})
		}
		if d.schema != nil {
			e.examine(d.schema, object, here)
		}
	}
}

func (e *examination) sizeOfObject(s *schema, object map[string]any) {
	if n := len(object); s.maxProperties != nil && n > *s.maxProperties {
		e.add("object has too many properties (found %d but schema requires at most %d)", n, *s.maxProperties)
	} else if s.minProperties != nil && n < *s.minProperties {
		e.add("object has too few properties (found %d but schema requires at least %d)", n, *s.minProperties)
	}
}

func (e *examination) required(s *schema, object map[string]any) {
	if missing := absent(s.required, object); missing != nil {
		e.add("object has missing required properties (%s)", asJSON{missing})
	}
}

// absent are the names that an object does not have, nil for none.
func absent(names []string, object map[string]any) (missing []string) {
	for _, name := range names {
		if _, ok := object[name]; !ok {
			missing = append(missing, name)
		}
	}
	return slices.Compact(missing)
}

func (e *examination) additionalItems(s *schema, list []any) {
	if s.otherItems.forbidden && len(list) > len(s.items) {
		e.add("schema only allows %d elements in array but instance has %d elements", len(s.items), len(list))
	}
}

func (e *examination) lengthOfArray(s *schema, list []any) {
	if n := len(list); s.maxItems != nil && n > *s.maxItems {
		e.add("array is too long: must have at most %d elements but instance has %d elements", *s.maxItems, n)
	} else if s.minItems != nil && n < *s.minItems {
		e.add("array is too short: must have at least %d elements but instance has %d elements", *s.minItems, n)
	}
}

func (e *examination) uniqueItems(s *schema, list []any) {
	if !s.uniqueItems || len(list) < 2 {
		return
	}
	seen := make(map[string]bool, len(list))
	for _, item := range list {
		text, ok := canonical(item, e.budget)
		switch {
		case !ok:
			return
		case seen[text]:
			e.add("array must not contain duplicate elements")
			return
		}
		seen[text] = true
	}
}

func (e *examination) lengthOfText(s *schema, text string) {
	if s.maxLength == nil && s.minLength == nil {
		return
	}
	if n := utf8.RuneCountInString(text); s.maxLength != nil && n > *s.maxLength {
		e.add(`string "%s" is too long (length: %d, maximum allowed: %d)`, text, n, *s.maxLength)
	} else if s.minLength != nil && n < *s.minLength {
		e.add(`string "%s" is too short (length: %d, required minimum: %d)`, text, n, *s.minLength)
	}
}

func (e *examination) pattern(s *schema, text string) {
	if s.pattern != nil && !s.pattern.MatchString(text) {
		e.add(`ECMA 262 regex "%s" does not match input string "%s"`, s.pattern.String(), text)
	}
}

// bounds are maximum, minimum and multipleOf.
func (e *examination) bounds(s *schema, number json.Number) {
	if s.maximum == nil && s.belowMaximum == nil && s.minimum == nil && s.aboveMinimum == nil && s.of == nil {
		return
	}
	n, ok := rational(string(number))
	if !ok || !e.budget.take(digits(n)) {
		return
	}
	switch bound := either(s.maximum, s.belowMaximum); {
	case bound == nil:
	case compare(n, bound) > 0:
		e.add("numeric instance is greater than the required maximum (maximum: %s, found: %s)", decimal{bound}, number)
	case compare(n, bound) == 0 && s.belowMaximum != nil:
		e.add("numeric instance is not strictly lower than the required maximum %s", decimal{bound})
	}
	switch bound := either(s.minimum, s.aboveMinimum); {
	case bound == nil:
	case compare(n, bound) < 0:
		e.add("numeric instance is lower than the required minimum (minimum: %s, found: %s)", decimal{bound}, number)
	case compare(n, bound) == 0 && s.aboveMinimum != nil:
		e.add("numeric instance is not strictly greater than the required minimum %s", decimal{bound})
	}
	if s.of != nil && !new(big.Rat).Quo(n, s.of).IsInt() {
		e.add("remainder of division is not zero (%s / %s)", number, decimal{s.of})
	}
}

func either(inclusive, exclusive *big.Rat) *big.Rat {
	if inclusive != nil {
		return inclusive
	}
	return exclusive
}
