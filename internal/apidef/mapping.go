package apidef

import (
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// Source tells what kind of thing a mapping expression names.
type Source int

// The kinds of mapping expression.
// Source: developer guide, "Parameter mapping source reference for REST APIs in API Gateway".
const (
	MethodRequest            Source = iota + 1 // method.request.{location}.{name}, method.request.body{.jsonpath}
	MethodResponseParam                        // method.response.header.{name}
	IntegrationRequest                         // integration.request.{location}.{name}
	IntegrationResponseParam                   // integration.response.{location}.{name}, integration.response.body{.jsonpath}
	GatewayResponseParam                       // gatewayresponse.{location}.{name}
	StageVariable                              // stageVariables.{name}
	ContextVariable                            // context.{name}
	Static                                     // 'text'
)

// The locations of a parameter.
const (
	InPath                  = "path"
	InQueryString           = "querystring"
	InHeader                = "header"
	InMultiValueQueryString = "multivaluequerystring"
	InMultiValueHeader      = "multivalueheader"
	InBody                  = "body"
)

// Expression is one side of a parameter mapping, taken apart.
type Expression struct {
	Source   Source
	Location string // one of In...; empty for stage variables, context and static text
	// Name is the parameter's or variable's name, the static text without its quotes, or, for a body, the rest of a
	// JSONPath behind "$": ".a.b", "[0].c" or "".
	Name string
}

// Fault tells how far a mapping expression is from being one.
type Fault int

// The three faults that AWS's messages tell apart.
const (
	Malformed Fault = iota + 1 // no mapping expression at all: "true"
	Misplaced                  // a parameter, but of the wrong location or form: "method.request.cookie.x"
	Misnamed                   // characters in the name that no parameter has
)

var expressionPrefixes = []struct {
	prefix    string
	source    Source
	locations []string
}{
	{"method.request.", MethodRequest, []string{InPath, InQueryString, InHeader, InMultiValueQueryString, InMultiValueHeader, InBody}},
	{"method.response.", MethodResponseParam, []string{InHeader}},
	{"integration.request.", IntegrationRequest, []string{InPath, InQueryString, InHeader, InMultiValueQueryString, InMultiValueHeader}},
	{"integration.response.", IntegrationResponseParam, []string{InHeader, InMultiValueHeader, InBody}},
	{"gatewayresponse.", GatewayResponseParam, []string{InHeader, InPath, InQueryString}},
}

// ParseExpression takes a mapping expression apart; a fault other than 0 says that it is none.
func ParseExpression(s string) (Expression, Fault) {
	switch {
	case len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'':
		return Expression{Source: Static, Name: s[1 : len(s)-1]}, 0
	case strings.HasPrefix(s, "stageVariables."):
		return parseVariable(StageVariable, s[len("stageVariables."):])
	case strings.HasPrefix(s, "context."):
		return parseVariable(ContextVariable, s[len("context."):])
	}
	for _, p := range expressionPrefixes {
		if rest, ok := strings.CutPrefix(s, p.prefix); ok {
			return parseParameter(p.source, p.locations, rest)
		}
	}
	return Expression{}, Malformed
}

func parseVariable(source Source, name string) (Expression, Fault) {
	if name == "" || !isParameterName(name) {
		return Expression{}, Malformed
	}
	return Expression{Source: source, Name: name}, 0
}

func parseParameter(source Source, locations []string, rest string) (Expression, Fault) {
	if slices.Contains(locations, InBody) {
		if path, ok := strings.CutPrefix(rest, InBody); ok && (path == "" || len(path) > 1 && (path[0] == '.' || path[0] == '[')) {
			return Expression{Source: source, Location: InBody, Name: path}, 0
		}
	}
	location, name, _ := strings.Cut(rest, ".")
	switch {
	case location == InBody || !slices.Contains(locations, location) || name == "":
		return Expression{}, Misplaced
	case !isParameterName(name):
		return Expression{}, Misnamed
	}
	return Expression{Source: source, Location: location, Name: name}, 0
}

// parameterName is the pattern as AWS's message prints it; isParameterName is the same by hand.
const parameterName = "^[a-zA-Z0-9:._$-]+$"

func isParameterName(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == ':', c == '.', c == '_', c == '$', c == '-':
		default:
			return false
		}
	}
	return s != ""
}

// faults gathers what is wrong with one map of mappings, as AWS's validation result does.
type faults []string

func (f *faults) malformed(s string) { *f = append(*f, "Invalid mapping expression specified: "+s) }
func (f *faults) misplaced(s string) {
	*f = append(*f, "Invalid mapping expression parameter specified: "+s)
}

func (f *faults) add(fault Fault, s string) {
	switch fault {
	case Malformed:
		f.malformed(s)
	case Misplaced:
		f.misplaced(s)
	case Misnamed:
		*f = append(*f, "Parameter name should match the following regular expression: "+parameterName)
	}
}

// err is nil without faults. Recorded AWS answer: PutMethod, requestParameters {"true": true}.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return awserr.BadRequest.Errorf("Invalid mapping expression specified: %s", validationResult(f...))
}

// validationResult is the text in which AWS reports what its definition checker found.
func validationResult(errors ...string) string {
	return "Validation Result: warnings : [], errors : [" + strings.Join(errors, ", ") + "]"
}

// checkKey checks the left side of a mapping.
func (f *faults) checkKey(key string, source Source, locations ...string) {
	e, fault := ParseExpression(key)
	switch {
	case fault != 0:
		f.add(fault, key)
	case e.Source == Static || e.Source == StageVariable || e.Source == ContextVariable:
		f.malformed(key)
	case e.Source != source || !slices.Contains(locations, e.Location):
		f.misplaced(key)
	}
}

// checkValue checks the right side of a mapping whose parameters may come from source. A malformed right side is
// answered as malformed whatever its form.
func (f *faults) checkValue(value string, source Source) (e Expression, ok bool) {
	e, fault := ParseExpression(value)
	switch {
	case fault == Misnamed:
		f.add(fault, value)
	case fault != 0:
		f.malformed(value)
	case e.Source != source && e.Source != Static && e.Source != StageVariable && e.Source != ContextVariable:
		f.malformed(value)
	default:
		return e, true
	}
	return e, false
}

// checkDeclared checks that a method request parameter that a mapping reads is declared on the method: that one is of its
// name, wherever it stands.
// Recorded AWS answer: PutIntegration mapped querystring.param1 of a method that declares path.param1 only.
func (f *faults) checkDeclared(e Expression, value string, method *Method) {
	if e.Source != MethodRequest || e.Location == InBody || method == nil {
		return
	}
	for key := range method.RequestParameters {
		if own, fault := ParseExpression(key); fault == 0 && own.Name == e.Name {
			return
		}
	}
	f.misplaced(value)
}
