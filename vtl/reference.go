package vtl

// Reference is one reference in the source of a template, e.g. $!{input.params('id')}.
type Reference struct {
	// Line and Column tell where the reference starts, both counted from 1. A reference inside a string literal
	// carries the position of the literal.
	Line, Column int
	// Source is the reference as written.
	Source string
	// Root is the variable: "input".
	Root string
	// Path is what follows the root, in order.
	Path []Access
	// Quiet tells that the reference was written with "!".
	Quiet bool
	// Assigned tells that the reference is the left side of a #set or the variable of a #foreach.
	Assigned bool
}

// AccessKind tells what one step of a Reference does.
type AccessKind uint8

const (
	// PropertyAccess is .name.
	PropertyAccess AccessKind = iota
	// MethodAccess is .name(args).
	MethodAccess
	// IndexAccess is [arg].
	IndexAccess
)

// Access is one step of a Reference.
type Access struct {
	Kind AccessKind
	// Name is the property's or method's name; empty for an index.
	Name string
	// Args are the arguments of a method, or the one index.
	Args []Arg
}

// Arg is an argument as far as it is known before rendering.
type Arg struct {
	// Constant tells that the argument is the same at every rendering; Value is then that value.
	Constant bool
	Value    any
}

// Event is what AppendTraced reports.
type Event struct {
	// Line and Column tell where the reference or directive starts, both counted from 1.
	Line, Column int
	// Directive is the name of the directive ("set", "if", "foreach", a macro's name ...), empty for a reference.
	Directive string
	// Source is the reference as written, for #set the assigned reference, else empty.
	Source string
	// Value is the value of the reference, the assigned value of a #set, the outcome of the condition of #if and
	// #elseif, what a #foreach walks over. It must not be changed.
	Value any
}
