package mapping

import (
	"fmt"
	"maps"
	"slices"

	"postern/internal/gateway/message"
)

// The values of passthroughBehavior. Source: API Gateway API reference, Integration, passthroughBehavior.
const (
	whenNoMatch     = "WHEN_NO_MATCH"
	whenNoTemplates = "WHEN_NO_TEMPLATES"
	neverPass       = "NEVER"
)

// defaultTemplate is the key of the template for every other media type.
const defaultTemplate = "$default"

// RequestTemplates is a compiled requestTemplates map of an integration, with its passthrough behavior.
type RequestTemplates struct {
	templates templates
	// passUnmatched tells whether a body passes through when no template matches its media type.
	passUnmatched bool
}

// CompileRequestTemplates compiles the requestTemplates of an integration. An empty passthroughBehavior is
// WHEN_NO_MATCH; one that AWS does not know is an error. A template that does not compile is none: its error comes
// out of Render, as on AWS, where a broken template answers 500 when it is used.
func CompileRequestTemplates(m map[string]string, passthroughBehavior string) (*RequestTemplates, error) {
	r := &RequestTemplates{templates: compileTemplates("request template ", m)}
	switch passthroughBehavior {
	case "", whenNoMatch:
		r.passUnmatched = true
	case whenNoTemplates:
		r.passUnmatched = len(m) == 0
	case neverPass:
	default:
		return nil, fmt.Errorf("unknown passthrough behavior %q", passthroughBehavior)
	}
	return r, nil
}

// Choose returns the template for a request with the given Content-Type header, empty when the request has none.
// Without a template, passThrough tells whether the body goes to the integration as it is; otherwise the answer is
// 415. A nil r passes everything through.
// Source: API Gateway developer guide, "Method request behavior for payloads without mapping templates".
func (r *RequestTemplates) Choose(contentType string) (tmpl *Template, passThrough bool) {
	if r == nil {
		return nil, true
	}
	if t := r.templates.of(MediaType(contentType)); t != nil {
		return t.template, false
	}
	if t := r.templates.of(defaultTemplate); t != nil {
		return t.template, false
	}
	return nil, r.passUnmatched
}

// templates lists a map's templates by media type, in the order of their keys.
type templates []keyedTemplate

type keyedTemplate struct {
	mediaType string
	template  *Template
}

func compileTemplates(name string, m map[string]string) templates {
	var list templates
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, keyedTemplate{key, CompileTemplate(name+key, m[key])})
	}
	return list
}

func (l templates) of(mediaType string) *keyedTemplate {
	for i := range l {
		if message.EqualFold(l[i].mediaType, mediaType) {
			return &l[i]
		}
	}
	return nil
}
