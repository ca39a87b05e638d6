package main

import "strings"

// formDecoders writes the functions that read forms, one for each structure.
func (g *generator) formDecoders(f *file) {
	f.use("postern/internal/aws/wire/query")
	for _, name := range g.structures() {
		s := g.Shapes[name]
		if !g.read[name] {
			continue
		}
		n := "n"
		if len(s.Fields) == 0 {
			n = "_"
		}
		f.p("func decode%s(%s *query.Node, x *%s) {", goName(name), n, goName(name))
		for _, member := range s.Fields {
			f.p("x.%s = %s", goName(member.Name), g.formValue(member))
		}
		f.p("}\n")
	}
}

// formValue is the expression that reads a member.
func (g *generator) formValue(member *field) string {
	name := member.wire()
	if g.Protocol == ec2 {
		name = ec2Name(member)
	}
	place := "n.Child(" + quoted([]string{name}) + ")"
	switch s := g.Shapes[member.Shape]; s.Type {
	case "list":
		element := g.listElement(s)
		if g.Protocol == ec2 {
			element = "" // source: EC2's requests, "Filter.1.Value.1"
		}
		return "query.List(" + place + ", " + quoted([]string{element}) + ", " + g.formDecoder(s.Member) + ")"
	case "map":
		return "query.Map(" + place + ", " + g.formDecoder(s.Value) + ")"
	}
	return "query.Optional(" + place + ", " + g.formDecoder(member.Shape) + ")"
}

// ec2Name is a member's name in EC2's requests: that of the answers with a capital.
func ec2Name(f *field) string {
	name := f.wire()
	return strings.ToUpper(name[:1]) + name[1:]
}

func (g *generator) listElement(s *shape) string {
	if s.MemberWire != "" {
		return s.MemberWire
	}
	return "member"
}

func (g *generator) formDecoder(name string) string {
	if scalar := g.scalar(name); scalar != "" {
		return "query." + scalar
	}
	return "decode" + goName(name)
}

// xmlEncoders writes the functions that write what stands inside an element, one for each structure.
func (g *generator) xmlEncoders(f *file) {
	f.use("postern/internal/aws/wire/xmlwire")
	for _, name := range g.structures() {
		s := g.Shapes[name]
		if !g.written[name] {
			continue
		}
		if len(s.Fields) == 0 {
			f.p("func encode%s(*xmlwire.Writer, *%s) {}\n", goName(name), goName(name))
			continue
		}
		f.p("func encode%s(w *xmlwire.Writer, x *%s) {", goName(name), goName(name))
		for _, member := range s.Fields {
			g.xmlMember(f, member)
		}
		f.p("}\n")
	}
}

func (g *generator) xmlMember(f *file, member *field) {
	goField := "x." + goName(member.Name)
	switch s := g.Shapes[member.Shape]; s.Type {
	case "list":
		f.p("xmlwire.List(w, %q, %q, %s, %s)", member.wire(), g.listElement(s), goField, g.xmlEncoder(s.Member))
	case "map":
		f.p("xmlwire.Map(w, %q, %s, %s)", member.wire(), goField, g.xmlEncoder(s.Value))
	default:
		f.p("xmlwire.Optional(w, %q, %s, %s)", member.wire(), goField, g.xmlEncoder(member.Shape))
	}
}

func (g *generator) xmlEncoder(name string) string {
	if scalar := g.scalar(name); scalar != "" {
		return "xmlwire." + scalar
	}
	return "encode" + goName(name)
}
