package validate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// examination lists what is wrong with a value in the order and in the words of Java's json-schema-validator, which are
// those of AWS. The keywords of a schema are looked at in the order of the alphabet, and format after them; then, if nothing
// has been found wrong so far, the members of an object by their names, or the items of an array.
//
// Sources: public reports of $context.error.validationErrorString (missing properties, types, enum, minimum, oneOf); that
// validator's published messages, and what it does by default, for the rest.
type examination struct {
	findings []string
	// brief ends the examination at the first finding.
	brief bool
	// budget is what this examination and those within it may still cost.
	budget *budget
}

// budget bounds what a body may cost, whatever its model: schemas may lead back to themselves on several ways, which double at
// each level of the body, and a finding may list long enumerations.
type budget struct {
	// steps is how many more may be taken: one for each schema that is applied to a value and each value that is written as
	// canonical text, and more for values that are large. text is how long findings may still become, in bytes.
	steps, text int
}

// allowance is how many steps the smallest body may take.
const allowance = 1_000_000

// budgetOf is the budget for a body of a size in bytes and a model of so many schemas: enough to apply each of them to every
// value that the body may hold, and more for a small one.
func budgetOf(size, schemas int) *budget {
	return &budget{steps: allowance + size*max(schemas, 8), text: 256 << 10}
}

// take tells whether that many steps were left.
func (b *budget) take(steps int) bool {
	b.steps -= steps
	return b.steps >= 0
}

// faults says what is wrong with a value, nil if nothing is.
func (s *schema) faults(value any, left *budget) []string {
	e := examination{budget: left}
	e.examine(s, value, nil)
	return left.check(e.findings)
}

// admits tells whether nothing is wrong with a value.
func (s *schema) admits(value any, left *budget) bool {
	e := examination{brief: true, budget: left}
	e.examine(s, value, nil)
	return left.check(e.findings) == nil
}

// check returns what was found, unless the examination had to be broken off: then nothing that it found is certain.
func (b *budget) check(findings []string) []string {
	if b.steps < 0 {
		return []string{unexplained}
	}
	return findings
}

// admits tells whether a schema that is applied within others finds nothing wrong.
func (e *examination) admits(s *schema, value any, within *application) bool {
	inner := examination{brief: true, budget: e.budget}
	inner.examine(s, value, within)
	return len(inner.findings) == 0
}

// unexplained is what is said of a value where nothing more is found out (a wording of our own).
const unexplained = "instance failed to match its schema"

// application is a schema that is being applied to a value, and those that led to it without going down into the value.
type application struct {
	schema *schema
	within *application
}

func (a *application) has(s *schema) bool {
	for ; a != nil; a = a.within {
		if a.schema == s {
			return true
		}
	}
	return false
}

func (e *examination) add(format string, arguments ...any) {
	switch {
	case e.findings == nil && e.brief:
		e.findings = []string{format}
	case !e.ended():
		e.findings = append(e.findings, fmt.Sprintf(format, arguments...))
		e.budget.text -= len(e.findings[len(e.findings)-1])
	}
}

// ended tells that nothing more is to be found out.
func (e *examination) ended() bool {
	return e.budget.steps < 0 || len(e.findings) > 0 && (e.brief || e.budget.text <= 0)
}

// examine applies a schema to a value. A schema that leads back to itself without going down admits nothing.
func (e *examination) examine(s *schema, value any, within *application) {
	if !e.budget.take(1 + size(value)) {
		return
	}
	here := within
	if s.leads() {
		here = &application{s, within}
	}
	switch {
	case here != within && within.has(s):
		e.add(unexplained)
		return
	case s.ref != nil:
		e.examine(s.ref, value, here)
		return
	}
	e.keywords(s, value, here)
	if len(e.findings) > 0 {
		return
	}
	switch v := value.(type) {
	case []any:
		e.items(s, v)
	case map[string]any:
		e.members(s, v)
	}
}

func (e *examination) items(s *schema, list []any) {
	for i := range list {
		item := s.item(i)
		if item == nil {
			continue
		}
		if e.examine(item, list[i], nil); e.ended() {
			return
		}
	}
}

func (e *examination) members(s *schema, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		s.property(name, func(member *schema) { e.examine(member, object[name], nil) })
		if e.ended() {
			return
		}
	}
}

// keywords looks at the keywords of a schema one by one. Those that speak of another type than the value's say nothing.
func (e *examination) keywords(s *schema, value any, here *application) {
	list, isList := value.([]any)
	object, isObject := value.(map[string]any)
	text, isText := value.(string)
	number, isNumber := value.(json.Number)
	switch {
	case isList:
		e.additionalItems(s, list)
	case isObject:
		e.additionalProperties(s, object)
	}
	e.alternatives(s, value, here)
	if isObject {
		e.dependencies(s, object, here)
	}
	e.enum(s, value)
	switch {
	case isList:
		e.lengthOfArray(s, list)
	case isObject:
		e.sizeOfObject(s, object)
	case isText:
		e.lengthOfText(s, text)
	case isNumber:
		e.bounds(s, number)
	}
	e.exclusions(s, value, here)
	switch {
	case isText:
		e.pattern(s, text)
	case isObject:
		e.required(s, object)
	}
	e.typeOf(s, value)
	switch {
	case isList:
		e.uniqueItems(s, list)
	case isText:
		e.format(s, text)
	}
}

// alternatives are allOf and anyOf.
func (e *examination) alternatives(s *schema, value any, here *application) {
	if n := len(s.allOf); n > 0 {
		if matched := e.matched(s.allOf, value, here); matched < n {
			e.add("instance failed to match all required schemas (matched only %d out of %d)", matched, n)
		}
	}
	admits := func(s *schema) bool { return e.admits(s, value, here) }
	if n := len(s.anyOf); n > 0 && !slices.ContainsFunc(s.anyOf, admits) {
		e.add("instance failed to match at least one required schema among %d", n)
	}
}

// exclusions are not and oneOf.
func (e *examination) exclusions(s *schema, value any, here *application) {
	if s.not != nil && e.admits(s.not, value, here) {
		e.add("instance matched a schema which it should not have")
	}
	if n := len(s.oneOf); n > 0 {
		if matched := e.matched(s.oneOf, value, here); matched != 1 {
			e.add("instance failed to match exactly one schema (matched %d out of %d)", matched, n)
		}
	}
}

func (e *examination) matched(list []*schema, value any, here *application) (n int) {
	for _, s := range list {
		if e.admits(s, value, here) {
			n++
		}
	}
	return n
}

func (e *examination) enum(s *schema, value any) {
	if s.enum != nil && !s.enum.has(value, e.budget) {
		e.add("instance value (%s) not found in enum (possible values: %s)", asJSON{value}, s.enum.told)
	}
}

func (e *examination) typeOf(s *schema, value any) {
	if s.types == nil {
		return
	}
	if name := typeName(value); !slices.Contains(s.types, name) {
		e.add("instance type (%s) does not match any allowed primitive type (allowed: %s)", name, asJSON{s.types})
	}
}

func (e *examination) format(s *schema, text string) {
	if s.format == nil || s.format.check(text) == nil {
		return
	}
	switch s.format.name {
	case "date-time":
		e.add(`string "%s" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`, text)
	case "email":
		e.add(`string "%s" is not a valid email address`, text)
	case "hostname":
		e.add(`string "%s" is not a valid hostname`, text)
	case "ipv4":
		e.add(`string "%s" is not a valid IPv4 address`, text)
	case "ipv6":
		e.add(`string "%s" is not a valid IPv6 address`, text)
	case "regex":
		e.add(`string "%s" is not a valid ECMA 262 regular expression`, text)
	case "uri":
		e.add(`string "%s" is not a valid URI`, text)
	}
}
