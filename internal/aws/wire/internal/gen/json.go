package main

// decoders writes the functions that read JSON bodies: one for each structure, list and map that is a value itself.
func (g *generator) decoders(f *file) {
	f.use("postern/internal/aws/wire/jsonwire")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		switch {
		case !g.read[name]:
		case s.Type == "structure" && (len(body(s)) > 0 || g.Protocol == jsonRPC):
			g.decodeStructure(f, name, s)
		case (s.Type == "list" || s.Type == "map") && g.nested(name, g.read):
			f.p("func decode%s(r *jsonwire.Reader, x *%s) {", goName(name), g.element(name))
			f.p("*x = %s", g.decodeValue(name, false))
			f.p("}\n")
		}
	}
}

func (g *generator) decodeStructure(f *file, name string, s *shape) {
	x := "x"
	if len(body(s)) == 0 {
		x = "_"
	}
	f.p("func decode%s(r *jsonwire.Reader, %s *%s) {", goName(name), x, goName(name))
	f.p("if !r.Open() {\nreturn\n}")
	f.p("for r.Next() {")
	if len(body(s)) == 0 {
		f.p("r.Skip()\n}\n}\n")
		return
	}
	f.p("switch r.Key() {")
	for _, member := range body(s) {
		f.p("case %q:", member.wire())
		f.p("x.%s = %s", goName(member.Name), g.decodeValue(member.Shape, g.overlay.NullReadAsEmpty.has(name, member)))
	}
	f.p("default:\nr.Skip()")
	f.p("}\n}\n}\n")
}

// decodeValue is the expression that reads a member of this shape.
func (g *generator) decodeValue(name string, nullAsEmpty bool) string {
	switch s := g.Shapes[name]; {
	case s.Type == "list":
		return "jsonwire.List(r, " + g.decoder(s.Member) + ")"
	case s.Type == "map" && nullAsEmpty:
		return "jsonwire.MapNullEmpty(r, " + g.decoder(s.Value) + ")"
	case s.Type == "map":
		return "jsonwire.Map(r, " + g.decoder(s.Value) + ")"
	case s.Type == "blob":
		return "jsonwire.Bytes(r)"
	}
	return "jsonwire.Optional(r, " + g.decoder(name) + ")"
}

func (g *generator) decoder(name string) string {
	if scalar := g.scalar(name); scalar != "" {
		return "jsonwire." + scalar
	}
	return "decode" + goName(name)
}

// encoders writes the functions that write JSON bodies.
func (g *generator) encoders(f *file) {
	f.use("postern/internal/aws/wire/jsonwire")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		switch {
		case !g.written[name]:
		case s.Type == "structure" && len(body(s)) > 0:
			f.p("func encode%s(b []byte, x *%s) []byte {", goName(name), goName(name))
			f.p("b = append(b, '{')")
			byWire := map[string]*field{}
			for _, member := range body(s) {
				byWire[member.wire()] = member
			}
			for _, wire := range sortedKeys(byWire) {
				g.encodeMember(f, name, byWire[wire])
			}
			f.p("return append(b, '}')\n}\n")
		case s.Type == "list" && g.nested(name, g.written):
			f.p("func encode%s(b []byte, x *%s) []byte {", goName(name), g.element(name))
			f.p("return jsonwire.AppendList(b, *x, %s)\n}\n", g.encoder(s.Member))
		case s.Type == "map" && g.nested(name, g.written):
			f.p("func encode%s(b []byte, x *%s) []byte {", goName(name), g.element(name))
			f.p("return jsonwire.AppendMap(b, *x, %s)\n}\n", g.encoder(s.Value))
		}
	}
}

func (g *generator) encodeMember(f *file, name string, member *field) {
	function, encoder := "AppendOptional", ""
	switch s := g.Shapes[member.Shape]; s.Type {
	case "list":
		function, encoder = "AppendListMember", g.encoder(s.Member)
	case "map":
		function, encoder = "AppendMapMember", g.encoder(s.Value)
		if g.overlay.EmptyWrittenAsNull.has(name, member) {
			encoder = "jsonwire.AppendStringOrNull"
		}
	default:
		encoder = g.encoder(member.Shape)
	}
	if g.Shapes[member.Shape].Type == "blob" {
		f.p("b = jsonwire.AppendBytes(b, %q, x.%s)", member.wire(), goName(member.Name))
		return
	}
	f.p("b = jsonwire.%s(b, %q, x.%s, %s)", function, member.wire(), goName(member.Name), encoder)
}

func (g *generator) encoder(name string) string {
	if scalar := g.scalar(name); scalar != "" {
		return "jsonwire.Append" + scalar
	}
	return "encode" + goName(name)
}

// nested tells whether a list or map is the value of another one, and so needs a function of its own.
func (g *generator) nested(name string, reached map[string]bool) bool {
	for other, s := range g.Shapes {
		if reached[other] && (s.Member == name || s.Value == name) {
			return true
		}
	}
	return false
}
