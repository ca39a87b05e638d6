package main

import (
	"fmt"
	"slices"
)

// overlay is what the model leaves out. Every entry names its evidence.
type overlay struct {
	Comment   string `json:"comment"`
	EnumOrder map[string]struct {
		Evidence string   `json:"evidence"`
		Printed  []string `json:"printed"`
	} `json:"enumOrder"`
	EmptyWrittenAsNull members `json:"emptyWrittenAsNull"`
	NullReadAsEmpty    members `json:"nullReadAsEmpty"`

	// InputNamed is true where the texts about an input begin with its name, "putIntegrationInput.type", and do not
	// say of a list's elements that they must not be null.
	InputNamed fact `json:"inputNamed"`
	// Namespace is that of XML answers.
	Namespace text `json:"namespace"`
	// ValidationCode is the error's code when an input breaks the model; ValidationException without it.
	ValidationCode text `json:"validationCode"`
	// Fractions is true where times have milliseconds.
	Fractions fact `json:"fractions"`
	// ErrorCodes are the codes of exceptions, where they are not the name (query: the name without Exception).
	ErrorCodes map[string]text `json:"errorCodes"`
	// Patterns are patterns that Go's expressions do not have, in other words.
	Patterns map[string]struct {
		Evidence   string `json:"evidence"`
		Expression string `json:"expression"`
	} `json:"patterns"`
	// PatternTexts are what a service says of a value that does not match, instead of showing the pattern.
	PatternTexts map[string]text `json:"patternTexts"`
	// Unchecked are members whose enum the handler checks, because the answer is not the model's.
	Unchecked members `json:"unchecked"`
	// Streams are payloads that the handler writes as they come.
	Streams members `json:"streams"`
	// PayloadTypes are the content types of payloads.
	PayloadTypes map[string]text `json:"payloadTypes"`
}

// members are "Shape.member" names.
type members struct {
	Evidence string   `json:"evidence"`
	Members  []string `json:"members"`
}

func (m members) has(shapeName string, f *field) bool {
	return slices.Contains(m.Members, shapeName+"."+f.Name)
}

// text is a text with its evidence.
type text struct {
	Evidence string `json:"evidence"`
	Text     string `json:"text"`
}

// fact is what holds or not, with its evidence.
type fact struct {
	Evidence string `json:"evidence"`
	Holds    bool   `json:"holds"`
}

// checkOverlay finds entries that speak of nothing in the model.
func (m *model) checkOverlay() error {
	for name, order := range m.overlay.EnumOrder {
		s := m.Shapes[name]
		if s == nil || !sameSet(s.Enum, order.Printed) {
			return fmt.Errorf("overlay: enumOrder %s is not the model's set", name)
		}
	}
	for _, member := range slices.Concat(m.overlay.EmptyWrittenAsNull.Members, m.overlay.NullReadAsEmpty.Members,
		m.overlay.Unchecked.Members, m.overlay.Streams.Members) {
		if !m.hasMember(member) {
			return fmt.Errorf("overlay: no member %s", member)
		}
	}
	for _, names := range [][]string{
		sortedKeys(m.overlay.ErrorCodes), sortedKeys(m.overlay.Patterns), sortedKeys(m.overlay.PatternTexts),
		sortedKeys(m.overlay.PayloadTypes),
	} {
		for _, name := range names {
			if m.Shapes[name] == nil {
				return fmt.Errorf("overlay: no shape %s", name)
			}
		}
	}
	if m.Protocol.xml() && m.overlay.Namespace.Text == "" {
		return fmt.Errorf("overlay: a namespace is missing")
	}
	return nil
}
