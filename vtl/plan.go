package vtl

// config is what options change.
type config struct {
	nullAsEmpty bool
	limits      Limits
}

// plan is a compiled template: nodes that hold slots instead of names, and constants instead of literals.
type plan struct {
	config  config
	symbols *symbols
	macros  map[string]*macro
	// escapable are the macros that an escape protects, for the templates of #evaluate.
	escapable map[string]bool
	root      node
}

func parse(name, source string, opts []Option) (*Template, error) {
	c := config{limits: Limits{}.withDefaults()}
	for _, o := range opts {
		o(&c)
	}
	t := &Template{name: name, source: source}
	if len(source) > c.limits.TemplateSize {
		return nil, &Error{Template: name, Line: 1, Column: 1, Message: ErrTemplateSize.Error(), Err: ErrTemplateSize}
	}
	t.plan = &plan{config: c, symbols: newSymbols(nil), macros: map[string]*macro{}, escapable: map[string]bool{}}
	cc := &compiler{
		t: t, symbols: t.plan.symbols, macros: t.plan.macros, escapable: t.plan.escapable, refs: &t.refs,
	}
	root, err := cc.compile(source, newPlaces(source, place{1, 1}))
	if err != nil {
		return nil, err
	}
	cc.link()
	t.plan.root = root
	sortReferences(t.refs)
	return t, nil
}

// compile compiles the text of an #evaluate that stands at the given place. Macros that it defines are known to the
// whole template from then on.
func (r *renderer) compile(source string, at place) (node, error) {
	p := r.t.plan
	if len(source) > p.config.limits.TemplateSize {
		return nil, r.fail(at, ErrTemplateSize)
	}
	if r.steps -= len(source) / 8; r.steps < 0 {
		return nil, r.fail(at, ErrSteps)
	}
	if err := r.grow(8 * len(source)); err != nil {
		return nil, r.fail(at, err)
	}
	if r.symbols == nil {
		r.symbols = newSymbols(p.symbols)
		r.macros = map[string]*macro{}
	}
	cc := &compiler{
		t: r.t, symbols: r.symbols, macros: r.macros, outer: p.macros,
		escapable: map[string]bool{}, dynamic: true,
	}
	root, err := cc.compile(source, fixedPlace(at))
	if err != nil {
		return nil, err
	}
	cc.link()
	for len(r.vars) < r.symbols.size() {
		r.vars = append(r.vars, unlooked)
	}
	return root, nil
}
