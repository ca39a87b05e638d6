package main

import "strings"

// handler writes the Handler interface and Unimplemented.
func (g *generator) handler(f *file) {
	f.use("context", "", "postern/internal/aws/wire")
	f.p("// Handler is what the service does: one method an operation, named as the API reference names it.")
	f.p("//")
	f.p("// An input has passed the model's constraints: its required members are never nil. A method returns an")
	f.p("// *awserr.Error for what AWS refuses; any other error is answered as InternalFailure. It keeps nothing of")
	f.p("// call.Request, and no []byte of its input, after it returned.")
	f.p("type Handler interface {")
	for _, name := range sortedKeys(g.Operations) {
		f.p("%s(ctx context.Context, call *wire.Call, in *%s) %s", goName(name), goName(g.Operations[name].Input), g.results(name))
	}
	f.p("}\n")
	if g.Service != "apigateway" {
		f.p("// Unimplemented refuses every operation, as AWS refuses one that nobody knows. A Handler embeds it to answer for")
		f.p("// what it does not have.")
	} else {
		f.p("// Unimplemented refuses every operation with 501. A Handler embeds it to answer for what it does not have yet.")
	}
	f.p("type Unimplemented struct{}\n")
	for _, name := range sortedKeys(g.Operations) {
		if g.Service == "apigateway" {
			f.p("// %s answers 501.", goName(name))
		} else {
			f.p("// %s refuses.", goName(name))
		}
		f.p("func (Unimplemented) %s(context.Context, *wire.Call, *%s) %s {", goName(name), goName(g.Operations[name].Input), g.results(name))
		nothing := ""
		if g.Operations[name].Output != "" {
			nothing = "nil, "
		}
		f.p("return %swire.Unimplemented(%q)\n}\n", nothing, name)
	}
}

func (g *generator) results(name string) string {
	if output := g.Operations[name].Output; output != "" {
		return "(*" + goName(output) + ", error)"
	}
	return "error"
}

// recorder writes the tests' Handler, which notes each input and answers with what the test gives it.
func (g *generator) recorder(f *file) {
	f.use("context", "", "postern/internal/aws/wire")
	f.p("// recorder notes which operation was called with which input, and gives each output to fill.")
	f.p("type recorder struct {")
	f.p("operation string\ninput any\nfill func(output any)\n}\n")
	f.p("func (r *recorder) note(operation string, input, output any) {")
	f.p("r.operation, r.input = operation, input")
	f.p("if output != nil && r.fill != nil {\nr.fill(output)\n}\n}\n")
	for _, name := range sortedKeys(g.Operations) {
		op := g.Operations[name]
		f.p("func (r *recorder) %s(_ context.Context, _ *wire.Call, in *%s) %s {", goName(name), goName(op.Input), g.results(name))
		if op.Output == "" {
			f.p("r.note(%q, in, nil)\nreturn nil\n}\n", name)
			continue
		}
		f.p("out := new(%s)\nr.note(%q, in, out)\nreturn out, nil\n}\n", goName(op.Output), name)
	}
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }
