package main

import "strconv"

// rpcRequests writes, for each operation of the protocols that have no paths, the function that decodes and checks its
// input.
func (g *generator) rpcRequests(f *file) {
	in := "n *query.Node"
	if g.Protocol == jsonRPC {
		in = "req *message.Request"
		f.use("postern/internal/aws/wire/awsjson", "postern/internal/gateway/message")
	} else {
		f.use("postern/internal/aws/wire/query")
	}
	for _, name := range sortedKeys(g.Operations) {
		input := g.Operations[name].Input
		f.p("func read%s(%s, x *%s) error {", goName(input), in, goName(input))
		failed := "n.Err()"
		if g.Protocol == jsonRPC {
			failed = "awsjson.Body(req, x, decode" + goName(input) + ")"
		} else {
			f.p("decode%s(n, x)", goName(input))
		}
		if !g.constrained[input] {
			f.p("return %s\n}\n", failed)
			continue
		}
		f.needs("postern/internal/aws/wire")
		f.p("if err := %s; err != nil {\nreturn err\n}", failed)
		f.p("var v wire.Violations\nx.check(&v)\nreturn %s\n}\n", g.violated(f))
	}
}

// violated is the expression that turns the violations v into an error.
func (g *generator) violated(f *file) string {
	switch code := g.overlay.ValidationCode.Text; {
	case g.Protocol == ec2:
		f.needs("postern/internal/aws/wire/ec2query")
		return "ec2query.Check(&v)"
	case code != "":
		f.needs("postern/internal/aws/awserr")
		return "v.ErrAs(awserr.Code{Name: " + strconv.Quote(code) + ", Status: 400})"
	}
	return "v.Err()"
}

// rpcService writes the constructor with its operations.
func (g *generator) rpcService(f *file) {
	pkg, operation, create := "query", "query", "query.New(query.Options{Namespace: "+strconv.Quote(g.overlay.Namespace.Text)+
		", Version: "+strconv.Quote(g.Version)+"}, operations(h))"
	switch g.Protocol {
	case ec2:
		create = "ec2" + create
		f.use("log/slog", "", "postern/internal/aws/wire", "postern/internal/aws/wire/ec2query", "postern/internal/aws/wire/query")
	case jsonRPC:
		pkg, operation = "awsjson", "awsjson"
		create = "awsjson.New(" + strconv.Quote(g.TargetPrefix) + ", operations(h))"
		f.use("log/slog", "", "postern/internal/aws/wire", "postern/internal/aws/wire/awsjson")
	default:
		f.use("log/slog", "", "postern/internal/aws/wire", "postern/internal/aws/wire/query")
	}
	f.p("// NewService gives the service that serves every operation with h. What goes wrong inside is written to log.")
	f.p("func NewService(h Handler, log *slog.Logger) *wire.Service {")
	f.p("return wire.NewService(%q, %s, log)\n}\n", g.SigningName, create)
	f.p("func operations(h Handler) []%s.Operation {", operation)
	f.p("return []%s.Operation{", operation)
	for _, name := range sortedKeys(g.Operations) {
		op := g.Operations[name]
		if op.Output == "" {
			f.p("%s.HandleEmpty(%q, read%s, h.%s),", pkg, name, goName(op.Input), goName(name))
			continue
		}
		f.p("%s.Handle(%q, read%s, h.%s, encode%s),", pkg, name, goName(op.Input), goName(name), goName(op.Output))
	}
	f.p("}\n}")
}
