package vtl

import (
	"unicode/utf8"

	"postern/java"
)

// interpolation is a string literal in double quotes with references or directives in it.
type interpolation struct {
	inert
	body node
	// cut tells that the last character of the text is the blank that Velocity adds to every such literal.
	cut bool
}

func (n *interpolation) value(r *renderer) (any, error) {
	start := len(r.out)
	err := n.body.render(r)
	out := r.out[start:]
	r.out = r.out[:start]
	if err != nil {
		return nil, err
	}
	if n.cut && len(out) > 0 {
		_, size := utf8.DecodeLastRune(out)
		out = out[:len(out)-size]
	}
	if len(out) == 0 {
		return empty, nil
	}
	if err := r.grow(len(out)); err != nil {
		return nil, err
	}
	return string(out), nil
}

// listLiteral is [a, b].
type listLiteral struct {
	block
}

func (n *listLiteral) value(r *renderer) (any, error) {
	if err := r.grow(itemSize * (len(n.kids) + 2)); err != nil {
		return nil, err
	}
	l := java.NewList(java.ArrayList, len(n.kids))
	for _, k := range n.kids {
		v, err := k.value(r)
		if err != nil {
			return nil, err
		}
		l.Add(v)
	}
	return l, nil
}

// mapLiteral is {a: b}. Keys and values alternate.
type mapLiteral struct {
	block
}

func (n *mapLiteral) value(r *renderer) (any, error) {
	if err := r.grow(entrySize * (len(n.kids)/2 + 1)); err != nil {
		return nil, err
	}
	m := java.NewMap(len(n.kids) / 2)
	for i := 0; i < len(n.kids); i += 2 {
		k, err := n.kids[i].value(r)
		if err != nil {
			return nil, err
		}
		v, err := n.kids[i+1].value(r)
		if err != nil {
			return nil, err
		}
		if err := r.weigh(k); err != nil {
			return nil, err
		}
		m.Put(k, v)
	}
	return m, nil
}

// rangeLiteral is [a..b].
type rangeLiteral struct {
	block
	place
}

func (n *rangeLiteral) value(r *renderer) (any, error) {
	from, err := n.kids[0].value(r)
	if err != nil {
		return nil, err
	}
	to, err := n.kids[1].value(r)
	if err != nil {
		return nil, err
	}
	a, ok := java.IntValue(from)
	b, ok2 := java.IntValue(to)
	if !ok || !ok2 {
		return nil, nil
	}
	distance := a - b
	if distance < 0 {
		distance = -distance
	}
	count := distance + 1
	if count < 0 {
		return nil, r.fail(n.place, failf("the range [%d..%d] is too long", a, b))
	}
	if err := r.grow(itemSize * int(count)); err != nil {
		return nil, r.fail(n.place, err)
	}
	step := int32(1)
	if a >= b {
		step = -1
	}
	l := java.NewList(java.ArrayList, int(count))
	for range count {
		l.Items = append(l.Items, a)
		a += step
	}
	return l, nil
}

// logic is && or ||.
type logic struct {
	block
	or bool
}

func (n *logic) truth(r *renderer) (bool, error) {
	ok, err := n.kids[0].truth(r)
	if err != nil || ok == n.or {
		return ok, err
	}
	return n.kids[1].truth(r)
}

func (n *logic) value(r *renderer) (any, error) {
	ok, err := n.truth(r)
	return ok, err
}

// not is !.
type not struct{ block }

func (n *not) truth(r *renderer) (bool, error) {
	ok, err := n.kids[0].truth(r)
	return !ok, err
}

func (n *not) value(r *renderer) (any, error) {
	ok, err := n.truth(r)
	return ok, err
}

// comparison is ==, !=, <, >, <= or >=.
type comparison struct {
	block
	place
	op astKind
}

func (n *comparison) truth(r *renderer) (bool, error) {
	a, err := n.kids[0].value(r)
	if err != nil {
		return false, err
	}
	b, err := n.kids[1].value(r)
	if err != nil {
		return false, err
	}
	if err := r.step(); err != nil {
		return false, r.fail(n.place, err)
	}
	switch n.op {
	case astEqual, astNotEqual:
		ok, err := r.equal(a, b)
		if err != nil {
			return false, r.fail(n.place, err)
		}
		return ok == (n.op == astEqual), nil
	}
	if !java.IsNumber(a) || !java.IsNumber(b) {
		return false, nil
	}
	c, err := compareNumbers(a, b)
	if err != nil {
		return false, r.fail(n.place, err)
	}
	switch n.op {
	case astLess:
		return c < 0, nil
	case astGreater:
		return c > 0, nil
	case astLessEqual:
		return c <= 0, nil
	}
	return c >= 0, nil
}

func (n *comparison) value(r *renderer) (any, error) {
	ok, err := n.truth(r)
	return ok, err
}

// equal compares as == does: numbers by their value, values of one class by equals, all others by their text.
func (r *renderer) equal(a, b any) (bool, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x == y, r.charge(b)
		}
	case int32:
		if y, ok := b.(int32); ok {
			return x == y, nil
		}
	}
	if java.IsNumber(a) && java.IsNumber(b) {
		c, err := compareNumbers(a, b)
		return c == 0, err
	}
	if a == nil || b == nil {
		return r.equalNull(a, b)
	}
	if sameClass(a, b) {
		return r.equals(a, b)
	}
	s, ok, err := r.toString(a)
	if err != nil {
		return false, err
	}
	t, ok2, err := r.toString(b)
	if err != nil {
		return false, err
	}
	return ok == ok2 && s == t, nil
}

// equalNull compares null with null, or with a block that has no text.
func (r *renderer) equalNull(a, b any) (bool, error) {
	if a == nil {
		a = b
	}
	if a == nil {
		return true, nil
	}
	if _, ok := a.(*blockValue); !ok {
		return false, nil
	}
	_, ok, err := r.toString(a)
	return !ok, err
}

// arithmetic is +, -, *, / or %.
type arithmetic struct {
	block
	place
	op astKind
	// literals are the operands as written, which + puts in place of null.
	literals [2]string
}

func (n *arithmetic) value(r *renderer) (any, error) {
	a, err := n.kids[0].value(r)
	if err != nil {
		return nil, err
	}
	b, err := n.kids[1].value(r)
	if err != nil {
		return nil, err
	}
	v, err := n.apply(r, a, b)
	if err != nil {
		return nil, r.fail(n.place, err)
	}
	return v, nil
}

func (n *arithmetic) apply(r *renderer, a, b any) (any, error) {
	if err := r.step(); err != nil {
		return nil, err
	}
	if n.op == astAdd {
		_, left := a.(string)
		_, right := b.(string)
		if left || right {
			return n.concat(r, a, b)
		}
	}
	if !java.IsNumber(a) || !java.IsNumber(b) {
		return nil, nil
	}
	if err := r.charge(a); err != nil {
		return nil, err
	}
	if err := r.charge(b); err != nil {
		return nil, err
	}
	v, err := calculate(n.op, a, b)
	if err != nil {
		return nil, err
	}
	return v, r.grow(numberSize(v))
}

func (n *arithmetic) concat(r *renderer, a, b any) (any, error) {
	if a == nil {
		a = n.literals[0]
	}
	if b == nil {
		b = n.literals[1]
	}
	s, ok, err := r.toString(a)
	if err != nil {
		return nil, err
	}
	t, ok2, err := r.toString(b)
	if err != nil {
		return nil, err
	}
	if !ok || !ok2 {
		return nil, failf("a block that contains itself has no text")
	}
	if err := r.grow(len(s) + len(t)); err != nil {
		return nil, err
	}
	return join(s, t), nil
}

// join is s + t. A pair of surrogates that meets in the middle becomes one character.
func join(s, t string) string {
	if len(s) >= 3 && s[len(s)-3] == 0xED && s[len(s)-2] >= 0xA0 && t != "" && t[0] == 0xED {
		return string(java.AppendText([]byte(s), t))
	}
	return s + t
}
