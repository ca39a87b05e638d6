package mapping

import "postern/internal/gateway/message"

// contextObject is $context, or a map of variables below it. Values are read when a template asks for them.
//
// It prints nothing (recorded AWS answer: identity, requestOverride and responseOverride of a template that prints
// every member of $context).
type contextObject struct {
	r     *render
	table contextTable
}

// contextMethods are the names that $context and the maps below it answer to.
var contextMethods = []string{"containsKey", "entrySet", "get", "isEmpty", "keySet", "size", "values"}

// Property implements vtl.Object.
func (c *contextObject) Property(name string) (any, bool) {
	v := c.get(name)
	return v, v != nil
}

// Index implements vtl.Indexer.
func (c *contextObject) Index(key any) (any, bool, error) {
	name, ok := key.(string)
	if !ok {
		return nil, false, nil
	}
	v, ok := c.Property(name)
	return v, ok, nil
}

// Call implements vtl.Object.
func (c *contextObject) Call(method string, args []any) (any, bool, error) {
	return callMap(c, method, args)
}

// Values implements vtl.Iterable.
func (c *contextObject) Values() []any { return valuesOf(c) }

// JavaString implements java.Stringer.
func (c *contextObject) JavaString() string { return "" }

func (c *contextObject) keys() []any {
	var keys []any
	for i := range c.table {
		if c.table[i].applies(c.r.x) {
			keys = append(keys, c.table[i].name)
		}
	}
	return keys
}

// get returns the value of a variable, nil for none.
func (c *contextObject) get(name string) any {
	row := c.table.row(name)
	x := c.r.x
	switch {
	case row == nil:
		return nil
	case row.text != nil:
		if s := row.text(x); s != "" {
			return s
		}
		return nil
	case row.value != nil:
		return row.value(x)
	case row.name == requestOverride:
		return c.r.written.object(&x.RequestOverride, "path", "header", "querystring")
	case row.name == responseOverride:
		return c.r.written.object(&x.ResponseOverride, "header")
	case !row.applies(x):
		return nil
	case row.pairs != nil:
		return &pairsObject{contextObject{c.r, row.table}, row.pairs(x)}
	}
	return &contextObject{c.r, row.table}
}

// pairsObject is a map whose names only the exchange knows: $context.authorizer and its claims.
type pairsObject struct {
	contextObject
	pairs message.Pairs
}

// Property implements vtl.Object.
func (p *pairsObject) Property(name string) (any, bool) {
	v := p.get(name)
	return v, v != nil
}

// Index implements vtl.Indexer.
func (p *pairsObject) Index(key any) (any, bool, error) {
	name, ok := key.(string)
	if !ok {
		return nil, false, nil
	}
	v, ok := p.Property(name)
	return v, ok, nil
}

// Call implements vtl.Object.
func (p *pairsObject) Call(method string, args []any) (any, bool, error) {
	return callMap(p, method, args)
}

// Values implements vtl.Iterable.
func (p *pairsObject) Values() []any { return valuesOf(p) }

func (p *pairsObject) keys() []any {
	var keys []any
	for _, pair := range p.pairs {
		keys = append(keys, pair.Name)
	}
	return append(keys, p.contextObject.keys()...)
}

func (p *pairsObject) get(name string) any {
	if v := p.contextObject.get(name); v != nil {
		return v
	}
	if s, ok := p.pairs.Get(name); ok {
		return s
	}
	return nil
}
