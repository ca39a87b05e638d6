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
			if !g.constrained[name] && s.Type == "structure" && !s.Exception && g.needsCheck(s) {
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
		if f.In == "" {
			g.reach(seen, f.Shape)
		}
	}
}

func (g *generator) needsCheck(s *shape) bool {
	for _, f := range s.Fields {
		target := g.Shapes[f.Shape]
		switch {
		case f.Required && f.In != "uri", len(target.Enum) > 0, target.Pattern != "", g.constrained[f.Shape]:
			return true
		case target.Type == "list":
			if member := g.Shapes[target.Member]; len(member.Enum) > 0 || g.constrained[target.Member] {
				return true
			}
		}
	}
	return false
}

// structures are the names of the structures that are Go types, sorted.
func (g *generator) structures() []string {
	var names []string
	for _, name := range sortedKeys(g.Shapes) {
		if s := g.Shapes[name]; s.Type == "structure" && !s.Exception {
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
		return "wire.Timestamp"
	case "blob":
		return "[]byte"
	case "list":
		return "[]" + g.element(s.Member)
	case "map":
		return "map[string]" + g.element(s.Value)
	}
	return goName(name)
}

// goType is the Go type of a member.
func (g *generator) goType(f *field) string {
	switch g.Shapes[f.Shape].Type {
	case "list", "map", "blob":
		return g.element(f.Shape)
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
		"float": "Float64", "timestamp": "Timestamp", "blob": "Blob",
	}[g.Shapes[name].Type]
}
