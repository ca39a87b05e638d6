package lambda

import (
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/store"
)

// latest is the version that is edited.
const latest = "$LATEST"

// ref is what a caller names: a function, and perhaps a version or an alias of it.
type ref struct {
	scope store.Scope
	name  string
	// qualifier is empty when none was given.
	qualifier string
}

// clone is a copy that shares no memory with r.
func (r ref) clone() ref {
	return ref{
		scope: store.Scope{Account: strings.Clone(r.scope.Account), Region: strings.Clone(r.scope.Region)},
		name:  strings.Clone(r.name), qualifier: strings.Clone(r.qualifier),
	}
}

// key is what the index of functions is asked for.
type key struct{ account, region, name string }

func (r ref) key() key { return key{r.scope.Account, r.scope.Region, r.name} }

// arn is the function's ARN, with the qualifier that was given.
func (r ref) arn() string {
	text := functionARN(r.scope, r.name)
	if r.qualifier != "" {
		text += ":" + r.qualifier
	}
	return text
}

func functionARN(s store.Scope, name string) string {
	return "arn:" + arn.Partition(s.Region) + ":lambda:" + s.Region + ":" + s.Account + ":function:" + name
}

// parseRef reads a function's name, partial ARN or ARN, each with or without a qualifier, and a qualifier given apart.
// Source: Lambda API reference, Invoke, FunctionName.
func parseRef(scope store.Scope, function, qualifier string) (ref, error) {
	r := ref{scope: scope, qualifier: qualifier}
	rest := function
	if text, ok := strings.CutPrefix(rest, "arn:"); ok {
		_, text, _ = strings.Cut(text, ":") // partition
		if text, ok = strings.CutPrefix(text, "lambda:"); !ok {
			return r, errNoSuchName(function)
		}
		r.scope.Region, text, _ = strings.Cut(text, ":")
		rest = text
	}
	if len(rest) > 13 && rest[12] == ':' && isDigits(rest[:12]) {
		r.scope.Account, rest = rest[:12], rest[13:]
	}
	rest, _ = strings.CutPrefix(rest, "function:")
	name, embedded, has := strings.Cut(rest, ":")
	if name == "" || strings.Contains(embedded, ":") || has && embedded == "" {
		return r, errNoSuchName(function)
	}
	r.name = name
	if has {
		if qualifier != "" && qualifier != embedded {
			return r, model.InvalidParameterValueException.Errorf("The derived qualifier from the function name does not match the specified qualifier.")
		}
		r.qualifier = embedded
	}
	return r, nil
}

func errNoSuchName(function string) error {
	return model.InvalidParameterValueException.Errorf("Invalid function name or ARN: %s", function)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// target reads whom an operation is about. An ARN of another region is not reachable there.
// Known AWS answer: GetFunction with an ARN of another region.
func target(call *wire.Call, function string, qualifier *string) (ref, error) {
	given := ""
	if qualifier != nil {
		given = *qualifier
	}
	r, err := parseRef(scopeOf(call), function, given)
	if err != nil {
		return r, err
	}
	if r.scope.Region != call.Region {
		return r, model.ResourceNotFoundException.Errorf("Functions from '%s' are not reachable in this region ('%s')", r.scope.Region, call.Region)
	}
	return r, nil
}

// unqualified is target for operations that are about a function as a whole.
func unqualified(call *wire.Call, function string) (ref, error) {
	r, err := target(call, function, nil)
	if err == nil && r.qualifier != "" {
		return r, model.InvalidParameterValueException.Errorf("This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.")
	}
	return r, err
}

// errNoFunction is the answer for a function, version or alias that is not there. Known AWS answer: GetFunction.
func errNoFunction(r ref) error {
	return model.ResourceNotFoundException.Errorf("Function not found: %s", r.arn())
}
