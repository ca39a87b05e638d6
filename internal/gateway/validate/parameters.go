// Package validate checks requests against what their method requires.
//
// What comes in: an exchange before its integration. What goes out: nil, or the 400 that AWS answers, as a
// *gatewayresponse.Error. It never changes an exchange.
//
// Sources: developer guide, "Request validation for REST APIs in API Gateway"; recorded AWS answers (request validator).
package validate

import (
	"context"
	"slices"
	"strings"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
)

// Parameters are the parameters that a method requires.
type Parameters struct{ required []parameter }

type parameter struct {
	name  string
	value func(x *message.Exchange, name string) string
}

// CompileParameters compiles a method's requestParameters: those mapped to true are required. A nil result requires
// nothing.
func CompileParameters(declared map[string]bool) *Parameters {
	var keys []string
	for key, required := range declared {
		if required {
			keys = append(keys, key)
		}
	}
	// The message names them in the order of their full keys: header, path, querystring (recorded AWS answer).
	slices.Sort(keys)
	var p Parameters
	for _, key := range keys {
		if name, ok := strings.CutPrefix(key, "method.request.header."); ok {
			p.required = append(p.required, parameter{name, header})
		} else if name, ok := strings.CutPrefix(key, "method.request.path."); ok {
			p.required = append(p.required, parameter{name, path})
		} else if name, ok := strings.CutPrefix(key, "method.request.querystring."); ok {
			p.required = append(p.required, parameter{name, query})
		}
	}
	if len(p.required) == 0 {
		return nil
	}
	return &p
}

// Check is the step that answers 400 unless each required parameter is present and not blank. There is no check of its
// form.
func (p *Parameters) Check(_ context.Context, x *message.Exchange) error {
	var missing []string
	for i := range p.required {
		r := &p.required[i]
		if strings.TrimSpace(r.value(x, r.name)) == "" {
			missing = append(missing, r.name)
		}
	}
	if missing == nil {
		return nil
	}
	return gatewayresponse.MissingParameters(missing)
}

// header compares names without case: over HTTP/2 they arrive in lower case (inferred).
func header(x *message.Exchange, name string) string {
	value, _ := x.Request.Header.GetFold(name)
	return value
}

func path(x *message.Exchange, name string) string {
	value, _ := x.PathParameters.Get(name)
	return value
}

func query(x *message.Exchange, name string) string {
	value, _ := x.Query.Get(name)
	return value
}
