package vtl

import "errors"

// Limits bound what one template may cost. A zero field means the default. Each bound but LoopIterations has an
// error value of its own, which errors.Is finds in the *Error of Parse or Append.
type Limits struct {
	// TemplateSize is the longest source. Unit: bytes. Default: 300 KiB. Beyond: ErrTemplateSize.
	TemplateSize int
	// LoopIterations is how often one #foreach repeats; then it ends quietly, as Velocity's
	// directive.foreach.maxloops does. Default: 1000.
	LoopIterations int
	// Nesting is how deep directives, literals and calls may nest in the source. Default: 200. Beyond: ErrNesting.
	Nesting int
	// MacroDepth is how deep macros may call each other. Default: 20, Velocity's. Beyond: ErrMacroDepth.
	MacroDepth int
	// Output is the longest rendered text. Unit: bytes. Default: 10 MiB. Beyond: ErrOutput.
	Output int
	// Steps is how many directives, references and operations one rendering may evaluate. Default: 5,000,000.
	// Beyond: ErrSteps.
	Steps int
	// ValueSize bounds all strings and list elements that one rendering makes, together. Unit: bytes, an element
	// counts 16. Default: 64 MiB. Beyond: ErrValueSize.
	ValueSize int
}

// The bounds that a template can exceed.
var (
	ErrTemplateSize = errors.New("template is too large")
	ErrNesting      = errors.New("template nests too deeply")
	ErrMacroDepth   = errors.New("macros call each other too deeply")
	ErrOutput       = errors.New("output is too long")
	ErrSteps        = errors.New("template takes too many steps")
	ErrValueSize    = errors.New("values take too much memory")
)

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.TemplateSize, 300 << 10},
		{&l.LoopIterations, 1000},
		{&l.Nesting, 200},
		{&l.MacroDepth, 20},
		{&l.Output, 10 << 20},
		{&l.Steps, 5_000_000},
		{&l.ValueSize, 64 << 20},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return l
}
