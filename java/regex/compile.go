package regex

// opcode is what an instruction does.
type opcode uint8

const (
	opMatch   opcode = iota
	opChar           // one character of set
	opSplit          // try x, then y
	opJump           // to x
	opSave           // the position into capture n
	opAssert         // a place in the text
	opBackref        // what group n matched
	opLook           // the program at x matches here (or not), then y
	opAtomic         // the program at x, never tried again, then y
	opDone           // the end of a program of opLook or opAtomic
	opRepeat         // characters of set, n to max times, as mode says
	opMark           // the position into register n
	opMoved          // go on if the position is not that of register n, otherwise to x
)

// inst is one instruction.
type inst struct {
	op   opcode
	set  *class
	x, y int
	n    int
	max  int
	mode mode
	kind assertion
	look look
	fold Flags
}

// compiler turns nodes into a program.
type compiler struct {
	prog []inst
	regs int
}

// emit appends an instruction and returns where it stands. A program that is too large is not continued.
func (c *compiler) emit(in inst) int {
	if len(c.prog) <= maxProgram {
		c.prog = append(c.prog, in)
	}
	return len(c.prog) - 1
}

func (c *compiler) compile(n node) {
	if len(c.prog) > maxProgram {
		return
	}
	switch n := n.(type) {
	case char:
		c.emit(inst{op: opChar, set: n.set})
	case sequence:
		for _, part := range n {
			c.compile(part)
		}
	case choice:
		c.choice(n)
	case group:
		c.emit(inst{op: opSave, n: 2 * n.index})
		c.compile(n.body)
		c.emit(inst{op: opSave, n: 2*n.index + 1})
	case assert:
		c.emit(inst{op: opAssert, kind: n.kind})
	case backref:
		c.emit(inst{op: opBackref, n: n.index, fold: n.flags})
	case look:
		c.sub(inst{op: opLook, look: n}, n.body)
	case atomic:
		c.sub(inst{op: opAtomic}, n.body)
	case repeat:
		c.repeat(n)
	}
}

func (c *compiler) choice(n choice) {
	var ends []int
	for i, part := range n {
		if i == len(n)-1 {
			c.compile(part)
			break
		}
		split := c.emit(inst{op: opSplit})
		c.prog[split].x = len(c.prog)
		c.compile(part)
		ends = append(ends, c.emit(inst{op: opJump}))
		c.prog[split].y = len(c.prog)
	}
	for _, end := range ends {
		c.prog[end].x = len(c.prog)
	}
}

// sub emits an instruction that runs a body as a program of its own.
func (c *compiler) sub(in inst, body node) {
	at := c.emit(in)
	c.prog[at].x = len(c.prog)
	c.compile(body)
	c.emit(inst{op: opDone})
	c.prog[at].y = len(c.prog)
}

func (c *compiler) repeat(n repeat) {
	if one, ok := n.body.(char); ok {
		c.emit(inst{op: opRepeat, set: one.set, n: n.min, max: n.max, mode: n.mode})
		return
	}
	if n.mode == possessive {
		n.mode = greedy
		c.sub(inst{op: opAtomic}, n)
		return
	}
	for range n.min {
		start := len(c.prog)
		if c.compile(n.body); len(c.prog) == start { // nothing to match, or the program is too large
			break
		}
	}
	if n.max < 0 {
		c.loop(n)
		return
	}
	// Each further time is tried within the one before.
	var splits []int
	for range n.max - n.min {
		if len(c.prog) > maxProgram {
			return
		}
		splits = append(splits, c.emit(inst{op: opSplit}))
		c.branch(splits[len(splits)-1], len(c.prog), n.mode)
		c.compile(n.body)
	}
	for _, split := range splits {
		c.leave(split, len(c.prog), n.mode)
	}
}

// loop emits a repetition without end. A round that matches nothing is the last.
func (c *compiler) loop(n repeat) {
	reg := c.regs
	c.regs++
	split := c.emit(inst{op: opSplit})
	c.branch(split, len(c.prog), n.mode)
	c.emit(inst{op: opMark, n: reg})
	c.compile(n.body)
	moved := c.emit(inst{op: opMoved, n: reg})
	c.emit(inst{op: opJump, x: split})
	c.prog[moved].x = len(c.prog)
	c.leave(split, len(c.prog), n.mode)
}

// branch says where a split enters a body, leave where it passes it by.
func (c *compiler) branch(split, to int, m mode) {
	if m == reluctant {
		c.prog[split].y = to
	} else {
		c.prog[split].x = to
	}
}

func (c *compiler) leave(split, to int, m mode) {
	if m == reluctant {
		c.prog[split].x = to
	} else {
		c.prog[split].y = to
	}
}
