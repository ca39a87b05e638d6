package main

import (
	"slices"
	"strconv"
	"strings"
)

// shapes writes a Go type for every structure.
func (g *generator) shapes(f *file) {
	if len(g.overlay.Streams.Members) > 0 {
		f.use("io")
	}
	if g.usesTimes() {
		f.use("", "postern/internal/aws/wire")
	}
	for _, name := range g.structures() {
		s := g.Shapes[name]
		f.p("// %s %s", goName(name), g.describe(name))
		f.p("type %s struct {", goName(name))
		for _, member := range s.Fields {
			f.p("%s %s // %s", goName(member.Name), g.goType(name, member), g.place(s, member))
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
func (g *generator) place(s *shape, f *field) string {
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
	case f.In == "statusCode":
		text = "the HTTP status"
	case g.Protocol == ec2 && g.operationsRead(s):
		text = ec2Name(f)
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
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if len(s.Enum) == 0 || !g.reached(name) {
			continue
		}
		f.p("// The values of %s.", name)
		f.p("const (")
		for _, value := range s.Enum {
			f.p("%s = %q", enumName(name, value), value)
		}
		f.p(")\n")
	}
	g.sets(f)
	g.patterns(f)
	g.texts(f)
}

// sets writes the sets that values are checked against.
func (g *generator) sets(f *file) {
	block := f.block("// The sets as AWS prints them when a value is none of them.")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if len(s.Enum) == 0 || !g.checked(name) {
			continue
		}
		printed, evidence := s.Enum, "order inferred: the model's"
		if order, ok := g.overlay.EnumOrder[name]; ok {
			printed, evidence = order.Printed, order.Evidence
		}
		block.p("// %s", evidence)
		block.p("enum%s = wire.NewEnum(%s)", goName(name), quoted(printed))
	}
	block.end()
}

// patterns writes the expressions that values are checked against.
func (g *generator) patterns(f *file) {
	block := f.block("")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if s.Type != "string" || s.Pattern == "" || len(s.Enum) > 0 || !g.checked(name) {
			continue
		}
		if expression := g.expression(name); expression != s.Pattern {
			block.p("pattern%s = wire.NewPatternAs(%s,\n%s)", goName(name), strconv.Quote(s.Pattern), strconv.Quote(expression))
			continue
		}
		block.p("pattern%s = wire.NewPattern(%s)", goName(name), strconv.Quote(s.Pattern))
	}
	block.end()
}

// texts writes what the elements of lists, and the keys and values of maps, must satisfy.
func (g *generator) texts(f *file) {
	block := f.block("")
	for _, name := range sortedKeys(g.Shapes) {
		if !g.textsOf(name) || !g.elementOfInput(name) || g.overlay.InputNamed.Holds {
			continue
		}
		s := g.Shapes[name]
		var parts []string
		if len(s.Enum) > 0 {
			parts = append(parts, "Enum: enum"+goName(name))
		} else if s.Pattern != "" {
			parts = append(parts, "Pattern: pattern"+goName(name))
		}
		if s.Min != "" && s.Min != "0" {
			parts = append(parts, "Low: "+s.Min.String())
		}
		if s.Max != "" {
			parts = append(parts, "High: "+s.Max.String())
		}
		block.p("texts%s = &wire.Texts{%s}", goName(name), strings.Join(parts, ", "))
	}
	block.end()
}

// elementOfInput tells whether a shape is the member of a list or a key or value of a map that an input leads to.
func (g *generator) elementOfInput(name string) bool {
	for other, s := range g.Shapes {
		if (s.Member == name || s.Key == name || s.Value == name) && g.checked(other) {
			return true
		}
	}
	return false
}

// checked tells whether an input leads to the shape.
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
	for other, s := range g.Shapes {
		if (s.Member == name || s.Key == name || s.Value == name) && g.checked(other) {
			return true
		}
	}
	return false
}

// reached tells whether an input, an output or an error leads to the shape.
func (g *generator) reached(name string) bool {
	if g.written[name] || g.checked(name) {
		return true
	}
	for _, s := range g.Shapes {
		if s.Exception && slices.ContainsFunc(s.Fields, func(f *field) bool { return f.Shape == name }) {
			return true
		}
	}
	for output := range g.outputOf {
		for _, f := range g.Shapes[output].Fields {
			if f.Shape == name {
				return true
			}
		}
	}
	return false
}

// usesTimes tells whether a structure has a time.
func (g *generator) usesTimes() bool {
	for _, name := range g.structures() {
		for _, f := range g.Shapes[name].Fields {
			s := g.Shapes[f.Shape]
			if s.Type == "timestamp" || s.Type == "list" && g.Shapes[s.Member].Type == "timestamp" {
				return true
			}
		}
	}
	return false
}

// operationsRead tells whether a structure is an operation's input, or stands in inputs only.
func (g *generator) operationsRead(s *shape) bool {
	for name, other := range g.Shapes {
		if other == s {
			return g.read[name] && !g.written[name]
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
