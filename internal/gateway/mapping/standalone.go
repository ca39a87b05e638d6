package mapping

import (
	"errors"

	"postern/java"
	"postern/vtl"
)

// Variables are what a template reads when there is no exchange: values that stood in files.
type Variables struct {
	// Body is what $input reads; empty, it reads as {}.
	Body []byte
	// Params has the keys path, querystring and header, a map each.
	Params *java.Map
	// Context is $context. RenderStandalone adds the maps of requestOverride and responseOverride where they are
	// missing, and templates write into them.
	Context *java.Map
	// StageVariables is $stageVariables.
	StageVariables *java.Map
}

// RenderStandalone appends the template to dst as a gateway renders it, with the variables v. trace, unless nil, is
// called for each reference and directive in the order of execution.
func (t *Template) RenderStandalone(v *Variables, dst []byte, trace func(vtl.Event)) ([]byte, error) {
	if v.Context == nil {
		v.Context = &java.Map{}
	}
	for name, overrides := range map[string]*java.Map{
		requestOverride:  emptyOverrides("path", "header", "querystring"),
		responseOverride: emptyOverrides("header"),
	} {
		if _, ok := v.Context.GetString(name); !ok {
			v.Context.Put(name, overrides)
		}
	}
	s := newStandalone(t, v)
	s.context = &standaloneContext{overrideObject{m: v.Context}, &s.written}
	return s.render(t, dst, trace)
}

// standalone is one rendering of a template without an exchange.
type standalone struct {
	input          inputObject
	context        any
	stageVariables any
	written        writtenTargets
}

func newStandalone(t *Template, v *Variables) *standalone {
	return &standalone{
		input: inputObject{
			doc:           document{body: v.Body},
			paths:         t.paths,
			missingIsText: true,
			params:        mapParams{orEmpty(v.Params)},
		},
		context:        orEmpty(v.Context),
		stageVariables: orEmpty(v.StageVariables),
	}
}

func orEmpty(m *java.Map) *java.Map {
	if m == nil {
		return &java.Map{}
	}
	return m
}

func (s *standalone) render(t *Template, dst []byte, trace func(vtl.Event)) ([]byte, error) {
	switch {
	case t.err != nil:
		return dst, t.err
	case trace != nil:
		return t.vtl.AppendTraced(dst, s, trace)
	}
	return t.vtl.Append(dst, s)
}

// Lookup implements vtl.Scope.
func (s *standalone) Lookup(name string) any {
	switch name {
	case "input":
		return &s.input
	case "util":
		return utilObject{}
	case "context":
		return s.context
	case "stageVariables":
		return s.stageVariables
	case "method":
		return methodObject{s.input.params}
	}
	return nil
}

// standaloneContext is $context over a map: only its override maps can be written.
type standaloneContext struct {
	overrideObject
	overrides *writtenTargets
}

// Property implements vtl.Object.
func (c *standaloneContext) Property(name string) (any, bool) {
	v, ok := c.overrideObject.Property(name)
	if o, isMap := v.(*overrideObject); isMap && (name == requestOverride || name == responseOverride) {
		o.written = c.overrides
	}
	return v, ok
}

// Index implements vtl.Indexer.
func (c *standaloneContext) Index(key any) (any, bool, error) {
	v, ok := c.Property(java.String(key))
	return v, ok, nil
}

// mapParams is what $input.params reads when the parameters stand in a map of maps, whose values may be of any kind.
type mapParams struct{ groups *java.Map }

func (p mapParams) all() any { return p.groups }

func (p mapParams) find(name string) (any, error) {
	for _, group := range paramGroups {
		v, _ := p.groups.GetString(group)
		if v == nil {
			continue
		}
		m, ok := v.(*java.Map)
		if !ok {
			return nil, errors.New("params: " + group + " is no map")
		}
		if v, _ := m.GetString(name); v != nil {
			return v, nil
		}
	}
	return "", nil
}
