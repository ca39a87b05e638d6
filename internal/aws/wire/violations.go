package wire

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// Violations gathers every constraint of the service model that an input breaks, in the order they are reported, and
// turns them into the one ValidationException that AWS answers. The zero value is ready for use.
type Violations struct {
	path  [maxPath]step
	depth int
	found []string
}

// maxPath is how deep the constraints of a model may nest; the generator keeps to it.
const maxPath = 8

// step is one part of a location: a member's name, or an element of the list named before it, counted from 1.
type step struct {
	name  string
	index int
}

// Enter goes down into a member. The first name is the operation's input, "putIntegrationInput".
func (v *Violations) Enter(name string) { v.enter(step{name: name}) }

// EnterElement goes down into a list's element; index counts from 0 here, from 1 in the text.
func (v *Violations) EnterElement(index int) {
	v.enter(step{name: "member", index: index + 1})
}

func (v *Violations) enter(s step) {
	v.path[v.depth] = s
	v.depth++
}

// Leave goes back up.
func (v *Violations) Leave() { v.depth-- }

// Required reports a required member that is absent.
func (v *Violations) Required(absent bool, member string) {
	if absent {
		v.add("null", member, "Member must not be null")
	}
}

// Enum reports a value that is none of the enum's. A nil value is absent and legal.
func (v *Violations) Enum(value *string, set *Enum, member string) {
	if value != nil && !set.has(*value) {
		v.add("'"+*value+"'", member, "Member must satisfy enum value set: "+set.String())
	}
}

// EnumList reports a list that holds a value that is none of the enum's. The whole list is named.
func (v *Violations) EnumList(values []string, set *Enum, member string) {
	for _, value := range values {
		if !set.has(value) {
			v.add("'["+strings.Join(values, ", ")+"]'", member,
				"Member must satisfy constraint: [Member must satisfy enum value set: "+set.String()+"]")
			return
		}
	}
}

// Pattern reports a value that does not match, as a whole, the pattern. A nil value is absent and legal.
func (v *Violations) Pattern(value *string, pattern *Pattern, member string) {
	if value != nil && !pattern.whole.MatchString(*value) {
		v.add("'"+*value+"'", member, "Member must satisfy regular expression pattern: "+pattern.text)
	}
}

func (v *Violations) add(value, member, constraint string) {
	v.found = append(v.found, "Value "+value+" at '"+v.location(member)+"' failed to satisfy constraint: "+constraint)
}

// location spells where a member stands, "updateRestApiInput.patchOperations.1.member.op". Members of the URI and the
// query string, outside of every Enter, stand bare.
func (v *Violations) location(member string) string {
	var b strings.Builder
	for _, s := range v.path[:v.depth] {
		if s.index > 0 {
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		b.WriteByte('.')
	}
	b.WriteString(member)
	return b.String()
}

// Err is the ValidationException that names every violation; nil when there is none.
func (v *Violations) Err() error {
	switch len(v.found) {
	case 0:
		return nil
	case 1:
		return awserr.Validation.Errorf("1 validation error detected: %s", v.found[0])
	}
	return awserr.Validation.Errorf("%d validation errors detected: %s", len(v.found), strings.Join(v.found, "; "))
}

// Enum is the set of values that a member may have, in the order AWS prints them.
type Enum struct{ values []string }

// NewEnum gives the set of these values.
func NewEnum(printed ...string) *Enum { return &Enum{values: printed} }

// String is the set as AWS prints it: "[HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]".
func (e *Enum) String() string { return "[" + strings.Join(e.values, ", ") + "]" }

func (e *Enum) has(value string) bool {
	return slices.Contains(e.values, value)
}

// Pattern is a regular expression that a value must match as a whole.
type Pattern struct {
	text  string
	whole *regexp.Regexp
}

// NewPattern compiles the text of a model's pattern. It panics when the text is no regular expression: the generator
// has compiled it before.
func NewPattern(text string) *Pattern {
	return &Pattern{text: text, whole: regexp.MustCompile(`^(?:` + text + `)$`)}
}
