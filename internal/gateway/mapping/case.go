package mapping

import (
	"errors"
	"fmt"

	"postern/java"
	"postern/jsonpath"
	"postern/vtl"
)

// AnswerCase renders one case and answers as the reference engines do: JSON in, JSON out.
//
// In: {"template", "body", "params": {"path", "querystring", "header"}, "context", "stageVariables", "rules"}, all but
// template optional, or {"jsonpath", "body"} to read one path. With "rules": "aws" a reference that resolves to
// nothing is the empty string, $input.json of nothing is "" in quotes and an empty body reads as {}; otherwise the
// engines are Velocity 1.7 and Jayway as they come. $context is a plain map.
//
// Out: {"output", "context"}, context as the template left it, or {"error"}.
func AnswerCase(line []byte) []byte {
	answer := &java.Map{}
	c, err := parseCase(line)
	if err == nil {
		var output string
		if output, err = c.output(); err == nil {
			answer.Put("output", output)
			if c.jsonPath == "" {
				answer.Put("context", c.variables.Context)
			}
		}
	}
	if err == nil {
		var text []byte
		if text, err = java.PrintJSON(nil, answer, java.WebJSON, maxAnswer); err == nil {
			return text
		}
	}
	text, _ := java.PrintJSON(nil, java.MapOf("error", err.Error()), java.WebJSON, maxAnswer)
	return text
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 64 << 20

// aCase is one line of the protocol.
type aCase struct {
	template, jsonPath string
	hasTemplate        bool
	// hasBody tells a body that is there from one that is null.
	hasBody   bool
	aws       bool
	variables Variables
}

func parseCase(line []byte) (*aCase, error) {
	v, err := jsonpath.Parse(string(line))
	if err != nil {
		return nil, err
	}
	fields, ok := v.(*java.Map)
	if !ok {
		return nil, errors.New("a case is a JSON object")
	}
	rules, _ := fields.GetString("rules")
	c := &aCase{aws: rules == "aws"}
	var body string
	for _, f := range []struct {
		name string
		text *string
		has  *bool
	}{
		{"template", &c.template, &c.hasTemplate},
		{"jsonpath", &c.jsonPath, new(bool)},
		{"body", &body, &c.hasBody},
	} {
		if err := textField(fields, f.name, f.text, f.has); err != nil {
			return nil, err
		}
	}
	c.variables.Body = []byte(body)
	for _, f := range []struct {
		name string
		m    **java.Map
	}{
		{"params", &c.variables.Params},
		{"context", &c.variables.Context},
		{"stageVariables", &c.variables.StageVariables},
	} {
		if err := mapField(fields, f.name, f.m); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func textField(fields *java.Map, name string, text *string, has *bool) error {
	v, _ := fields.GetString(name)
	if v == nil {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%s: not a string", name)
	}
	*text, *has = s, true
	return nil
}

func mapField(fields *java.Map, name string, m **java.Map) error {
	v, _ := fields.GetString(name)
	if v == nil {
		*m = &java.Map{}
		return nil
	}
	got, ok := v.(*java.Map)
	if !ok {
		return fmt.Errorf("%s: not an object", name)
	}
	*m = got
	return nil
}

// output renders the template, or reads the path.
func (c *aCase) output() (string, error) {
	if !c.hasTemplate && c.jsonPath == "" {
		return "", errors.New("neither template nor jsonpath")
	}
	var opts []vtl.Option
	if c.aws {
		opts = append(opts, vtl.NullAsEmpty())
	}
	t := compileTemplate("case", c.template, opts...)
	s := newStandalone(t, &c.variables)
	s.input.missingIsText = c.aws
	s.input.doc.strict = !c.aws
	s.input.doc.fresh = true // the Java program parses the body at every call
	s.input.doc.absent = !c.aws && !c.hasBody
	if c.jsonPath != "" {
		text, err := s.input.appendJSON(nil, c.jsonPath)
		return string(text), err
	}
	text, err := s.render(t, nil, nil)
	return string(text), err
}
