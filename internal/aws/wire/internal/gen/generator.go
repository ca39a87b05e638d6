package main

// generator writes one service's package.
type generator struct {
	*model
	// operationOf names the operation whose input a shape is.
	operationOf map[string]string
	// outputOf names the operations whose output a shape is.
	outputOf map[string][]string
	// read and written are the shapes that bodies of requests and of answers reach.
	read, written map[string]bool
	// constrained are the structures with something to validate in them.
	constrained map[string]bool
}

func newGenerator(m *model) *generator {
	g := &generator{
		model: m, operationOf: map[string]string{}, outputOf: map[string][]string{},
		read: map[string]bool{}, written: map[string]bool{}, constrained: map[string]bool{},
	}
	for _, name := range sortedKeys(m.Operations) {
		op := m.Operations[name]
		g.operationOf[op.Input] = name
		g.reach(g.read, op.Input)
		if op.Output != "" {
			g.outputOf[op.Output] = append(g.outputOf[op.Output], name)
			g.reach(g.written, op.Output)
		}
	}
	for changed := true; changed; {
		changed = false
		for name, s := range m.Shapes {
			if !g.constrained[name] && s.Type == "structure" && !s.Exception && g.checksAny(name, s.Fields) {
				g.constrained[name], changed = true, true
			}
		}
	}
	return g
}

// reach marks a shape and all that its body leads to.
func (g *generator) reach(seen map[string]bool, name string) {
	if name == "" || seen[name] {
		return
	}
	seen[name] = true
	s := g.Shapes[name]
	g.reach(seen, s.Member)
	g.reach(seen, s.Value)
	for _, f := range s.Fields {
		if f.In == "" && !g.overlay.Streams.has(name, f) {
			g.reach(seen, f.Shape)
		}
	}
}

// structures are the names of the structures that are Go types, sorted: the inputs, the outputs and what they lead to.
func (g *generator) structures() []string {
	var names []string
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if s.Type == "structure" && !s.Exception && (g.read[name] || g.written[name]) {
			names = append(names, name)
		}
	}
	return names
}

// body are the fields of a structure that its JSON object holds.
func body(s *shape) []*field {
	var fields []*field
	for _, f := range s.Fields {
		if f.In == "" && f.Name != s.Payload {
			fields = append(fields, f)
		}
	}
	return fields
}

// element is the Go type of a value of this shape in a list or a map.
func (g *generator) element(name string) string {
	switch s := g.Shapes[name]; s.Type {
	case "string":
		return "string"
	case "boolean":
		return "bool"
	case "integer":
		return "int"
	case "long":
		return "int64"
	case "double", "float":
		return "float64"
	case "timestamp":
		return "wire." + g.timestamp()
	case "blob":
		return "[]byte"
	case "list":
		return "[]" + g.element(s.Member)
	case "map":
		return "map[string]" + g.element(s.Value)
	}
	return goName(name)
}

// goType is the Go type of a member of the structure.
func (g *generator) goType(structure string, f *field) string {
	switch g.Shapes[f.Shape].Type {
	case "list", "map", "blob":
		return g.element(f.Shape)
	}
	if g.overlay.Streams.has(structure, f) {
		return "io.ReadCloser"
	}
	if f.In == "uri" {
		return g.element(f.Shape)
	}
	return "*" + g.element(f.Shape)
}

// scalar is the name of the codec function of a simple type: String, Bool, Int ...; empty for the others.
func (g *generator) scalar(name string) string {
	return map[string]string{
		"string": "String", "boolean": "Bool", "integer": "Int", "long": "Int64", "double": "Float64",
		"float": "Float64", "timestamp": g.timestamp(), "blob": "Blob",
	}[g.Shapes[name].Type]
}

// timestamp is the Go type of times.
func (g *generator) timestamp() string {
	if g.overlay.Fractions.Holds {
		return "Millis"
	}
	return "Timestamp"
}
