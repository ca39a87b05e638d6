package vtl

// define is #define.
type define struct {
	inert
	place
	slot int
	body node
}

// defineDepth is how deep a block may print itself, Velocity's directive.define.max.depth.
const defineDepth = 2

func (n *define) render(r *renderer) error {
	if r.trace != nil {
		r.trace(Event{Line: int(n.line), Column: int(n.column), Directive: "define", Source: r.nameOf(n.slot)})
	}
	r.put(n.slot, r.newBlock(n.body, defineDepth))
	return nil
}

// blockValue is the value of $name after #define($name), and of $bodyContent: a block that is rendered where the
// reference stands.
type blockValue struct {
	body node
	// frame is where the block was defined; it counts when the block is used as a string.
	frame           *frame
	depth, maxDepth int
	// r is the rendering that the block belongs to, nil when that is over.
	r *renderer
}

func (r *renderer) newBlock(body node, maxDepth int) *blockValue {
	b := &blockValue{body: body, frame: r.frame.capture(), maxDepth: maxDepth, r: r}
	r.blocks = append(r.blocks, b)
	return b
}

// JavaString is the text of a block in a list or a map that is printed.
func (b *blockValue) JavaString() string {
	if b.r == nil {
		return ""
	}
	out, ok, err := b.appendTo(b.r, nil)
	if err != nil && b.r.pending == nil {
		b.r.pending = err
	}
	if !ok {
		return "null"
	}
	return string(out)
}

// render prints the block. done is false when it is inside itself too often.
func (b *blockValue) render(r *renderer) (done bool, err error) {
	if b.depth >= b.maxDepth {
		return false, nil
	}
	b.depth++
	err = b.body.render(r)
	b.depth--
	if err == errBreak {
		err = nil
	}
	return true, err
}

// appendTo appends the block as a string.
func (b *blockValue) appendTo(r *renderer, dst []byte) (out []byte, ok bool, err error) {
	saved, inside := r.out, r.frame
	r.out, r.frame = dst, b.frame
	ok, err = b.render(r)
	out = r.out
	r.out, r.frame = saved, inside
	return out, ok, err
}
