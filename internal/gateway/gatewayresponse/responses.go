package gatewayresponse

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

// Responses are the gateway responses of one deployment. A nil *Responses holds AWS's own.
type Responses struct{ custom [kinds]*response }

// response is a customer's gateway response, compiled.
type response struct {
	status    int // 0: the error's own
	headers   []header
	templates []typedTemplate
}

// header is one gatewayresponse.header.NAME with its value.
type header struct {
	name  string
	value template
}

type typedTemplate struct {
	contentType string
	template    template
}

// builtIn is what a type answers that nobody customized.
var builtIn = &response{templates: []typedTemplate{{"application/json", compileTemplate(defaultTemplate)}}}

// Compile compiles the gateway responses of a deployment. A type that is not among them follows DEFAULT_4XX or
// DEFAULT_5XX as a whole, if that is set; there is no inheritance member by member.
// Source: recorded AWS answer (gateway response put).
func Compile(set []*apidef.GatewayResponse) *Responses {
	if len(set) == 0 {
		return nil
	}
	r := &Responses{}
	for _, g := range set {
		if k, ok := kindOf(g.ResponseType); ok {
			r.custom[k] = compile(g)
		}
	}
	for k := range kinds {
		if r.custom[k] == nil {
			r.custom[k] = r.custom[k.class()]
		}
	}
	return r
}

func compile(g *apidef.GatewayResponse) *response {
	c := &response{}
	if status, err := strconv.Atoi(g.StatusCode); err == nil && status >= 200 { // an interim status ends no exchange
		c.status = status
	}
	for _, key := range slices.Sorted(maps.Keys(g.ResponseParameters)) {
		if name, ok := strings.CutPrefix(key, "gatewayresponse.header."); ok {
			c.headers = append(c.headers, header{name, compileHeaderValue(g.ResponseParameters[key])})
		}
	}
	for _, contentType := range slices.Sorted(maps.Keys(g.ResponseTemplates)) {
		c.templates = append(c.templates, typedTemplate{contentType, compileTemplate(g.ResponseTemplates[contentType])})
	}
	if len(c.templates) == 0 {
		c.templates = builtIn.templates
	}
	return c
}

// compileHeaderValue compiles 'text', method.request.*, context.* or stageVariables.*.
func compileHeaderValue(value string) template {
	if len(value) >= 2 && value[0] == '\'' && value[len(value)-1] == '\'' {
		return template{{text: value[1 : len(value)-1]}}
	}
	if p, n := bareVariable(value); n == len(value) && n > 0 {
		return template{p}
	}
	return template{{text: value}}
}

// Answer ends x with err: it fills x.Error and x.Response. An error that is no *Error is a fault of the gateway, and
// answered as Internal.
func (r *Responses) Answer(x *message.Exchange, err error) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = Internal
	}
	f := failure{x, e}
	x.Error = &message.Error{
		ResponseType: e.Type(), Message: e.message, MessageString: e.messageString(), ValidationErrorString: e.validation,
	}
	out := x.Response
	out.Reset()
	c := r.of(e)
	out.Status = e.statusOf(c)
	if e.fixed != "" {
		out.Header.Add("Content-Type", e.contentType)
		out.Header.Add("x-amzn-ErrorType", e.errorTypeName())
		out.SetBody(append(out.Memory(), e.fixed...))
		return
	}
	t := c.choose(x)
	out.Header.Add("Content-Type", t.contentType)
	out.Header.Add("x-amzn-ErrorType", e.errorTypeName())
	if c == builtIn && e.form == capital {
		out.SetBody(append(out.Memory(), `{"Message":`+x.Error.MessageString+`}`...))
	} else {
		out.SetBody(t.template.append(out.Memory(), &f))
	}
	for i := range c.headers {
		h := &c.headers[i]
		out.Header.SetFold(h.name, message.HeaderValue(string(h.value.append(nil, &f))))
	}
}

func (r *Responses) of(e *Error) *response {
	if r == nil || e.fixed != "" || r.custom[e.kind] == nil {
		return builtIn
	}
	return r.custom[e.kind]
}

// statusOf is the customer's status, the error's own, or its type's.
func (e *Error) statusOf(c *response) int {
	switch {
	case c.status != 0:
		return c.status
	case e.status != 0:
		return e.status
	}
	return kindTable[e.kind].status
}

func (e *Error) errorTypeName() string {
	if e.errorType != "" {
		return e.errorType
	}
	return kindTable[e.kind].errorType
}

// choose takes the template for the first type of the client's Accept header, else that for application/json, else the
// first (inferred).
func (c *response) choose(x *message.Exchange) *typedTemplate {
	if len(c.templates) == 1 {
		return &c.templates[0]
	}
	accept, _ := x.Request.Header.GetFold("Accept")
	if i := strings.IndexAny(accept, ",;"); i >= 0 {
		accept = accept[:i]
	}
	for _, want := range [...]string{strings.TrimSpace(accept), "application/json"} {
		for i := range c.templates {
			if c.templates[i].contentType == want {
				return &c.templates[i]
			}
		}
	}
	return &c.templates[0]
}
