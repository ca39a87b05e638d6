package main

import "strconv"

// constraints writes the functions that check inputs against the model: first the members of the body, then those of
// the path, then the others, each in the order of the model (recorded AWS answer: patchOperations before statusCode).
func (g *generator) constraints(f *file) {
	f.use("postern/internal/aws/wire")
	for _, name := range g.structures() {
		if !g.constrained[name] || (!g.read[name] && g.operationOf[name] == "") {
			continue
		}
		s := g.Shapes[name]
		f.p("func (x *%s) check(v *wire.Violations) {", goName(name))
		op := g.operationOf[name]
		entered := op != "" && g.overlay.InputNamed.Holds && g.checksAny(name, inBody(s))
		if entered {
			f.p("v.Enter(%q)", lowerFirst(op)+"Input")
		}
		for _, member := range inBody(s) {
			g.checkMember(f, name, member)
		}
		if entered {
			f.p("v.Leave()")
		}
		for _, in := range []string{"uri", "querystring", "header"} {
			for _, member := range s.Fields {
				if member.In == in {
					g.checkMember(f, name, member)
				}
			}
		}
		f.p("}\n")
	}
}

func (g *generator) checksAny(name string, fields []*field) bool {
	for _, f := range fields {
		if g.checks(name, f) {
			return true
		}
	}
	return false
}

// inBody are the members that are the body or stand in it.
func inBody(s *shape) []*field {
	var fields []*field
	for _, f := range s.Fields {
		if f.In == "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// checks tells whether a member has anything to check.
func (g *generator) checks(structure string, f *field) bool {
	s := g.Shapes[f.Shape]
	switch {
	case f.Required && f.In != "uri", g.constrained[f.Shape]:
		return true
	case g.overlay.Unchecked.has(structure, f):
		return false
	case s.constrained():
		return true
	case s.Type == "list":
		return g.constrained[s.Member] || g.textsOf(s.Member)
	case s.Type == "map":
		return g.textsOf(s.Key) || g.textsOf(s.Value)
	}
	return false
}

// textsOf tells whether a shape is a text with constraints.
func (g *generator) textsOf(name string) bool {
	s := g.Shapes[name]
	return s.Type == "string" && s.constrained()
}

func (g *generator) checkMember(f *file, structure string, member *field) {
	s, goField, said := g.Shapes[member.Shape], "x."+goName(member.Name), lowerFirst(member.Name)
	if member.Required && member.In != "uri" {
		f.p("v.Required(%s == nil, %q)", goField, said)
	}
	if !g.checks(structure, member) || g.overlay.Unchecked.has(structure, member) {
		return
	}
	pointer := goField
	if member.In == "uri" {
		pointer = "&" + goField
	}
	switch s.Type {
	case "structure":
		if g.constrained[member.Shape] {
			f.p("if %s != nil {", goField)
			f.p("v.Enter(%q)\n%s.check(v)\nv.Leave()\n}", said, goField)
		}
	case "string":
		g.checkText(f, member.Shape, pointer, said)
	case "integer", "long", "double", "float":
		g.checkBounds(f, s, "wire.At%s(v, "+pointer+", %s, "+strconv.Quote(said)+")")
	case "blob":
		g.checkBounds(f, s, "v.BlobAt%s("+goField+", %s, "+strconv.Quote(said)+")")
	case "list":
		g.checkBounds(f, s, "wire.ListAt%s(v, "+goField+", %s, "+strconv.Quote(said)+")")
		g.checkElements(f, s, goField, said)
	case "map":
		g.checkBounds(f, s, "wire.MapAt%s(v, "+goField+", %s, "+strconv.Quote(said)+")")
		if g.textsOf(s.Key) {
			f.p("wire.Keys(v, %s, texts%s, %q)", goField, goName(s.Key), said)
		}
		if g.textsOf(s.Value) {
			f.p("v.Entries(%s, texts%s, %q)", goField, goName(s.Value), said)
		}
	}
}

// checkText checks one text: its set or its pattern, then its length.
func (g *generator) checkText(f *file, name, pointer, said string) {
	s := g.Shapes[name]
	special, ok := g.overlay.PatternTexts[name]
	switch {
	case len(s.Enum) > 0:
		f.p("v.Enum(%s, enum%s, %q)", pointer, goName(name), said)
	case s.Pattern != "" && ok:
		f.p("v.PatternText(%s, pattern%s, %q, %q)", pointer, goName(name), said, special.Text)
	case s.Pattern != "":
		f.p("v.Pattern(%s, pattern%s, %q)", pointer, goName(name), said)
	}
	g.checkBounds(f, s, "v.LengthAt%s("+pointer+", %s, "+strconv.Quote(said)+")")
}

// checkBounds writes call, which takes Least or Most and the bound, for the bounds that the shape has.
func (g *generator) checkBounds(f *file, s *shape, call string) {
	if s.Max != "" {
		f.p(call, "Most", s.Max)
	}
	if s.Min != "" && (s.Min != "0" || isNumber(s)) {
		f.p(call, "Least", s.Min)
	}
}

func isNumber(s *shape) bool {
	return s.Type == "integer" || s.Type == "long" || s.Type == "double" || s.Type == "float"
}

func (g *generator) checkElements(f *file, s *shape, goField, said string) {
	switch member := g.Shapes[s.Member]; {
	case len(member.Enum) > 0 && g.overlay.InputNamed.Holds:
		f.p("v.EnumList(%s, enum%s, %q)", goField, goName(s.Member), said)
	case g.textsOf(s.Member):
		f.p("v.Elements(%s, texts%s, %q)", goField, goName(s.Member), said)
	case g.constrained[s.Member]:
		f.p("if len(%s) > 0 {", goField)
		f.p("v.Enter(%q)", said)
		f.p("for i := range %s {", goField)
		f.p("v.EnterElement(i)\n%s[i].check(v)\nv.Leave()\n}\nv.Leave()\n}", goField)
	}
}
