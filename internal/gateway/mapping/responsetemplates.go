package mapping

// ResponseTemplates is a compiled responseTemplates map of an integration response.
type ResponseTemplates struct{ templates templates }

// CompileResponseTemplates compiles the responseTemplates of an integration response. The error is nil: a template
// that does not compile keeps its error for Render.
func CompileResponseTemplates(m map[string]string) (*ResponseTemplates, error) {
	return &ResponseTemplates{compileTemplates("response template ", m)}, nil
}

// Choose returns the template for a client that sent the given Accept header, empty when it sent none, and the
// Content-Type of the answer. Only the header's first entry counts. Without a template for it, that of
// application/json is used, else the one under $default, else the first (recorded AWS answer: application/json's
// for Accept: image/png; the others are inferred). tmpl is nil when there is no template at all; the body is then
// unchanged.
func (r *ResponseTemplates) Choose(accept string) (tmpl *Template, contentType string) {
	if r == nil || len(r.templates) == 0 {
		return nil, applicationJSON
	}
	chosen := r.templates.of(MediaType(accept))
	if chosen == nil {
		chosen = r.templates.of(applicationJSON)
	}
	if chosen == nil {
		chosen = r.templates.of(defaultTemplate)
	}
	if chosen == nil {
		chosen = &r.templates[0]
	}
	if chosen.mediaType == defaultTemplate {
		return chosen.template, applicationJSON
	}
	return chosen.template, chosen.mediaType
}
