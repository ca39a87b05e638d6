package main

import (
	"encoding/base64"
	"net/url"

	"postern/java"
	"postern/jsonpath"
	"postern/vtl"
)

// scope gives a template the variables of a mapping template.
type scope struct {
	input                   input
	util                    util
	context, stageVariables *java.Map
}

func (s *scope) Lookup(name string) any {
	switch name {
	case "input":
		return &s.input
	case "util":
		return &s.util
	case "context":
		return s.context
	case "stageVariables":
		return s.stageVariables
	}
	return nil
}

// input is $input. It parses the body when it is first asked for.
type input struct {
	body   string
	doc    any
	parsed bool
	parser jsonpath.Parser
	params *java.Map
	// paths are the constant paths of the template, compiled beforehand.
	paths map[string]*jsonpath.Path
}

func (in *input) Property(name string) (any, bool) { return in.body, name == "body" }

func (in *input) Call(method string, args []any) (any, bool, error) {
	switch {
	case method == "params" && len(args) == 0:
		return in.params, true, nil
	case len(args) != 1:
		return nil, false, nil
	}
	arg, ok := args[0].(string)
	if !ok {
		return nil, false, nil
	}
	switch method {
	case "params":
		return in.param(arg), true, nil
	case "path":
		v, err := in.path(arg)
		return v, err == nil, err
	case "json":
		v, err := in.path(arg)
		return string(java.AppendJSON(nil, v)), err == nil, err
	}
	return nil, false, nil
}

func (in *input) AppendCall(dst []byte, method string, args []any) ([]byte, bool, error) {
	if method != "json" || len(args) != 1 {
		return dst, false, nil
	}
	path, ok := args[0].(string)
	if !ok {
		return dst, false, nil
	}
	v, err := in.path(path)
	if err != nil {
		return dst, false, err
	}
	return java.AppendJSON(dst, v), true, nil
}

func (in *input) path(path string) (any, error) {
	if !in.parsed {
		doc, err := in.parser.Parse(in.body)
		if err != nil {
			return nil, err
		}
		in.doc, in.parsed = doc, true
	}
	p := in.paths[path]
	if p == nil {
		var err error
		if p, err = jsonpath.Compile(path); err != nil {
			return nil, err
		}
	}
	return p.Read(in.doc)
}

func (in *input) param(name string) any {
	for _, where := range [...]string{"path", "querystring", "header"} {
		if m, ok := in.params.GetString(where); ok {
			if v, ok := m.(*java.Map).GetString(name); ok {
				return v
			}
		}
	}
	return ""
}

// util is $util.
type util struct{}

func (*util) Property(string) (any, bool) { return nil, false }

func (u *util) Call(method string, args []any) (any, bool, error) {
	if len(args) == 1 && method == "escapeJavaScript" {
		if s, ok := args[0].(string); ok && escapable(s) < 0 {
			return args[0], true, nil
		}
	}
	dst, ok, err := u.AppendCall(nil, method, args)
	if err != nil || !ok {
		return nil, ok, err
	}
	return string(dst), true, nil
}

func (*util) AppendCall(dst []byte, method string, args []any) ([]byte, bool, error) {
	if len(args) != 1 {
		return dst, false, nil
	}
	s, ok := args[0].(string)
	if !ok {
		return dst, false, nil
	}
	switch method {
	case "escapeJavaScript":
		return appendJavaScript(dst, s), true, nil
	case "urlEncode":
		return append(dst, url.QueryEscape(s)...), true, nil
	case "base64Encode":
		return base64.StdEncoding.AppendEncode(dst, []byte(s)), true, nil
	}
	return dst, false, nil
}

// appendJavaScript escapes what the cases contain: quotes, backslashes and slashes.
func appendJavaScript(dst []byte, s string) []byte {
	for {
		i := escapable(s)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		dst = append(dst, '\\', s[i])
		s = s[i+1:]
	}
}

// escapable is where the first character stands that appendJavaScript escapes, -1 if there is none.
func escapable(s string) int {
	for i := range len(s) {
		if escaped[s[i]] {
			return i
		}
	}
	return -1
}

var escaped = [256]bool{'\'': true, '"': true, '\\': true, '/': true}

// prepare compiles the template and the paths that it names.
func prepare(name, source string) (*vtl.Template, map[string]*jsonpath.Path, error) {
	t, err := vtl.Parse(name, source)
	if err != nil {
		return nil, nil, err
	}
	paths := map[string]*jsonpath.Path{}
	for _, r := range t.References() {
		if r.Root != "input" || len(r.Path) == 0 || len(r.Path[0].Args) != 1 {
			continue
		}
		if s, ok := r.Path[0].Args[0].Value.(string); ok {
			if p, err := jsonpath.Compile(s); err == nil {
				paths[s] = p
			}
		}
	}
	return t, paths, nil
}
