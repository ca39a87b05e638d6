package main

import "strings"

// errors writes the codes of the errors that the model declares.
func (g *generator) errors(f *file) {
	f.use("postern/internal/aws/awserr")
	f.p("// The errors that the model declares.")
	f.p("var (")
	for _, name := range sortedKeys(g.Shapes) {
		if s := g.Shapes[name]; s.Exception {
			f.p("%s = awserr.Code{Name: %q, Status: %d}", goName(name), g.errorCode(name), errorStatus(s))
		}
	}
	f.p(")\n")
	if g.Protocol == restJSON {
		g.errorForms(f)
	}
}

// errorCode is what an error is called on the wire.
func (g *generator) errorCode(name string) string {
	if code, ok := g.overlay.ErrorCodes[name]; ok {
		return code.Text
	}
	if g.Protocol == query {
		return strings.TrimSuffix(name, "Exception")
	}
	return name
}

func errorStatus(s *shape) int {
	if s.Status == 0 {
		return 400
	}
	return s.Status
}

// errorForms writes which members the errors have, where they differ.
func (g *generator) errorForms(f *file) {
	f.needs("postern/internal/aws/wire/restjson")
	f.p("// errorForms are the members of the errors' bodies, by code.")
	f.p("var errorForms = map[string]restjson.ErrorForm{")
	for _, name := range sortedKeys(g.Shapes) {
		s := g.Shapes[name]
		if !s.Exception {
			continue
		}
		form := []string{}
		for _, member := range s.Fields {
			switch member.Name {
			case "Message":
				form = append(form, "Capital: true")
			case "Type":
				form = append(form, "Typed: true")
			}
		}
		if len(form) > 0 {
			f.p("%q: {%s},", g.errorCode(name), strings.Join(form, ", "))
		}
	}
	f.p("}")
}
