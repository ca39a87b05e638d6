package main

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
		if op != "" && g.checksAny(inBody(s)) {
			f.p("v.Enter(%q)", lowerFirst(op)+"Input")
		}
		for _, member := range inBody(s) {
			g.checkMember(f, member)
		}
		if op != "" && g.checksAny(inBody(s)) {
			f.p("v.Leave()")
		}
		for _, in := range []string{"uri", "querystring", "header"} {
			for _, member := range s.Fields {
				if member.In == in {
					g.checkMember(f, member)
				}
			}
		}
		f.p("}\n")
	}
}

func (g *generator) checksAny(fields []*field) bool { return g.needsCheck(&shape{Fields: fields}) }

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

func (g *generator) checkMember(f *file, member *field) {
	target, goField := g.Shapes[member.Shape], "x."+goName(member.Name)
	if member.Required && member.In != "uri" {
		f.p("v.Required(%s == nil, %q)", goField, member.Name)
	}
	pointer := goField
	if member.In == "uri" {
		pointer = "&" + goField
	}
	switch {
	case len(target.Enum) > 0:
		f.p("v.Enum(%s, enum%s, %q)", pointer, goName(member.Shape), member.Name)
	case target.Pattern != "":
		f.p("v.Pattern(%s, pattern%s, %q)", pointer, goName(member.Shape), member.Name)
	case target.Type == "structure" && g.constrained[member.Shape]:
		f.p("if %s != nil {", goField)
		f.p("v.Enter(%q)\n%s.check(v)\nv.Leave()\n}", member.Name, goField)
	case target.Type == "list" && len(g.Shapes[target.Member].Enum) > 0:
		f.p("v.EnumList(%s, enum%s, %q)", goField, goName(target.Member), member.Name)
	case target.Type == "list" && g.constrained[target.Member]:
		f.p("if len(%s) > 0 {", goField)
		f.p("v.Enter(%q)", member.Name)
		f.p("for i := range %s {", goField)
		f.p("v.EnterElement(i)\n%s[i].check(v)\nv.Leave()\n}\nv.Leave()\n}", goField)
	}
}
