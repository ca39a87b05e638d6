package wire

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Enum is the set of values that a member may have, in the order AWS prints them.
type Enum struct{ values []string }

// NewEnum gives the set of these values.
func NewEnum(printed ...string) *Enum { return &Enum{values: printed} }

// String is the set as AWS prints it: "[HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]".
func (e *Enum) String() string { return "[" + strings.Join(e.values, ", ") + "]" }

func (e *Enum) has(value string) bool { return slices.Contains(e.values, value) }

func (e *Enum) constraint() string { return "Member must satisfy enum value set: " + e.String() }

// Pattern is a regular expression that a value must match as a whole.
type Pattern struct {
	text  string
	whole func() *regexp.Regexp
}

// NewPattern gives the pattern with the text of a model. The first value compiles it; that panics when the text is no
// regular expression, but the generator has compiled it before.
func NewPattern(text string) *Pattern { return NewPatternAs(text, text) }

// NewPatternAs is NewPattern for a text that Java reads and Go does not; expression says the same to Go.
func NewPatternAs(text, expression string) *Pattern {
	return &Pattern{text, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + expression + `)$`) })}
}

func (p *Pattern) matches(value string) bool { return p.whole().MatchString(value) }

func (p *Pattern) constraint() string {
	return "Member must satisfy regular expression pattern: " + p.text
}

// Texts is what the elements of a list of texts, or the keys or values of a map, must satisfy. Zero values demand nothing.
type Texts struct {
	Enum    *Enum
	Pattern *Pattern
	// Low and High bound the length in characters; High 0 is no bound.
	Low, High int
}

func (t *Texts) has(value string) bool {
	length := utf8.RuneCountInString(value)
	return (t.Enum == nil || t.Enum.has(value)) && (t.Pattern == nil || t.Pattern.matches(value)) &&
		length >= t.Low && (t.High == 0 || length <= t.High)
}

// constraints lists all of them, broken or not, as AWS does.
// Source: recorded AWS answers of Lambda ("[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]").
func (t *Texts) constraints() string {
	var all []string
	if t.High > 0 {
		all = append(all, atMost("length", t.High))
	}
	if t.Low > 0 {
		all = append(all, atLeast("length", t.Low))
	}
	if t.Enum != nil {
		all = append(all, t.Enum.constraint())
	}
	if t.Pattern != nil {
		all = append(all, t.Pattern.constraint())
	}
	return "[" + strings.Join(append(all, "Member must not be null"), ", ") + "]"
}

// Elements reports a list with an element that breaks a constraint. The whole list is named.
func (v *Violations) Elements(values []string, texts *Texts, member string) {
	for _, value := range values {
		if !texts.has(value) {
			v.add(printList(values), member, "Member must satisfy constraint: "+texts.constraints())
			return
		}
	}
}

// Keys reports a map with a key that breaks a constraint. The whole map is named.
func Keys[T any](v *Violations, values map[string]T, texts *Texts, member string) {
	for key := range values {
		if !texts.has(key) {
			v.add(printMap(values), member, "Map keys must satisfy constraint: "+texts.constraints())
			return
		}
	}
}

// Entries reports a map with a value that breaks a constraint. The whole map is named.
func (v *Violations) Entries(values map[string]string, texts *Texts, member string) {
	for _, value := range values {
		if !texts.has(value) {
			v.add(printMap(values), member, "Map value must satisfy constraint: "+texts.constraints())
			return
		}
	}
}
