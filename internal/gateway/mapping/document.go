package mapping

import (
	"errors"
	"strings"
	"sync"

	"postern/java"
	"postern/jsonpath"
)

// document is a body that is parsed at most once, and only when a template or a mapping reads a part of it. An empty
// body reads as {} (recorded AWS answer).
type document struct {
	body []byte
	// strict makes an empty body an error, as it is for Jayway; absent makes it null.
	strict, absent bool
	// fresh makes every reading see the body as it came, also after a template changed what it had been given. Without
	// it, $input.path('$').put("k", 1) shows in a later $input.json('$').
	fresh bool
	// functionError makes JSON text in errorMessage read as what it says.
	functionError bool

	copied, parsed bool
	// brief says that release ends the life of what was read; parser then has its memory. That is used once: a second
	// reading must not change what the first gave.
	brief  bool
	parser *jsonpath.Parser
	src    string
	root   any
	err    error
}

// text is the body as templates see it.
func (d *document) text() string {
	if !d.copied {
		d.src, d.copied = string(d.body), true
		if d.src == "" && !d.strict {
			d.src = "{}"
		}
	}
	return d.src
}

// value is text as a value.
func (d *document) value() any {
	if d.absent {
		return nil
	}
	return d.text()
}

// read returns the value at p, nil when there is none.
func (d *document) read(p *compiledPath) (any, error) {
	if !d.parsed {
		d.parse()
	}
	switch {
	case d.err != nil:
		return nil, d.err
	case p.err != nil:
		return nil, p.err
	}
	v, err := p.path.Read(d.root)
	if errors.Is(err, jsonpath.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

func (d *document) parse() {
	d.parsed = true
	if d.functionError {
		defer d.unfoldErrorMessage()
	}
	if !d.brief || d.parser != nil {
		d.root, d.err = jsonpath.Parse(d.text())
		return
	}
	d.parser = parsers.Get().(*jsonpath.Parser) // the pool holds nothing else
	d.root, d.err = d.parser.Parse(d.text())
}

// unfoldErrorMessage puts what errorMessage says in JSON in its place: an object or a list. Any other text stays.
// Source: developer guide, "Handle Lambda errors in API Gateway": a custom error's body is deserialized for header mappings.
func (d *document) unfoldErrorMessage() {
	root, _ := d.root.(*java.Map)
	if d.err != nil || root == nil {
		return
	}
	member, _ := root.GetString("errorMessage")
	text, _ := member.(string)
	if text = strings.TrimSpace(text); text == "" || text[0] != '{' && text[0] != '[' {
		return
	}
	if said, err := jsonpath.Parse(text); err == nil {
		root.Put("errorMessage", said)
	}
}

// parsers hold memory that grows to what the bodies need.
var parsers = sync.Pool{New: func() any { return new(jsonpath.Parser) }}

// release gives the memory of what was read to the next document. Nothing may use these values afterwards.
func (d *document) release() {
	if d.parser != nil {
		d.parser.Reset()
		parsers.Put(d.parser)
		d.parser, d.root = nil, nil
	}
}

// lend is read for a template that may change what it is given.
func (d *document) lend(p *compiledPath) (any, error) {
	v, err := d.read(p)
	switch v.(type) {
	case *java.Map, *java.List:
		if d.fresh {
			d.parsed, d.root = false, nil
		}
	}
	return v, err
}

// compiledPath is a JSON path; err is what is wrong with it.
type compiledPath struct {
	path *jsonpath.Path
	err  error
}

func compilePath(text string) *compiledPath {
	path, err := jsonpath.Compile(text)
	return &compiledPath{path, err}
}
