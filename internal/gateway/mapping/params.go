package mapping

import (
	"postern/internal/gateway/message"
	"postern/java"
)

// requestParams is what $input.params reads: the client's request, in request and in response templates. Of a
// repeated name the last value counts. Path parameters are percent-decoded, query parameters form-decoded; names
// compare with case. Headers that the gateway keeps to itself are absent, see HiddenHeader.
type requestParams struct {
	x *message.Exchange
	// maps are the maps that templates have asked for, by paramGroups.
	maps [3]*java.Map
}

// paramGroups are the keys of $input.params().
var paramGroups = [3]string{"path", "querystring", "header"}

func (p *requestParams) find(name string) (any, error) {
	s, _ := p.lookup(name)
	return s, nil
}

func (p *requestParams) appendParam(dst []byte, name string) []byte {
	s, _ := p.lookup(name)
	return append(dst, s...)
}

func (p *requestParams) lookup(name string) (string, bool) {
	if v, ok := p.x.PathParameters.Get(name); ok {
		return decodedPath(v), true
	}
	if v, ok := p.x.Query.Get(name); ok {
		return v, true
	}
	if v, ok := p.x.Request.Header.Get(name); ok && !HiddenHeader(name) {
		return v, true
	}
	return "", false
}

func (p *requestParams) all() any { return (*paramsObject)(p) }

// group returns the map of path parameters, query parameters or headers.
func (p *requestParams) group(i int) *java.Map {
	if p.maps[i] != nil {
		return p.maps[i]
	}
	pairs := [3]message.Pairs{p.x.PathParameters, p.x.Query, p.x.Request.Header}[i]
	m := java.NewMap(len(pairs))
	for _, pair := range pairs {
		switch {
		case i == 0:
			m.Put(pair.Name, decodedPath(pair.Value))
		case i == 1 || !HiddenHeader(pair.Name):
			m.Put(pair.Name, pair.Value)
		}
	}
	p.maps[i] = m
	return m
}

// paramsObject is $input.params(): a map of maps, of which each is made when a template reads it.
type paramsObject requestParams

// Property implements vtl.Object.
func (p *paramsObject) Property(name string) (any, bool) {
	v := p.get(name)
	return v, v != nil
}

// Index implements vtl.Indexer.
func (p *paramsObject) Index(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := p.Property(name)
	return v, ok, nil
}

// Call implements vtl.Object.
func (p *paramsObject) Call(method string, args []any) (any, bool, error) {
	return callMap(p, method, args)
}

// Values implements vtl.Iterable.
func (p *paramsObject) Values() []any { return valuesOf(p) }

// AppendText implements vtl.TextAppender: it prints as the map that it is.
func (p *paramsObject) AppendText(dst []byte) ([]byte, error) {
	return java.AppendString(dst, p.asMap()), nil
}

// JavaString implements java.Stringer.
func (p *paramsObject) JavaString() string { return java.String(p.asMap()) }

func (p *paramsObject) asMap() *java.Map {
	m := java.NewMap(len(paramGroups))
	for i, name := range paramGroups {
		m.Put(name, (*requestParams)(p).group(i))
	}
	return m
}

func (p *paramsObject) keys() []any {
	return []any{paramGroups[0], paramGroups[1], paramGroups[2]}
}

func (p *paramsObject) get(name string) any {
	for i, group := range paramGroups {
		if group == name {
			return (*requestParams)(p).group(i)
		}
	}
	return nil
}
