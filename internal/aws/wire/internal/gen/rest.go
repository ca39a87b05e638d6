package main

import (
	"strconv"
	"strings"
)

// requests writes, for each operation, the function that decodes and checks its input, and the functions that write
// outputs which are no JSON.
func (g *generator) requests(f *file) {
	f.use("postern/internal/aws/wire", "postern/internal/aws/wire/restjson", "postern/internal/gateway/message")
	for _, name := range sortedKeys(g.Operations) {
		g.request(f, g.Operations[name])
	}
	for _, name := range sortedKeys(g.outputOf) {
		if s := g.Shapes[name]; s.Payload != "" || len(body(s)) == 0 {
			g.payloadAnswer(f, name, s)
		}
	}
}

func (g *generator) request(f *file, op *operation) {
	name, s := goName(op.Input), g.Shapes[op.Input]
	f.p("func read%s(in *restjson.Input, x *%s) error {", name, name)
	path, query, _ := strings.Cut(op.Path, "?")
	parameters := pathParameters(path)
	bound := boundQuery(s, query)
	for _, member := range s.Fields {
		goField := "x." + goName(member.Name)
		switch {
		case member.In == "uri":
			f.p("%s = in.URI(%d)", goField, index(parameters, member.wire()))
		case member.In == "header":
			f.p("%s = in.Header(%q)", goField, member.wire())
		case member.In == "querystring":
			f.p("%s = %s", goField, g.queryValue(member, bound))
		case member.Name == s.Payload:
			f.p("%s = in.Blob()", goField)
		}
	}
	if len(body(s)) > 0 {
		f.p("restjson.Body(in, x, decode%s)", name)
	}
	if !g.constrained[op.Input] {
		f.p("return in.Err()\n}\n")
		return
	}
	f.p("if err := in.Err(); err != nil {\nreturn err\n}")
	f.p("var v wire.Violations\nx.check(&v)\nreturn v.Err()\n}\n")
}

func (g *generator) queryValue(member *field, bound []string) string {
	switch g.Shapes[member.Shape].Type {
	case "list":
		return "in.QueryList(" + strconv.Quote(member.wire()) + ")"
	case "map":
		return "in.QueryMap(" + quoted(bound) + ")"
	case "boolean":
		return "in.QueryBool(" + strconv.Quote(member.wire()) + ")"
	case "integer":
		return "in.QueryInt(" + strconv.Quote(member.wire()) + ")"
	}
	return "in.Query(" + strconv.Quote(member.wire()) + ")"
}

// payloadAnswer writes the function for an output whose body is one member, or which has none.
func (g *generator) payloadAnswer(f *file, name string, s *shape) {
	f.p("func write%s(resp *message.Response, x *%s) {", goName(name), goName(name))
	if contentType, ok := g.overlay.PayloadTypes[name]; ok {
		f.p("resp.Header.Add(\"Content-Type\", %q)", contentType.Text)
	}
	for _, member := range s.Fields {
		goField := "x." + goName(member.Name)
		switch {
		case member.In == "statusCode":
			f.p("if %s != nil {\nresp.Status = *%s\n}", goField, goField)
		case member.In == "header":
			f.p("if %s != nil {\nresp.Header.Add(%q, *%s)\n}", goField, member.wire(), goField)
		case g.overlay.Streams.has(name, member):
			f.p("resp.Stream = %s", goField)
		case member.Name == s.Payload:
			f.p("resp.Body = %s", goField)
		}
	}
	f.p("}\n")
}

// service writes the constructor with its route table.
func (g *generator) service(f *file) {
	f.use("log/slog", "", "postern/internal/aws/wire", "postern/internal/aws/wire/restjson")
	f.p("// NewService gives the service that serves every operation with h. What goes wrong inside is written to log.")
	f.p("func NewService(h Handler, log *slog.Logger) *wire.Service {")
	create := "restjson.New(operations(h))"
	if g.Service != "apigateway" {
		create = "restjson.NewWith(operations(h), errorForms)"
	}
	f.p("return wire.NewService(%q, %s, log)\n}\n", g.SigningName, create)
	f.p("// operations is the route table.")
	f.p("func operations(h Handler) []restjson.Operation {")
	f.p("return []restjson.Operation{")
	for _, name := range sortedKeys(g.Operations) {
		op := g.Operations[name]
		path, query, _ := strings.Cut(op.Path, "?")
		status := op.Status
		if status == 0 {
			status = 200
		}
		route := "restjson.Route{Name: " + strconv.Quote(name) + ", Method: " + strconv.Quote(op.Method) +
			", Path: " + strconv.Quote(path)
		if query != "" {
			route += ", Query: " + strconv.Quote(query)
		}
		route += ", Status: " + strconv.Itoa(status) + "}"
		in := "read" + goName(op.Input)
		if op.Output == "" {
			f.p("restjson.HandleEmpty(%s,\n%s, h.%s),", route, in, goName(name))
			continue
		}
		out := "restjson.JSON(encode" + goName(op.Output) + ")"
		if s := g.Shapes[op.Output]; s.Payload != "" || len(body(s)) == 0 {
			out = "write" + goName(op.Output)
		}
		f.p("restjson.Handle(%s,\n%s, h.%s, %s),", route, in, goName(name), out)
	}
	f.p("}\n}")
}

// pathParameters are the names in braces, in order.
func pathParameters(path string) []string {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
		}
	}
	return names
}

// boundQuery are the query parameters that have a meaning of their own.
func boundQuery(s *shape, query string) []string {
	var names []string
	if query != "" {
		name, _, _ := strings.Cut(query, "=")
		names = append(names, name)
	}
	for _, f := range s.Fields {
		if f.In == "querystring" && f.Shape != "MapOfStringToString" {
			names = append(names, f.wire())
		}
	}
	return names
}

func index(list []string, value string) int {
	for i := range list {
		if list[i] == value {
			return i
		}
	}
	panic("no path parameter " + value)
}
