package vtl

import (
	"bytes"
	"errors"
	"math/big"
	"strconv"
	"sync"
	"unicode/utf8"

	"postern/java"
)

// renderer is the state of one rendering. It is pooled: everything in it is reset before it is used again.
type renderer struct {
	t     *Template
	out   []byte
	start int
	// vars are the variables by slot; unlooked marks one that the scope was not asked for yet.
	vars  []any
	scope Scope
	frame *frame
	// spare are frames that can be used again.
	spare []*frame
	args  []any
	// current is the method that runs; a method that prints a block may run others meanwhile.
	current call
	trace   func(Event)

	nullAsEmpty bool
	maxOut      int
	steps       int
	size        int
	macroDepth  int
	nesting     int
	// symbols and macros are what #evaluate added, nil as long as it did not.
	symbols *symbols
	macros  map[string]*macro
	// blocks are the block values that were made; pending is what went wrong in one that was printed inside a list.
	blocks  []*blockValue
	pending error
	// parts are the lists that subList made, nil as long as there are none.
	parts map[*java.List]*part
	// patterns are the regular expressions used last; they stay when the renderer is used again.
	patterns    [8]*pattern
	nextPattern int
}

// unlooked is the value of a variable that the scope was not asked for yet.
type unlookedValue struct{}

var unlooked any = unlookedValue{}

// empty is what null is under the null rule.
var empty any = ""

var renderers = sync.Pool{New: func() any { return new(renderer) }}

func (t *Template) render(dst []byte, scope Scope, trace func(Event)) ([]byte, error) {
	r := renderers.Get().(*renderer)
	r.begin(t, dst, scope, trace)
	err := t.plan.root.render(r)
	out := validUTF8(r.out, r.start)
	r.end()
	if err == nil || err == errBreak || err == errStop {
		return out, nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return dst, e
	}
	return dst, &Error{Template: t.name, Line: 1, Column: 1, Message: err.Error(), Err: err}
}

// validUTF8 replaces lone surrogates behind start by question marks, as Java does when it encodes a string.
func validUTF8(out []byte, start int) []byte {
	if bytes.IndexByte(out[start:], 0xED) < 0 || utf8.Valid(out[start:]) {
		return out
	}
	return append(out[:start], java.EncodeUTF8(string(out[start:]))...)
}

func (r *renderer) begin(t *Template, dst []byte, scope Scope, trace func(Event)) {
	n := t.plan.symbols.size()
	if cap(r.vars) < n {
		r.vars = make([]any, n)
	}
	r.vars = r.vars[:n]
	for i := range r.vars {
		r.vars[i] = unlooked
	}
	r.t, r.out, r.start, r.scope, r.trace = t, dst, len(dst), scope, trace
	r.nullAsEmpty = t.plan.config.nullAsEmpty
	r.maxOut = len(dst) + t.plan.config.limits.Output
	r.steps = t.plan.config.limits.Steps
	r.size = t.plan.config.limits.ValueSize
}

func (r *renderer) end() {
	for _, b := range r.blocks {
		b.r = nil
	}
	clear(r.vars)
	clear(r.args[:cap(r.args)])
	r.t, r.out, r.scope, r.trace, r.frame = nil, nil, nil, nil, nil
	r.vars, r.args, r.blocks, r.pending = r.vars[:0], r.args[:0], nil, nil
	r.symbols, r.macros, r.parts, r.macroDepth, r.nesting = nil, nil, nil, 0, 0
	if r.current.r != nil {
		r.current = call{}
	}
	renderers.Put(r)
}

// smallInts are the numbers that loops and sizes give most, as values: making one takes memory otherwise.
var smallInts = func() (table [1024]any) {
	for i := range table {
		table[i] = int32(i)
	}
	return table
}()

// boxInt returns n as a value.
func boxInt(n int32) any {
	if 0 <= n && int(n) < len(smallInts) {
		return smallInts[n]
	}
	return n
}

// step counts one step.
func (r *renderer) step() error {
	if r.steps--; r.steps < 0 {
		return ErrSteps
	}
	return nil
}

// charge counts the steps of an operation on a value whose cost grows with it: passing over a string, calculating with
// a long number.
func (r *renderer) charge(v any) error {
	switch v := v.(type) {
	case string:
		r.steps -= len(v) / 64
	case *big.Int:
		words := len(v.Bits())
		r.steps -= words * words / 64
	case *java.Decimal:
		words := len(v.Unscaled.Bits())
		r.steps -= words * words / 64
	}
	if r.steps < 0 {
		return ErrSteps
	}
	return nil
}

// grow counts n bytes of values.
func (r *renderer) grow(n int) error {
	if r.size -= n; r.size < 0 {
		return ErrValueSize
	}
	return nil
}

func (r *renderer) checkOutput() error {
	if len(r.out) > r.maxOut {
		return ErrOutput
	}
	return nil
}

// get returns a variable as the innermost frame sees it.
func (r *renderer) get(slot int) (any, error) {
	if r.frame == nil {
		v := r.vars[slot]
		if _, ok := v.(unlookedValue); ok {
			return r.lookup(slot), nil
		}
		return v, nil
	}
	return r.getFrom(r.frame, slot)
}

func (r *renderer) lookup(slot int) any {
	var v any
	if r.scope != nil {
		v = r.scope.Lookup(r.nameOf(slot))
	}
	r.vars[slot] = v
	return v
}

func (r *renderer) nameOf(slot int) string {
	if r.symbols != nil {
		return r.symbols.name(slot)
	}
	return r.t.plan.symbols.name(slot)
}

// put sets a variable in all frames, from the innermost outwards.
func (r *renderer) put(slot int, v any) {
	for f := r.frame; f != nil; f = f.parent {
		f.put(slot, v)
	}
	r.vars[slot] = v
}

// remove makes a variable undefined.
func (r *renderer) remove(slot int) {
	for f := r.frame; f != nil; f = f.parent {
		f.remove(slot)
	}
	r.vars[slot] = nil
}

// print appends the printed form of a value. ok is false when it has none.
func (r *renderer) print(v any) (ok bool, err error) {
	switch v := v.(type) {
	case string:
		r.out = java.AppendText(r.out, v)
		return true, r.checkOutput()
	case int32:
		r.out = strconv.AppendInt(r.out, int64(v), 10)
		return true, r.checkOutput()
	case float64:
		r.out = java.AppendDouble(r.out, v)
		return true, r.checkOutput()
	case int64, bool:
		r.out = java.AppendString(r.out, v)
		return true, r.checkOutput()
	}
	out, ok, err := r.appendValue(r.out, v)
	if err == nil {
		r.out = out
		err = r.checkOutput()
	}
	return ok, err
}

// appendValue appends the printed form of a value that is not null. ok is false when it has none, as a block that
// contains itself.
func (r *renderer) appendValue(dst []byte, v any) (out []byte, ok bool, err error) {
	switch v := v.(type) {
	case *blockValue:
		return v.appendTo(r, dst)
	case TextAppender:
		out, err = v.AppendText(dst)
		return out, true, err
	case java.Stringer:
	case Object:
		return dst, true, nil
	}
	if err := r.weighText(v); err != nil {
		return dst, true, err
	}
	out, err = java.PrintString(dst, v, max(r.maxOut-len(dst), 0))
	if r.pending != nil {
		err, r.pending = r.pending, nil
	}
	switch {
	case errors.Is(err, java.ErrTooLong):
		err = ErrOutput
	case errors.Is(err, java.ErrTooDeep):
		err = ErrNesting
	}
	return out, true, err
}

// toString is v.toString() for a value that is not null. ok is false when that is null.
func (r *renderer) toString(v any) (s string, ok bool, err error) {
	if s, ok := v.(string); ok {
		return s, true, nil
	}
	var buf [64]byte
	b, ok, err := r.appendValue(buf[:0], v)
	if err != nil || !ok {
		return "", false, err
	}
	return string(b), true, r.grow(len(b))
}
