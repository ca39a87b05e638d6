package jsonpath

import (
	"errors"
	"fmt"
)

// ErrNotFound says that a path leads nowhere in a document: Jayway's PathNotFoundException.
var ErrNotFound = errors.New("no results for path")

// ErrLimit says that an evaluation took more than MaxSteps steps.
var ErrLimit = errors.New("evaluation takes too long")

// MaxSteps is how many values an evaluation may visit.
const MaxSteps = 5_000_000

// Error says why a path cannot be compiled, or cannot be applied to a document.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("JSON path %q: %v", e.Path, e.Err) }

// Unwrap returns what happened, ErrNotFound for instance.
func (e *Error) Unwrap() error { return e.Err }

// Path is a compiled path. It may be used by several goroutines at once.
type Path struct {
	source   string
	steps    []step
	definite bool
	notFound error
}

// Compile reads a path. The error is an *Error.
func Compile(path string) (*Path, error) {
	steps, _, err := compile(path, false)
	if err != nil {
		return nil, &Error{path, err}
	}
	return &Path{
		source:   path,
		steps:    steps,
		definite: definite(steps),
		notFound: &Error{path, ErrNotFound},
	}, nil
}

// MustCompile is Compile for paths known to be right; it panics on an error.
func MustCompile(path string) *Path {
	p, err := Compile(path)
	if err != nil {
		panic(err)
	}
	return p
}

// String returns the path as it was given to Compile.
func (p *Path) String() string { return p.source }

// Definite reports whether the path leads to one value at most.
func (p *Path) Definite() bool { return p.definite }

// Read returns what the path leads to in doc, a value of package java: for a definite path the value (a part of doc,
// not a copy; only ['a','b'] makes a new map), for others a new *java.List of kind java.JSONArray.
//
// The error is an *Error, around ErrNotFound if the path leads nowhere. A document that is null has no paths at all:
// an error, but not ErrNotFound.
func (p *Path) Read(doc any) (any, error) {
	if doc == nil {
		return nil, &Error{p.source, errNullDocument}
	}
	var v any
	var err error
	if p.definite {
		v, err = readDefinite(p.steps, doc, false)
	} else {
		v, err = readIndefinite(p.steps, doc)
	}
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, ErrNotFound):
		return nil, p.notFound
	}
	return nil, &Error{p.source, err}
}

var (
	errNullDocument  = errors.New("the document is null")
	errNotArray      = errors.New("an index can only be applied to an array")
	errNotContainer  = errors.New("a filter cannot be applied to a value that is neither object nor array")
	errMultiNotLeaf  = errors.New("several properties can only be at the end")
	errNoIndex       = errors.New("brackets hold no index")
	errNoPredicate   = errors.New("a filter without a predicate")
	errCompareNumber = errors.New("a number is compared with a text that is none")
	errNotPattern    = errors.New("=~ without a pattern")
)
