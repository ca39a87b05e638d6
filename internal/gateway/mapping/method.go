package mapping

import "postern/java"

// methodObject is $method. Its one member is the method request: $method.request.path, $method.request.querystring and
// $method.request.header are the maps of $input.params(), written as parameter mappings write them.
// Source: no page of AWS names it; published templates write keys of tables with it, which an empty text cannot be.
type methodObject struct{ params params }

// Property implements vtl.Object.
func (m methodObject) Property(name string) (any, bool) {
	if name != "request" {
		return nil, false
	}
	return m.params.all(), true
}

// Index implements vtl.Indexer.
func (m methodObject) Index(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := m.Property(name)
	return v, ok, nil
}

// Call implements vtl.Object.
func (m methodObject) Call(method string, args []any) (any, bool, error) {
	return callMap(m, method, args)
}

// Values implements vtl.Iterable.
func (m methodObject) Values() []any { return valuesOf(m) }

// AppendText implements vtl.TextAppender.
func (m methodObject) AppendText(dst []byte) ([]byte, error) {
	return java.AppendString(dst, m.asMap()), nil
}

// JavaString implements java.Stringer.
func (m methodObject) JavaString() string { return java.String(m.asMap()) }

func (m methodObject) asMap() *java.Map {
	members := java.NewMap(1)
	members.Put("request", m.params.all())
	return members
}

func (m methodObject) keys() []any { return []any{"request"} }

func (m methodObject) get(name string) any {
	v, _ := m.Property(name)
	return v
}
