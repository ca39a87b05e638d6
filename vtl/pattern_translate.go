package vtl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// translator rewrites a pattern of java.util.regex for Go.
type translator struct {
	src string
	pos int
	out strings.Builder
	// flags are those of the groups around the current place, the innermost last.
	flags  []patternFlags
	dollar bool
}

type patternFlags struct{ dotAll, multiline bool }

func (t *translator) unsupported(what string) error {
	return failWith(ErrUnsupported, "the pattern %q is not supported: %s", t.src, what)
}

func (t *translator) invalid(what string) error {
	return failf("the pattern %q is not valid: %s", t.src, what)
}

func (t *translator) now() *patternFlags { return &t.flags[len(t.flags)-1] }

func (t *translator) translate() (string, error) {
	t.flags = []patternFlags{{}}
	for t.pos < len(t.src) {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	return t.out.String(), nil
}

func (t *translator) next() error {
	c := t.src[t.pos]
	switch c {
	case '\\':
		return t.escape(false)
	case '[':
		return t.class()
	case '(':
		return t.open()
	case ')':
		if len(t.flags) == 1 {
			return t.invalid("unmatched closing parenthesis")
		}
		t.flags = t.flags[:len(t.flags)-1]
	case '.':
		t.pos++
		if t.now().dotAll {
			t.out.WriteString(`(?s:.)`)
		} else {
			t.out.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
		}
		return nil
	case '^':
		t.pos++
		if t.now().multiline {
			return t.unsupported("^ with the flag m")
		}
		t.out.WriteString(`\A`)
		return nil
	case '$':
		t.pos++
		if t.now().multiline {
			return t.unsupported("$ with the flag m")
		}
		t.dollar = true
		t.out.WriteString(`\z`)
		return nil
	case '*', '+', '?', '}':
		return t.quantifier()
	case '{':
		return t.repeat()
	}
	r, n := utf8.DecodeRuneInString(t.src[t.pos:])
	if r == utf8.RuneError && n == 1 {
		return t.unsupported("a lone surrogate")
	}
	t.out.WriteString(t.src[t.pos : t.pos+n])
	t.pos += n
	return nil
}

// quantifier copies *, + or ? with a question mark behind it; a plus behind it would be possessive.
func (t *translator) quantifier() error {
	if t.src[t.pos] == '}' {
		t.pos++
		t.out.WriteString(`\}`)
		return nil
	}
	t.out.WriteByte(t.src[t.pos])
	t.pos++
	return t.suffix()
}

func (t *translator) suffix() error {
	if t.pos < len(t.src) {
		switch t.src[t.pos] {
		case '+':
			return t.unsupported("a possessive quantifier")
		case '?':
			t.out.WriteByte('?')
			t.pos++
		}
	}
	return nil
}

// repeat copies {n}, {n,} or {n,m}; a brace that is none of them is an error in Java.
func (t *translator) repeat() error {
	end := strings.IndexByte(t.src[t.pos:], '}')
	if end < 0 {
		return t.invalid("unclosed counted closure")
	}
	body := t.src[t.pos+1 : t.pos+end]
	low, high, comma := strings.Cut(body, ",")
	if low == "" || digits(low) != len(low) || comma && digits(high) != len(high) {
		return t.invalid("illegal repetition")
	}
	t.out.WriteString(t.src[t.pos : t.pos+end+1])
	t.pos += end + 1
	return t.suffix()
}

// open copies the opening of a group.
func (t *translator) open() error {
	rest := t.src[t.pos:]
	flags := *t.now()
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!", "(?>"} {
		if hasPrefix(rest, look) {
			return t.unsupported("a group that looks around or does not backtrack")
		}
	}
	switch {
	case hasPrefix(rest, "(?<"):
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return t.invalid("a group name has no end")
		}
		fmt.Fprintf(&t.out, "(?P<%s>", rest[3:end])
		t.pos += end + 1
	case hasPrefix(rest, "(?"):
		return t.openFlags(rest)
	default:
		t.out.WriteByte('(')
		t.pos++
	}
	t.flags = append(t.flags, flags)
	return nil
}

// openFlags copies (?i) and (?i:.
func (t *translator) openFlags(rest string) error {
	flags := *t.now()
	on := true
	fold := ""
	i := 2
	for ; i < len(rest) && rest[i] != ')' && rest[i] != ':'; i++ {
		switch rest[i] {
		case '-':
			on = false
			fold += "-"
		case 'i':
			fold += "i"
		case 's':
			flags.dotAll = on
		case 'm':
			flags.multiline = on
		case 'u':
		default:
			return t.unsupported("the flag " + rest[i:i+1])
		}
	}
	if i == len(rest) {
		return t.invalid("a group has no end")
	}
	fold = strings.TrimSuffix(fold, "-")
	t.pos += i + 1
	if rest[i] == ')' {
		*t.now() = flags
		if fold != "" {
			fmt.Fprintf(&t.out, "(?%s)", fold)
		}
		return nil
	}
	fmt.Fprintf(&t.out, "(?%s:", fold)
	t.flags = append(t.flags, flags)
	return nil
}

// escape translates a backslash and what follows it, in a class or outside.
func (t *translator) escape(inClass bool) error {
	if t.pos+1 == len(t.src) {
		return t.invalid("a backslash at the end")
	}
	c := t.src[t.pos+1]
	t.pos += 2
	switch c {
	case 'd', 'D', 'w', 'W':
		t.out.WriteString(`\` + string(c))
	case 's':
		t.out.WriteString(inBrackets(`\t\n\v\f\r `, inClass))
	case 'S':
		if inClass {
			return t.unsupported(`\S in a class`)
		}
		t.out.WriteString(`[^\t\n\v\f\r ]`)
	case 'b', 'B', 'A', 'z':
		if inClass {
			return t.invalid(`\` + string(c) + " in a class")
		}
		t.out.WriteString(`\` + string(c))
	case 't', 'n', 'r', 'f', 'a':
		t.out.WriteString(`\` + string(c))
	case 'e':
		t.out.WriteString(`\x1B`)
	case 'h':
		t.out.WriteString(inBrackets(`\t \x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`, inClass))
	case 'v':
		t.out.WriteString(inBrackets(`\n\v\f\r\x{85}\x{2028}\x{2029}`, inClass))
	case 'x':
		return t.hex()
	case 'u':
		return t.unicode()
	case 'p', 'P':
		return t.property(c)
	case 'Q':
		return t.quoted(inClass)
	case 'Z':
		return t.unsupported(`\Z`)
	case 'G', 'R', 'X', 'k', 'N', 'c', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return t.unsupported(`\` + string(c))
	default:
		if isLetter(c) {
			return t.invalid("illegal escape")
		}
		return t.quoteOne()
	}
	return nil
}

// quoteOne writes the character behind a backslash as itself.
func (t *translator) quoteOne() error {
	t.pos--
	r, n := utf8.DecodeRuneInString(t.src[t.pos:])
	t.pos += n
	t.writeRune(r)
	return nil
}

func (t *translator) writeRune(r rune) {
	if r < utf8.RuneSelf && !isLetter(byte(r)) && !isDigit(byte(r)) && r > ' ' && r != '_' {
		t.out.WriteByte('\\')
	}
	if r <= ' ' {
		fmt.Fprintf(&t.out, `\x{%x}`, r)
		return
	}
	t.out.WriteRune(r)
}

func inBrackets(s string, inClass bool) string {
	if inClass {
		return s
	}
	return "[" + s + "]"
}

func (t *translator) hex() error {
	s := t.src[t.pos:]
	if hasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return t.invalid("unclosed hexadecimal escape")
		}
		t.out.WriteString(`\x` + s[:end+1])
		t.pos += end + 1
		return nil
	}
	if len(s) < 2 {
		return t.invalid("illegal hexadecimal escape")
	}
	t.out.WriteString(`\x` + s[:2])
	t.pos += 2
	return nil
}

func (t *translator) unicode() error {
	s := t.src[t.pos:]
	if len(s) < 4 {
		return t.invalid("illegal Unicode escape")
	}
	if s[0] == 'd' || s[0] == 'D' {
		if s[1] >= '8' {
			return t.unsupported("a surrogate")
		}
	}
	t.out.WriteString(`\x{` + s[:4] + `}`)
	t.pos += 4
	return nil
}

// property translates \p{...}: the POSIX classes and the general categories.
func (t *translator) property(c byte) error {
	s := t.src[t.pos:]
	name := s[:min(1, len(s))]
	n := len(name)
	if hasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return t.invalid("unclosed character family")
		}
		name, n = s[1:end], end+1
	}
	t.pos += n
	posix := map[string]string{
		"Lower": "lower", "Upper": "upper", "ASCII": "ascii", "Alpha": "alpha", "Digit": "digit", "Alnum": "alnum",
		"Punct": "punct", "Graph": "graph", "Print": "print", "Blank": "blank", "Cntrl": "cntrl", "XDigit": "xdigit",
		"Space": "space",
	}
	if p, ok := posix[name]; ok {
		not := ""
		if c == 'P' {
			not = "^"
		}
		t.out.WriteString("[[:" + not + p + ":]]")
		return nil
	}
	name = strings.TrimPrefix(name, "Is")
	switch name {
	case "L", "M", "N", "P", "S", "Z", "C", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd",
		"Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Latin", "Greek", "Cyrillic", "Han",
		"Hiragana", "Katakana", "Hebrew", "Arabic":
		t.out.WriteString(`\` + string(c) + `{` + name + `}`)
		return nil
	}
	return t.unsupported(`\p{` + name + "}")
}

func (t *translator) quoted(inClass bool) error {
	if inClass {
		return t.unsupported(`\Q in a class`)
	}
	text, _, _ := strings.Cut(t.src[t.pos:], `\E`)
	for _, r := range text {
		t.writeRune(r)
	}
	t.pos = min(t.pos+len(text)+2, len(t.src))
	return nil
}

// class copies a character class without others in it.
func (t *translator) class() error {
	t.out.WriteByte('[')
	t.pos++
	if t.pos < len(t.src) && t.src[t.pos] == '^' {
		t.out.WriteByte('^')
		t.pos++
	}
	for first := true; t.pos < len(t.src); first = false {
		switch c := t.src[t.pos]; {
		case c == ']' && !first:
			t.out.WriteByte(']')
			t.pos++
			return nil
		case c == ']':
			t.out.WriteString(`\]`)
			t.pos++
		case c == '[':
			return t.unsupported("a class in a class")
		case c == '&' && hasPrefix(t.src[t.pos:], "&&"):
			return t.unsupported("an intersection of classes")
		case c == '\\':
			if n := t.pos + 1; n < len(t.src) && (t.src[n] == 'p' || t.src[n] == 'P') && !generalCategory(t.src[n+1:]) {
				return t.unsupported("a named class in a class")
			}
			if err := t.escape(true); err != nil {
				return err
			}
		case c == '-':
			t.out.WriteByte('-')
			t.pos++
		default:
			r, n := utf8.DecodeRuneInString(t.src[t.pos:])
			t.pos += n
			t.writeRune(r)
		}
	}
	return t.invalid("unclosed character class")
}

// generalCategory tells whether {L}, {Lu} or the like follows.
func generalCategory(s string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(s, "{"), "}")
	return len(strings.TrimPrefix(name, "Is")) <= 2
}
