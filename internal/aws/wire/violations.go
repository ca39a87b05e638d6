package wire

import (
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
)

// Violations gathers every constraint of the service model that an input breaks, in the order they are reported, and
// turns them into the one error that AWS answers. The zero value is ready for use.
type Violations struct {
	path  [maxPath]step
	depth int
	found []Violation
	// refusal replaces the common text; see Refuse.
	refusal string
}

// Violation is one constraint that an input breaks.
type Violation struct {
	// Member is the member's name, Location where it stands: "tags.1.member.key".
	Member, Location string
	// Absent is true for a required member that the input does not have.
	Absent bool
	// Value is the offending value as AWS prints it, without quotes.
	Value string
	// Constraint is AWS's text, "Member must not be null".
	Constraint string
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
		v.found = append(v.found, Violation{
			Member: member, Location: v.location(member), Absent: true, Constraint: "Member must not be null",
		})
	}
}

// Enum reports a value that is none of the enum's. A nil value is absent and legal.
func (v *Violations) Enum(value *string, set *Enum, member string) {
	if value != nil && !set.has(*value) {
		v.add(*value, member, set.constraint())
	}
}

// EnumList reports a list that holds a value that is none of the enum's. The whole list is named.
func (v *Violations) EnumList(values []string, set *Enum, member string) {
	for _, value := range values {
		if !set.has(value) {
			v.add(printList(values), member, "Member must satisfy constraint: ["+set.constraint()+"]")
			return
		}
	}
}

// Pattern reports a value that does not match, as a whole, the pattern. A nil value is absent and legal.
func (v *Violations) Pattern(value *string, pattern *Pattern, member string) {
	if value != nil && !pattern.matches(*value) {
		v.add(*value, member, pattern.constraint())
	}
}

// PatternText is Pattern for services that refuse a value with a text of its own.
func (v *Violations) PatternText(value *string, pattern *Pattern, member, text string) {
	if value != nil && !pattern.matches(*value) {
		v.Refuse("The specified value for " + member + " is invalid. " + text)
	}
}

// Refuse notes a text that replaces the common one, unless a constraint with the common text is broken as well.
func (v *Violations) Refuse(text string) {
	if v.refusal == "" {
		v.refusal = text
	}
}

func (v *Violations) add(value, member, constraint string) {
	v.found = append(v.found, Violation{Member: member, Location: v.location(member), Value: value, Constraint: constraint})
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

// Found are the violations so far.
func (v *Violations) Found() []Violation { return v.found }

// Err is the ValidationException that names every violation; nil when there is none.
func (v *Violations) Err() error { return v.ErrAs(awserr.Validation) }

// ErrAs is Err with the code that the service has for it.
func (v *Violations) ErrAs(code awserr.Code) error {
	switch n := len(v.found); {
	case n == 1:
		return code.Errorf("1 validation error detected: %s", v.found[0])
	case n > 1:
		texts := make([]string, n)
		for i, found := range v.found {
			texts[i] = found.String()
		}
		return code.Errorf("%d validation errors detected: %s", n, strings.Join(texts, "; "))
	case v.refusal != "":
		return code.Errorf("%s", v.refusal)
	}
	return nil
}

// String is the violation as AWS words it.
func (v Violation) String() string {
	value := "null"
	if !v.Absent {
		value = "'" + v.Value + "'"
	}
	return "Value " + value + " at '" + v.Location + "' failed to satisfy constraint: " + v.Constraint
}
