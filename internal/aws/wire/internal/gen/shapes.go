package main

import (
	"strconv"
	"strings"
)

// shapes writes a Go type for every structure.
func (g *generator) shapes(f *file) {
	f.use("postern/internal/aws/wire")
	for _, name := range g.structures() {
		s := g.Shapes[name]
		f.p("// %s %s", goName(name), g.describe(name))
		f.p("type %s struct {", goName(name))
		for _, member := range s.Fields {
			f.p("%s %s // %s", goName(member.Name), g.goType(member), place(s, member))
		}
		f.p("}\n")
	}
}

func (g *generator) describe(name string) string {
	if op := g.operationOf[name]; op != "" {
		return "is the input of " + op + "."
	}
	if ops := g.outputOf[name]; len(ops) > 0 {
		return "is the answer of " + strings.Join(ops, ", ") + "."
	}
	return "is the API reference's " + name + "."
}

// place tells where a member travels and under which name.
func place(s *shape, f *field) string {
	var text string
	switch {
	case f.Name == s.Payload:
		text = "the whole body"
	case f.In == "uri":
		return "path: " + f.wire()
	case f.In == "querystring" && f.Shape == "MapOfStringToString":
		text = "query: every other parameter"
	case f.In == "querystring":
		text = "query: " + f.wire()
	case f.In == "header":
		text = "header: " + f.wire()
	default:
		text = f.wire()
	}
	if f.Required {
		text += ", required"
	}
	return text
}

// enums writes the constants of every enum and the sets that values are checked against.
func (g *generator) enums(f *file) {
	f.use("postern/internal/aws/wire")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if len(s.Enum) == 0 {
			continue
		}
		f.p("// The values of %s.", name)
		f.p("const (")
		for _, value := range s.Enum {
			f.p("%s = %q", enumName(name, value), value)
		}
		f.p(")\n")
	}
	f.p("// The sets as AWS prints them when a value is none of them.")
	f.p("var (")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if len(s.Enum) == 0 || !g.checked(name) {
			continue
		}
		printed, evidence := s.Enum, "order inferred: the model's"
		if order, ok := g.overlay.EnumOrder[name]; ok {
			printed, evidence = order.Printed, order.Evidence
		}
		f.p("// %s", evidence)
		f.p("enum%s = wire.NewEnum(%s)", goName(name), quoted(printed))
	}
	f.p(")\n")
	f.p("var (")
	for _, name := range sortedKeys(g.Shapes) {
		if s := g.Shapes[name]; s.Pattern != "" && g.checked(name) {
			f.p("pattern%s = wire.NewPattern(%s)", goName(name), strconv.Quote(s.Pattern))
		}
	}
	f.p(")")
}

// checked tells whether an input leads to the enum or pattern.
func (g *generator) checked(name string) bool {
	if g.read[name] {
		return true
	}
	for input := range g.operationOf {
		for _, f := range g.Shapes[input].Fields {
			if f.Shape == name {
				return true
			}
		}
	}
	return false
}

func quoted(values []string) string {
	quotes := make([]string, len(values))
	for i, value := range values {
		quotes[i] = strconv.Quote(value)
	}
	return strings.Join(quotes, ", ")
}
