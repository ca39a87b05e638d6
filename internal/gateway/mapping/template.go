package mapping

import (
	"sync"

	"postern/internal/gateway/message"
	"postern/vtl"
)

// Template is a compiled mapping template. It never changes: any number of exchanges may render it at once.
type Template struct {
	vtl   *vtl.Template
	err   error
	paths map[string]*compiledPath
}

// CompileTemplate compiles a mapping template; name is what its errors call it. A template that breaks the grammar
// compiles too: Render then returns what is wrong with it.
func CompileTemplate(name, source string) *Template {
	return compileTemplate(name, source, vtl.NullAsEmpty())
}

func compileTemplate(name, source string, opts ...vtl.Option) *Template {
	parsed, err := vtl.Parse(name, source, opts...)
	if err != nil {
		return &Template{err: err}
	}
	return &Template{vtl: parsed, paths: constantPaths(parsed.References())}
}

// constantPaths compiles the JSON paths that stand in the template as constants.
func constantPaths(refs []vtl.Reference) map[string]*compiledPath {
	paths := map[string]*compiledPath{}
	for i := range refs {
		if refs[i].Root != "input" || len(refs[i].Path) == 0 {
			continue
		}
		call := refs[i].Path[0]
		if call.Name != "path" && call.Name != "json" || len(call.Args) != 1 || !call.Args[0].Constant {
			continue
		}
		if text, ok := call.Args[0].Value.(string); ok && paths[text] == nil {
			paths[text] = compilePath(text)
		}
	}
	return paths
}

// Err returns what is wrong with a template that does not compile, else nil.
func (t *Template) Err() error { return t.err }

// Render appends the rendered template to dst. body is what $input reads: the client's body in a request template,
// the integration's in a response template; empty, it reads as {} (recorded AWS answer). What the template writes into
// $context.requestOverride and $context.responseOverride goes into x. On an error, which the client sees as 500, dst
// comes back with its old length.
func (t *Template) Render(x *message.Exchange, body []byte, dst []byte) ([]byte, error) {
	if t.err != nil {
		return dst, t.err
	}
	r := newRender(t, x, body)
	r.input.doc.brief = true
	defer r.end()
	return t.vtl.Append(dst, r)
}

// RenderTraced is Render, and calls trace for each reference and directive in the order of execution.
func (t *Template) RenderTraced(x *message.Exchange, body []byte, dst []byte, trace func(vtl.Event)) ([]byte, error) {
	if t.err != nil {
		return dst, t.err
	}
	return t.vtl.AppendTraced(dst, newRender(t, x, body), trace)
}

// render is one rendering: the variables that a template sees.
type render struct {
	x       *message.Exchange
	input   inputObject
	params  requestParams
	context contextObject
	written writtenTargets
}

// renders is memory for renderings. One that ended is only used again if nothing can have kept a part of it.
var renders = sync.Pool{New: func() any { return new(render) }}

func newRender(t *Template, x *message.Exchange, body []byte) *render {
	r := renders.Get().(*render) // the pool holds nothing else
	r.x = x
	r.params.x = x
	r.input.doc.body = body
	r.input.paths = t.paths
	r.input.missingIsText = true
	r.input.params = &r.params
	r.context = contextObject{r, contextVariables}
	return r
}

// end releases the rendering with the values that the template read from the body, unless the template may have left
// some of them in an override.
func (r *render) end() {
	if r.x.RequestOverride == nil && r.x.ResponseOverride == nil {
		r.input.doc.release()
		*r = render{}
		renders.Put(r)
	}
}

// Lookup implements vtl.Scope.
func (r *render) Lookup(name string) any {
	switch name {
	case "input":
		return &r.input
	case "util":
		return utilObject{}
	case "context":
		return &r.context
	case "stageVariables":
		return stageVariablesObject(r.x.StageVariables)
	case "method":
		return methodObject{&r.params}
	}
	return nil
}
