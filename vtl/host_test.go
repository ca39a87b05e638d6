package vtl_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"postern/internal/oracle"
	"postern/java"
	"postern/jsonpath"
	"postern/vtl"
)

// scopeOf gives a template the variables that the oracle gives it: $input, $util, $context and $stageVariables.
func scopeOf(req oracle.Request) (vtl.Vars, *java.Map) {
	body := req.Body
	if req.Rules == "aws" && body == "" {
		body = "{}"
	}
	params := java.NewMap(3)
	for _, k := range []string{"header", "path", "querystring"} { // as encoding/json orders them
		if m, ok := req.Params[k]; ok {
			params.Put(k, fromGo(m))
		}
	}
	context := fromGo(req.Context).(*java.Map)
	return vtl.Vars{
		"input":          &input{body: body, params: params, aws: req.Rules == "aws"},
		"util":           util{},
		"context":        context,
		"stageVariables": fromGo(req.StageVariables),
	}, context
}

// fromGo reads a value as the oracle does: through JSON.
func fromGo(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	if string(text) == "null" {
		return java.NewMap(0)
	}
	out, err := jsonpath.Parse(string(text))
	if err != nil {
		panic(err)
	}
	return out
}

// input is $input.
type input struct {
	body   string
	params *java.Map
	aws    bool
}

func (in *input) Property(name string) (any, bool) {
	if name == "body" {
		return in.body, true
	}
	return nil, false
}

func (in *input) Call(method string, args []any) (any, bool, error) {
	var arg string
	isString := false
	if len(args) == 1 {
		arg, isString = args[0].(string)
		isString = isString || args[0] == nil
	}
	switch {
	case method == "params" && len(args) == 0:
		return in.params, true, nil
	case method == "params" && !isString:
		return nil, false, errors.New("wrong number of arguments") // Velocity finds params()
	case !isString:
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
		if err != nil {
			return nil, false, err
		}
		if v == nil && in.aws {
			return `""`, true, nil
		}
		return string(java.AppendJSON(nil, v)), true, nil
	}
	return nil, false, nil
}

func (in *input) param(name string) any {
	for _, where := range []string{"path", "querystring", "header"} {
		if m, ok := in.params.GetString(where); ok {
			if v, _ := m.(*java.Map).GetString(name); v != nil {
				return v
			}
		}
	}
	return ""
}

// path reads a JSON path of the body.
func (in *input) path(path string) (any, error) {
	if path == "" {
		return nil, errors.New("no path")
	}
	doc, err := jsonpath.Parse(in.body)
	if err != nil {
		return nil, err
	}
	p, err := jsonpath.Compile(path)
	if err != nil {
		return nil, err
	}
	v, err := p.Read(doc)
	if errors.Is(err, jsonpath.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// util is $util.
type util struct{}

func (util) Property(string) (any, bool) { return nil, false }

func (util) Call(method string, args []any) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	s, ok := args[0].(string)
	if args[0] == nil {
		switch method {
		case "escapeJavaScript":
			return nil, true, nil
		case "parseJson", "urlEncode", "urlDecode", "base64Encode", "base64Decode":
			return nil, false, errors.New("null")
		}
	}
	if !ok {
		return nil, false, nil
	}
	switch method {
	case "escapeJavaScript":
		return escapeJavaScript(s), true, nil
	case "parseJson":
		v, err := jsonpath.Parse(s)
		return v, err == nil, err
	case "urlEncode":
		return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "%2A", "*"), "~", "%7E"), true, nil
	case "urlDecode":
		v, err := url.QueryUnescape(s)
		return v, err == nil, err
	case "base64Encode":
		return base64.StdEncoding.EncodeToString([]byte(s)), true, nil
	case "base64Decode":
		b, err := base64.StdEncoding.DecodeString(s)
		if !utf8.Valid(b) {
			return nil, false, errors.New("not UTF-8")
		}
		return string(b), err == nil, err
	}
	return nil, false, nil
}

func escapeJavaScript(s string) string {
	var b strings.Builder
	for _, u := range java.UTF16(s) {
		switch {
		case u > 0x7F:
			fmt.Fprintf(&b, `\u%04X`, u)
		case u == '\'' || u == '"' || u == '\\' || u == '/':
			b.WriteString(`\` + string(rune(u)))
		case u == '\n':
			b.WriteString(`\n`)
		case u == '\r':
			b.WriteString(`\r`)
		case u == '\t':
			b.WriteString(`\t`)
		case u == '\b':
			b.WriteString(`\b`)
		case u == '\f':
			b.WriteString(`\f`)
		case u < ' ':
			fmt.Fprintf(&b, `\u%04X`, u)
		default:
			b.WriteRune(rune(u))
		}
	}
	return b.String()
}

// outcome is what a template came to: text and $context, or an error.
type outcome struct {
	Output  string `json:"o,omitempty"`
	Context string `json:"c,omitempty"`
	Failed  bool   `json:"e,omitempty"`
}

// render renders the template of a request with this package. err tells more about a failure.
func render(req oracle.Request) (o outcome, err error) {
	var opts []vtl.Option
	if req.Rules == "aws" {
		opts = append(opts, vtl.NullAsEmpty())
	}
	t, err := vtl.Parse("case", req.Template, opts...)
	if err != nil {
		return outcome{Failed: true}, err
	}
	scope, context := scopeOf(req)
	out, err := t.Append(nil, scope)
	if err != nil {
		return outcome{Failed: true}, err
	}
	text, err := java.PrintJSON(nil, context, java.WebJSON, 1<<20)
	if err != nil {
		return outcome{Failed: true}, err
	}
	return outcome{Output: string(out), Context: string(text)}, nil
}

// outcomeOf is what the oracle answered.
func outcomeOf(a oracle.Answer) outcome {
	if a.Error != "" {
		return outcome{Failed: true}
	}
	return outcome{Output: a.Output, Context: string(a.Context)}
}
