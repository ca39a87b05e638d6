package vtl

import "io"

// Template is a parsed and compiled template. It never changes after Parse: any number of goroutines may render it
// at the same time.
type Template struct {
	name   string
	source string
	plan   *plan
	refs   []Reference
}

// Option changes how Parse compiles a template.
type Option func(*config)

// NullAsEmpty makes every reference that resolves to null (an undefined variable, a missing key, a method that
// returns null) evaluate to the empty string, in the output and in expressions. Default: such a reference prints its
// source text and is null in expressions, as Velocity does when nothing handles invalid references.
func NullAsEmpty() Option { return func(c *config) { c.nullAsEmpty = true } }

// WithLimits replaces the bounds that a template must keep. A field that is zero keeps its default (see Limits).
func WithLimits(l Limits) Option { return func(c *config) { c.limits = l.withDefaults() } }

// Parse compiles source. name is what errors call the template. A template that breaks the grammar of Velocity 1.7
// gives an *Error for which errors.Is(err, ErrSyntax) holds; one that is too large, ErrTemplateSize.
func Parse(name, source string, opts ...Option) (*Template, error) {
	return parse(name, source, opts)
}

// Name is the name that was given to Parse.
func (t *Template) Name() string { return t.name }

// Render writes the rendered text to w in one piece. Nothing is written when the template fails.
func (t *Template) Render(w io.Writer, scope Scope) error {
	out, err := t.Append(nil, scope)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// Append renders the template and appends the text to dst. On failure it returns dst with its old length and an
// *Error that tells template, line and column.
func (t *Template) Append(dst []byte, scope Scope) ([]byte, error) {
	return t.render(dst, scope, nil)
}

// AppendTraced is Append, and calls trace for each reference that was evaluated and each directive that was
// executed, in the order of execution.
func (t *Template) AppendTraced(dst []byte, scope Scope, trace func(Event)) ([]byte, error) {
	return t.render(dst, scope, trace)
}

// References lists every reference of the source in the order in which they occur, also those in string literals
// and macro bodies. The caller must not change the result.
func (t *Template) References() []Reference { return t.refs }
