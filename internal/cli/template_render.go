package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"postern/internal/gateway/mapping"
	"postern/java"
	"postern/jsonpath"
	"postern/vtl"
)

// TemplateRenderCmd renders a mapping template without an API: the variables come from files. The text goes to stdout.
//
//	postern template render --template request.vtl --body order.json --params params.json
//	postern template render --jsonl < cases.jsonl
type TemplateRenderCmd struct {
	Template       string `placeholder:"FILE" help:"The mapping template (Velocity)."`
	Body           string `placeholder:"FILE" help:"What $$input reads. Default: nothing, which reads as {}."`
	Params         string `placeholder:"FILE" help:"JSON object with the keys path, querystring and header, an object each."`
	Context        string `placeholder:"FILE" help:"JSON object that is $$context."`
	StageVariables string `placeholder:"FILE" help:"JSON object that is $$stageVariables."`
	Trace          bool   `help:"Show each directive and reference with its value on stderr."`
	JSONL          bool   `name:"jsonl" help:"Render the cases on stdin, a JSON object a line with template, body, params, context, stageVariables, rules or jsonpath; answer a JSON object a line with output and context, or error."`
}

// Run implements the command.
func (c *TemplateRenderCmd) Run(s *Streams) error {
	if c.JSONL {
		if c.Template != "" || c.Body != "" || c.Params != "" || c.Context != "" || c.StageVariables != "" || c.Trace {
			return misuse("--jsonl reads everything from stdin and takes no other flag")
		}
		return renderCases(s.In, s.Out)
	}
	if c.Template == "" {
		return misuse("name a template with --template, or use --jsonl")
	}
	source, err := os.ReadFile(c.Template)
	if err != nil {
		return err
	}
	v, err := c.variables()
	if err != nil {
		return err
	}
	var trace func(vtl.Event)
	if c.Trace {
		trace = func(e vtl.Event) { printEvent(s.Err, c.Template, e) }
	}
	out, err := mapping.CompileTemplate(c.Template, string(source)).RenderStandalone(v, nil, trace)
	if err != nil {
		return err
	}
	if _, err := s.Out.Write(out); err != nil {
		return err
	}
	printOverrides(s.Err, v.Context)
	return nil
}

// variables reads the files.
func (c *TemplateRenderCmd) variables() (*mapping.Variables, error) {
	v := &mapping.Variables{}
	if c.Body != "" {
		body, err := os.ReadFile(c.Body)
		if err != nil {
			return nil, err
		}
		v.Body = body
	}
	for _, f := range []struct {
		file string
		m    **java.Map
	}{{c.Params, &v.Params}, {c.Context, &v.Context}, {c.StageVariables, &v.StageVariables}} {
		if f.file == "" {
			continue
		}
		m, err := readObject(f.file)
		if err != nil {
			return nil, err
		}
		*f.m = m
	}
	return v, nil
}

func readObject(file string) (*java.Map, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	v, err := jsonpath.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	m, ok := v.(*java.Map)
	if !ok {
		return nil, fmt.Errorf("%s: not a JSON object", file)
	}
	return m, nil
}

// printEvent shows one step of a rendering.
func printEvent(w io.Writer, template string, e vtl.Event) {
	what := e.Source
	if e.Directive != "" {
		what = "#" + e.Directive
		if e.Source != "" {
			what += " " + e.Source
		}
	}
	fmt.Fprintf(w, "%s:%d:%d: %s = %s\n", template, e.Line, e.Column, what, java.AppendJSON(nil, e.Value))
}

// printOverrides tells what the template overrides, which is not in its text.
func printOverrides(w io.Writer, context *java.Map) {
	for _, name := range []string{"requestOverride", "responseOverride"} {
		v, _ := context.GetString(name)
		overrides, ok := v.(*java.Map)
		if !ok {
			continue
		}
		for key, below := range overrides.All() {
			m, ok := below.(*java.Map)
			if !ok {
				fmt.Fprintf(w, "%s.%s = %s\n", name, java.String(key), java.AppendJSON(nil, below))
				continue
			}
			for target, value := range m.All() {
				fmt.Fprintf(w, "%s.%s.%s = %s\n", name, java.String(key), java.String(target), java.AppendJSON(nil, value))
			}
		}
	}
}

// renderCases answers each line of in with a line on out.
func renderCases(in io.Reader, out io.Writer) error {
	r := bufio.NewReaderSize(in, 1<<16)
	w := bufio.NewWriterSize(out, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 || err == nil {
			w.Write(mapping.AnswerCase(line))
			w.WriteByte('\n')
		}
		if err != nil {
			return errors.Join(w.Flush(), ignoreEOF(err))
		}
		// Whoever talks to the program line by line waits for this answer.
		if r.Buffered() == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
