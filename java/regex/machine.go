package regex

import "strings"

// machine runs a program over a text, going back to the last choice where it fails.
type machine struct {
	re    *Regexp
	s     string
	full  bool // the match must end at the end
	caps  []int
	regs  []int
	stack []entry
	steps int // that remain
	// origin is where the match before this one ended.
	origin int
	// target is where a look-behind must end, -1 outside of one.
	target int
}

// entry is something to go back to, or to undo on the way back.
type entry struct {
	kind  entryKind
	pc    int
	pos   int
	bound int // greedyRun: the shortest end; reluctantRun: how many characters more; undo: the old value
}

type entryKind uint8

const (
	branch       entryKind = iota // go on at pc and pos
	undoCapture                   // capture pc was bound
	undoRegister                  // register pc was bound
	greedyRun                     // give back a character of a run of opRepeat
	reluctantRun                  // take one more
)

func newMachine(re *Regexp, s string) *machine {
	m := &machine{re: re, s: s, caps: make([]int, 2*(re.groups+1)), target: -1, steps: MaxSteps + stepsPerByte*len(s)}
	if re.regs > 0 {
		m.regs = make([]int, re.regs)
	}
	return m
}

// at reports whether there is a match at pos; its place is then in caps.
func (m *machine) at(pos int) (bool, error) {
	for i := range m.caps {
		m.caps[i] = -1
	}
	m.stack = m.stack[:0]
	_, ok, err := m.run(0, pos)
	return ok, err
}

// run runs the program at pc until it ends, and returns the position there. When it fails, the stack is as it was.
func (m *machine) run(pc, pos int) (end int, ok bool, err error) {
	base := len(m.stack)
	for {
		if m.steps--; m.steps < 0 || len(m.stack) > maxStack {
			return 0, false, ErrLimit
		}
		in := &m.re.prog[pc]
		pc++
		ok := true
		switch in.op {
		case opMatch:
			if !m.full || pos == len(m.s) {
				return pos, true, nil
			}
			ok = false
		case opDone:
			if m.target < 0 || pos == m.target {
				return pos, true, nil
			}
			ok = false
		case opChar:
			r, size := decode(m.s, pos)
			ok = size > 0 && in.set.matches(r)
			pos += size
		case opSplit:
			m.push(entry{kind: branch, pc: in.y, pos: pos})
			pc = in.x
		case opJump:
			pc = in.x
		case opSave:
			m.push(entry{kind: undoCapture, pc: in.n, bound: m.caps[in.n]})
			m.caps[in.n] = pos
		case opMark:
			m.push(entry{kind: undoRegister, pc: in.n, bound: m.regs[in.n]})
			m.regs[in.n] = pos
		case opMoved:
			if m.regs[in.n] == pos {
				pc = in.x
			}
		case opAssert:
			ok = m.holds(in.kind, pos)
		case opBackref:
			pos, ok = m.backref(in, pos)
		case opRepeat:
			pos, ok = m.repeat(in, pc, pos)
		case opAtomic:
			pos, ok, err = m.aside(in.x, pos, -1)
			pc = in.y
		case opLook:
			ok, err = m.look(in, pos)
			pc = in.y
		}
		if err != nil {
			return 0, false, err
		}
		if !ok {
			if pc, pos, ok = m.back(base); !ok {
				return 0, false, nil
			}
		}
	}
}

func (m *machine) push(e entry) { m.stack = append(m.stack, e) }

// back goes back to the last choice above base.
func (m *machine) back(base int) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		top := len(m.stack) - 1
		e := &m.stack[top]
		switch e.kind {
		case undoCapture:
			m.caps[e.pc] = e.bound
		case undoRegister:
			m.regs[e.pc] = e.bound
		case branch:
			pc, pos = e.pc, e.pos
			m.stack = m.stack[:top]
			return pc, pos, true
		case greedyRun:
			_, size := decodeLast(m.s, e.pos)
			e.pos -= size
			pc, pos = e.pc, e.pos
			if e.pos <= e.bound {
				m.stack = m.stack[:top]
			}
			return pc, pos, true
		case reluctantRun:
			r, size := decode(m.s, e.pos)
			if size > 0 && e.bound != 0 && m.re.prog[e.pc-1].set.matches(r) {
				e.pos += size
				e.bound--
				return e.pc, e.pos, true
			}
		}
		m.stack = m.stack[:top]
	}
	return 0, 0, false
}

// repeat takes a run of characters. next is the instruction after it.
func (m *machine) repeat(in *inst, next, pos int) (int, bool) {
	for range in.n {
		r, size := decode(m.s, pos)
		if size == 0 || !in.set.matches(r) {
			return pos, false
		}
		pos += size
	}
	if in.mode == reluctant {
		m.push(entry{kind: reluctantRun, pc: next, pos: pos, bound: in.max - in.n})
		return pos, true
	}
	least := pos
	for n := in.n; n != in.max; n++ {
		r, size := decode(m.s, pos)
		if size == 0 || !in.set.matches(r) {
			break
		}
		pos += size
	}
	m.steps -= (pos - least) / 16
	if in.mode == greedy && pos > least {
		m.push(entry{kind: greedyRun, pc: next, pos: pos, bound: least})
	}
	return pos, true
}

// aside runs a program of its own at pc. Its choices are dropped when it has matched. What it captured stays even if
// the match goes on to fail, as in Java.
func (m *machine) aside(pc, pos, target int) (int, bool, error) {
	base := len(m.stack)
	saved := m.target
	m.target = target
	end, ok, err := m.run(pc, pos)
	m.target = saved
	if !ok || err != nil {
		return pos, false, err
	}
	m.stack = m.stack[:base]
	return end, true, nil
}

func (m *machine) look(in *inst, pos int) (bool, error) {
	ok, err := m.sees(in, pos)
	return ok != in.look.negative, err
}

// sees reports whether the body of a look-around matches at pos.
func (m *machine) sees(in *inst, pos int) (bool, error) {
	if !in.look.behind {
		_, ok, err := m.aside(in.x, pos, -1)
		return ok, err
	}
	start := pos
	for n := 0; n <= in.look.max; n++ {
		if n >= in.look.min {
			if _, ok, err := m.aside(in.x, start, pos); ok || err != nil {
				return ok, err
			}
		}
		_, size := decodeLast(m.s, start)
		if size == 0 {
			break
		}
		start -= size
	}
	return false, nil
}

func (m *machine) backref(in *inst, pos int) (int, bool) {
	if 2*in.n+1 >= len(m.caps) {
		return pos, false
	}
	start, end := m.caps[2*in.n], m.caps[2*in.n+1]
	if start < 0 || end < start {
		return pos, false
	}
	if in.fold&CaseInsensitive == 0 {
		m.steps -= (end - start) / 16
		return pos + end - start, strings.HasPrefix(m.s[pos:], m.s[start:end])
	}
	for start < end {
		a, n := decode(m.s, start)
		b, size := decode(m.s, pos)
		if size == 0 || !equalFold(a, b, in.fold) {
			return pos, false
		}
		start += n
		pos += size
		m.steps--
	}
	return pos, true
}
