package vtl

// Scope gives the variables of one rendering. The engine asks for a name at most once a rendering and only when the
// template reads it. Variables that the template sets stay inside the rendering.
type Scope interface {
	// Lookup returns the variable called name without its dollar sign: a value of package java, an Object, or nil
	// when there is none.
	Lookup(name string) any
}

// Vars is the simplest Scope: a map from names to values.
type Vars map[string]any

// Lookup returns v[name].
func (v Vars) Lookup(name string) any { return v[name] }

// Object is a value of the embedding program: it has properties and methods of its own choice. Values that it
// returns are values of package java or Objects. An Object is used by one rendering at a time.
type Object interface {
	// Property is asked for $object.name. ok is false when there is no such property: the reference is null.
	Property(name string) (v any, ok bool)
	// Call is asked for $object.method(args...). ok is false when there is no such method or it does not take these
	// arguments: the reference is null. err ends the rendering. args must neither be kept nor changed.
	Call(method string, args []any) (v any, ok bool, err error)
}

// CallAppender is an Object that can print the result of some calls straight into the output, without making a
// value first. It is asked when a reference in the text ends with a call; ok false means: use Call.
type CallAppender interface {
	Object
	AppendCall(dst []byte, method string, args []any) (out []byte, ok bool, err error)
}

// Indexer is an Object that supports $object[key].
type Indexer interface {
	Index(key any) (v any, ok bool, err error)
}

// PropertySetter is an Object that supports #set($object.name = v) and #set($object["name"] = v). ok is false when
// the property cannot be set: the assignment does nothing.
type PropertySetter interface {
	SetProperty(name string, v any) (ok bool, err error)
}

// Iterable is an Object that #foreach can walk over.
type Iterable interface {
	// Values returns what to visit, in order. The engine does not change it.
	Values() []any
}

// TextAppender is an Object with a printed form. An Object without one prints as the empty string. One that may be
// printed inside a list or a map implements java.Stringer too, or instead.
type TextAppender interface {
	AppendText(dst []byte) ([]byte, error)
}

// Map-like objects: an Object that implements Indexer, PropertySetter and Iterable behaves in a template much like a
// map. Where a real map will do, use *java.Map: it is faster and has all of Java's methods.
