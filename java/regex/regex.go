// Package regex is java.util.regex: Java's syntax and Java's backtracking, with a bound on the steps that a match
// may take.
//
// What comes in: a pattern and a text in UTF-8 (lone surrogates as their three WTF-8 bytes). What goes out: whether
// and where it matches, in byte offsets, and what Java's String.matches, replaceAll, replaceFirst and split make of
// it. Go's own regexp cannot stand in: it has no lookaround, back references, possessive quantifiers or class
// intersections, and takes the leftmost-first match of another syntax.
//
// Missing are the classes that name a Unicode block (\p{InGreek}), canonical equivalence, \X and \N{name};
// Compile says so. What takes more than about MaxSteps steps fails with ErrLimit, where Java would run for hours
// or out of stack. An empty match between the two surrogates of a character, which Java finds, is not found.
package regex

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// ErrLimit says that matching takes more than about MaxSteps steps.
var ErrLimit = errors.New("regular expression takes too long")

const (
	// MaxSteps is how many steps a match, or all matches of a replacement or a split together, may take, besides
	// stepsPerByte for each byte of the text.
	MaxSteps     = 1_000_000
	stepsPerByte = 64
	// maxProgram is how many instructions a pattern may compile to.
	maxProgram = 50_000
	// maxNesting is how deep groups may nest.
	maxNesting = 200
	// maxStack is how many choices may be open.
	maxStack = 200_000
	// keptStack is the largest stack that is kept for the next match.
	keptStack = 1000
)

// Flags are java.util.regex.Pattern's.
type Flags uint8

const (
	// CaseInsensitive compares the letters of ASCII without regard to case, with UnicodeCase all letters: (?i).
	CaseInsensitive Flags = 1 << iota
	// Comments ignores white space and comments in the pattern: (?x).
	Comments
	// Multiline lets ^ and $ match at line ends: (?m).
	Multiline
	// DotAll lets . match line ends: (?s).
	DotAll
	// UnicodeCase extends CaseInsensitive: (?u).
	UnicodeCase
	// UnixLines knows only \n as a line end: (?d).
	UnixLines
	// UnicodeClasses extends \w, \d, \s and \b and the POSIX classes to all of Unicode: (?U).
	UnicodeClasses
	// Literal takes the pattern as it stands.
	Literal
)

// SyntaxError says where a pattern is not one.
type SyntaxError struct {
	Pattern string
	Offset  int // in bytes
	Reason  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("regular expression %q: %s at offset %d", e.Pattern, e.Reason, e.Offset)
}

// Regexp is a compiled pattern. It may be used by several goroutines at once.
type Regexp struct {
	source string
	prog   []inst
	groups int            // capturing groups, the whole match not counted
	names  map[string]int // of named groups
	regs   int            // loop registers
	prefix string         // what every match begins with
	// machines are those that Matches has used.
	machines sync.Pool
}

// Compile reads a pattern. The error is a *SyntaxError.
func Compile(pattern string, flags Flags) (*Regexp, error) {
	p := parser{src: pattern, flags: flags, names: map[string]int{}}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	c := compiler{}
	c.emit(inst{op: opSave, n: 0})
	c.compile(root)
	c.emit(inst{op: opSave, n: 1})
	c.emit(inst{op: opMatch})
	if len(c.prog) > maxProgram {
		return nil, &SyntaxError{pattern, len(pattern), "pattern is too large"}
	}
	return &Regexp{
		source: pattern, prog: c.prog, groups: p.groups, names: p.names, regs: c.regs,
		prefix: literalPrefix(root),
	}, nil
}

// MustCompile is Compile for patterns known to be right; it panics on an error.
func MustCompile(pattern string) *Regexp {
	re, err := Compile(pattern, 0)
	if err != nil {
		panic(err)
	}
	return re
}

// String returns the pattern.
func (re *Regexp) String() string { return re.source }

// Groups returns the number of capturing groups.
func (re *Regexp) Groups() int { return re.groups }

// Matches reports whether the whole of s matches, as Java's matches does.
func (re *Regexp) Matches(s string) (bool, error) {
	m, ok := re.machines.Get().(*machine)
	if !ok {
		m = newMachine(re, "")
	}
	m.s, m.full, m.steps = s, true, MaxSteps+stepsPerByte*len(s)
	ok, err := m.at(0)
	m.s = ""
	if cap(m.stack) <= keptStack {
		re.machines.Put(m)
	}
	return ok, err
}

// Find returns the first match at or after byte from: the offsets of the match and of its groups in pairs, -1 for a
// group that took no part. It is nil if there is none.
func (re *Regexp) Find(s string, from int) ([]int, error) {
	return newMachine(re, s).find(from, from)
}

// find looks for the first match at or after from, the one before having ended at origin.
func (m *machine) find(from, origin int) ([]int, error) {
	re, s := m.re, m.s
	m.origin = origin
	for pos := from; pos <= len(s); {
		if re.prefix != "" {
			next := strings.Index(s[pos:], re.prefix)
			if next < 0 {
				return nil, nil
			}
			pos += next
		}
		ok, err := m.at(pos)
		if err != nil {
			return nil, err
		}
		if ok {
			return m.caps, nil
		}
		_, size := decode(s, pos)
		pos += max(size, 1)
	}
	return nil, nil
}
