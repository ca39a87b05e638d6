package mapping

import (
	"errors"

	"postern/java"
)

// inputObject is $input.
// Source: API Gateway developer guide, "Variables for data transformations for API Gateway", $input.
type inputObject struct {
	doc document
	// paths are the JSON paths that stand in the template as constants, compiled when the template was.
	paths map[string]*compiledPath
	// recent keeps the paths that this rendering put together itself, the next to be replaced at turn.
	recent [4]struct {
		text string
		path *compiledPath
	}
	turn uint8
	// missingIsText tells that $input.json of nothing is "" in quotes, not null.
	missingIsText bool
	params        params
}

// params is what $input.params reads.
type params interface {
	// all is $input.params(), a map with the keys path, querystring and header.
	all() any
	// find is $input.params(name): from the path, else the query string, else the headers, else "".
	find(name string) (any, error)
}

// inputMethods are the names that $input answers to; body is a property.
var inputMethods = []string{"json", "params", "path"}

// Property implements vtl.Object.
func (in *inputObject) Property(name string) (any, bool) {
	if name != "body" && name != "Body" { // Velocity looks for getBody with either
		return nil, false
	}
	body := in.doc.value()
	return body, body != nil
}

// Call implements vtl.Object.
func (in *inputObject) Call(method string, args []any) (any, bool, error) {
	s, null, ok := oneString(args)
	switch {
	case method == "getBody" && len(args) == 0:
		return in.doc.value(), true, nil
	case method == "params" && len(args) == 0:
		return in.params.all(), true, nil
	case method == "getBody", method == "params" && !ok:
		return nil, true, errArguments
	case !ok:
		return nil, false, nil
	}
	switch method {
	case "path":
		v, err := in.doc.lend(in.path(s))
		return v, true, err
	case "json":
		text, err := in.appendJSON(nil, s)
		return string(text), true, err
	case "params":
		if null {
			return "", true, nil
		}
		v, err := in.params.find(s)
		return v, true, err
	}
	return nil, false, nil
}

// errArguments is what becomes of a call that no method takes when there is one without arguments: Velocity finds that
// one, and Java refuses it the arguments.
var errArguments = errors.New("wrong number of arguments")

// AppendCall implements vtl.CallAppender: the text of $input.json and of $input.params(name) goes straight into the
// output.
func (in *inputObject) AppendCall(dst []byte, method string, args []any) ([]byte, bool, error) {
	s, null, ok := oneString(args)
	if !ok || null {
		return dst, false, nil
	}
	switch method {
	case "json":
		dst, err := in.appendJSON(dst, s)
		return dst, true, err
	case "params":
		if a, ok := in.params.(paramAppender); ok {
			return a.appendParam(dst, s), true, nil
		}
	}
	return dst, false, nil
}

// paramAppender is implemented by params whose values are all strings.
type paramAppender interface {
	appendParam(dst []byte, name string) []byte
}

// JavaString implements java.Stringer.
func (in *inputObject) JavaString() string { return "" }

// appendJSON appends $input.json(path).
func (in *inputObject) appendJSON(dst []byte, path string) ([]byte, error) {
	v, err := in.doc.read(in.path(path))
	switch {
	case err != nil:
		return dst, err
	case v == nil && in.missingIsText:
		return append(dst, `""`...), nil
	}
	return java.AppendJSON(dst, v), nil
}

// path returns the compiled form of a JSON path.
func (in *inputObject) path(text string) *compiledPath {
	if p := in.paths[text]; p != nil {
		return p
	}
	return in.compile(text)
}

// compile compiles a path that the template put together, unless it is among the last few.
func (in *inputObject) compile(text string) *compiledPath {
	for i := range in.recent {
		if r := &in.recent[i]; r.path != nil && r.text == text {
			return r.path
		}
	}
	r := &in.recent[in.turn%uint8(len(in.recent))]
	in.turn++
	r.text, r.path = text, compilePath(text)
	return r.path
}
