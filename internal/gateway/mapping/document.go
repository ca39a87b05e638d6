package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"postern/java"
)

// document is a body that is parsed at most once, and only when a template or a mapping reads a part of it. An empty
// body reads as {} (recorded AWS answer).
type document struct {
	body []byte
	// strict makes an empty body an error, as it is for Jayway; absent makes it null.
	strict, absent bool

	copied, parsed bool
	src            string
	root           any
	err            error
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
	if p.err != nil {
		return nil, p.err
	}
	if !d.parsed {
		d.root, d.err = parseJSON(d.text())
		d.parsed = true
	}
	if d.err != nil {
		return nil, d.err
	}
	v := d.root
	for _, name := range p.names {
		m, ok := v.(*java.Map)
		if !ok {
			return nil, nil
		}
		v, _ = m.GetString(name)
	}
	return v, nil
}

// compiledPath is a JSON path; err is what is wrong with it.
type compiledPath struct {
	names []string
	err   error
}

func compilePath(text string) *compiledPath {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "$"), ".")
	if strings.ContainsAny(text, "[*?@") || strings.Contains(text, "..") {
		return &compiledPath{err: errors.New("unsupported path")}
	}
	if text == "" {
		return &compiledPath{}
	}
	return &compiledPath{names: strings.Split(text, ".")}
}

func parseJSON(s string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	d.UseNumber()
	return parseValue(d)
}

func parseValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return java.Int(n), nil
		}
		return t.Float64()
	case json.Delim:
		if t == '[' {
			l := java.NewList(java.JSONArray, 0)
			for d.More() {
				v, err := parseValue(d)
				if err != nil {
					return nil, err
				}
				l.Add(v)
			}
			_, err = d.Token()
			return l, err
		}
		m := &java.Map{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := parseValue(d)
			if err != nil {
				return nil, err
			}
			m.Put(k, v)
		}
		_, err = d.Token()
		return m, err
	}
	return t, nil
}
