package vtl

type config struct {
	nullAsEmpty bool
	limits      Limits
}

type plan struct{ text []byte }

func parse(name, source string, opts []Option) (*Template, error) {
	c := config{limits: Limits{}.withDefaults()}
	for _, o := range opts {
		o(&c)
	}
	return &Template{name: name, plan: &plan{text: []byte(source)}}, nil
}

func (t *Template) render(dst []byte, _ Scope, _ func(Event)) ([]byte, error) {
	return append(dst, t.plan.text...), nil
}
