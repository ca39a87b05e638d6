package integration

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// Responses chooses and applies the integration responses of one method, for the types that have them: HTTP, AWS and
// MOCK.
type Responses struct {
	// choices have a selection pattern, in the order of their statuses. AWS documents no order for several that match.
	choices []response
	// own are the choices by their statuses, as text.
	own      map[string]*response
	fallback *response
}

// response is one integration response, compiled.
type response struct {
	pattern    *pattern
	status     int
	parameters *mapping.ResponseParameters
	templates  *mapping.ResponseTemplates
	payload    responsePayload
	// broken is what choosing this response answers.
	broken error
}

// CompileResponses compiles the integration responses of a method. What AWS accepts but cannot run is answered when it
// is chosen, and spares the others. binary is the API's binaryMediaTypes.
func CompileResponses(m *apidef.Method, binary BinaryMediaTypes) *Responses {
	r := &Responses{}
	for _, in := range slices.SortedFunc(maps.Values(m.Integration.Responses), byStatus) {
		c := compileResponse(in, m, binary)
		if in.SelectionPattern != nil && *in.SelectionPattern != "" {
			r.choices = append(r.choices, c)
		} else if r.fallback == nil {
			r.fallback = &c
		}
	}
	r.own = make(map[string]*response, len(r.choices))
	for i := range r.choices {
		r.own[strconv.Itoa(r.choices[i].status)] = &r.choices[i]
	}
	return r
}

func byStatus(a, b *apidef.IntegrationResponse) int { return cmp.Compare(a.StatusCode, b.StatusCode) }

func compileResponse(in *apidef.IntegrationResponse, m *apidef.Method, binary BinaryMediaTypes) response {
	c := response{payload: responsePayload{binary, in.ContentHandling}}
	var err error
	if in.SelectionPattern != nil && *in.SelectionPattern != "" {
		if c.pattern, err = compilePattern(*in.SelectionPattern); err != nil {
			c.broken = gatewayresponse.Configuration(fmt.Sprintf("Invalid selection pattern %q", *in.SelectionPattern))
		}
	}
	if c.status, err = strconv.Atoi(in.StatusCode); err != nil || m.MethodResponses[in.StatusCode] == nil {
		c.broken = gatewayresponse.Configuration("Output mapping refers to an invalid method response: " + in.StatusCode)
	}
	if c.parameters, err = mapping.CompileResponseParameters(remapKeys(in.ResponseParameters)); err != nil {
		c.broken = gatewayresponse.Configuration("Invalid response parameter mapping: " + err.Error())
	}
	if c.templates, err = mapping.CompileResponseTemplates(in.ResponseTemplates); err != nil {
		c.broken = gatewayresponse.Transformation()
	}
	if len(in.ResponseTemplates) == 0 {
		c.templates = nil
	}
	return c
}

// remapKeys gives headers that cannot leave under their own names the ones that they leave under.
func remapKeys(parameters map[string]string) map[string]string {
	const prefix = "method.response.header."
	out := make(map[string]string, len(parameters))
	for key, value := range parameters {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			if name = mappedResponseName(name); name == "" {
				continue
			}
			key = prefix + name
		}
		out[key] = value
	}
	return out
}

// choose returns the integration response for a selection text: of those whose pattern matches the one that has this very
// status (public report, measured), or the first, else the default.
func (r *Responses) choose(x *message.Exchange) (*response, error) {
	if c := r.own[x.IntegrationResponse.Selection]; c != nil && c.pattern != nil {
		if ok, err := c.pattern.matches(x.IntegrationResponse.Selection); ok && err == nil {
			return c, c.broken
		}
	}
	for i := range r.choices {
		c := &r.choices[i]
		if c.pattern == nil {
			return nil, c.broken // a pattern that cannot be read might match
		}
		switch ok, err := c.pattern.matches(x.IntegrationResponse.Selection); {
		case err != nil:
			return nil, gatewayresponse.Configuration("Unable to match selection pattern: " + err.Error())
		case ok:
			return c, c.broken
		}
	}
	if r.fallback == nil {
		return nil, gatewayresponse.Configuration("No match for output mapping and no default output mapping configured. " +
			"Endpoint Response Status Code: " + strconv.Itoa(x.IntegrationResponse.Status))
	}
	return r.fallback, r.fallback.broken
}

// Apply makes x.Response of x.IntegrationResponse: status, mapped headers, body, overrides, and the trace id if a backend
// was called. x.Response must be empty; the backend's body may lie in its memory.
func (r *Responses) Apply(x *message.Exchange) error {
	c, err := r.choose(x)
	if err != nil {
		return err
	}
	x.Response.Status = c.status
	if err := c.parameters.Apply(x); err != nil {
		return gatewayresponse.Transformation().WithLog("Execution failed due to configuration error: Unable to transform response")
	}
	if x.Called {
		x.Response.Header.SetFold("X-Amzn-Trace-Id", x.TraceID)
	}
	if err := c.body(x); err != nil {
		return err
	}
	if x.ResponseOverride != nil {
		mapping.ApplyResponseOverrides(x)
		remapOverridden(&x.Response.Header)
	}
	return nil
}

// body converts the payload, renders the template and sets the default Content-Type.
func (c *response) body(x *message.Exchange) error {
	in := &x.IntegrationResponse
	converted, bytes, err := c.payload.convert(x)
	if err != nil {
		return err
	}
	var t *mapping.Template
	contentType := "application/json"
	if c.templates != nil {
		accept, _ := x.Request.Header.GetFold("Accept")
		t, contentType = c.templates.Choose(accept)
	}
	switch {
	case t == nil:
		x.Response.Body = converted
	case bytes:
		return gatewayresponse.Transformation() // a template cannot read bytes (recorded AWS answer)
	default:
		// The body that the template reads may lie in the response's own memory, so that the two change places.
		rendered, err := t.Render(x, converted, in.Buffer[:0])
		if err != nil {
			x.Trace.Notef("%v", err)
			return gatewayresponse.Transformation()
		}
		in.Buffer = x.Response.Memory()
		x.Response.SetBody(rendered)
	}
	if _, ok := x.Response.Header.GetFold("Content-Type"); !ok {
		x.Response.Header.Add("Content-Type", contentType)
	}
	return nil
}

// remapOverridden renames and drops headers that an override set. Those that a mapping set have left under their new
// names already.
func remapOverridden(h *message.Pairs) {
	kept := (*h)[:0]
	for _, p := range *h {
		if p.Name = mappedResponseName(p.Name); p.Name != "" {
			kept = append(kept, p)
		}
	}
	clear((*h)[len(kept):])
	*h = kept
}
