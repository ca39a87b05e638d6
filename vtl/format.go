package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"postern/java"
)

// format is String.format with the conversions of java.util.Formatter but for dates.
func (c *call) format(layout string, args []any) (any, error) {
	f := formatter{c: c, args: args, allNull: c.nullRest}
	var out []byte
	for layout != "" {
		i := strings.IndexByte(layout, '%')
		if i < 0 {
			break
		}
		out = append(out, layout[:i]...)
		layout = layout[i:]
		s, n, err := parseSpec(layout)
		if err != nil {
			return nil, err
		}
		text, err := f.convert(s)
		if err != nil {
			return nil, err
		}
		out = append(out, text...)
		layout = layout[n:]
		if len(out) > c.r.size {
			return nil, ErrValueSize
		}
	}
	return c.result(string(append(out, layout...)))
}

// formatSpec is one %[index$][flags][width][.precision]conversion.
type formatSpec struct {
	source           string
	index            int
	flags            string
	width, precision int
	conversion       byte
}

func (s *formatSpec) has(flag byte) bool { return strings.IndexByte(s.flags, flag) >= 0 }

// parseSpec reads a specifier at the start of layout and returns its length.
func parseSpec(layout string) (formatSpec, int, error) {
	s := formatSpec{width: -1, precision: -1}
	i := 1
	if n := digits(layout[i:]); n > 0 && i+n < len(layout) && layout[i+n] == '$' {
		s.index, _ = strconv.Atoi(layout[i : i+n])
		i += n + 1
	}
	for i < len(layout) && strings.IndexByte("-#+ 0,(<", layout[i]) >= 0 {
		if s.has(layout[i]) {
			return s, 0, failf("duplicate format flags: %q", layout[:i+1])
		}
		s.flags += layout[i : i+1]
		i++
	}
	if n := digits(layout[i:]); n > 0 {
		s.width, _ = strconv.Atoi(layout[i : i+n])
		i += n
	}
	if i < len(layout) && layout[i] == '.' {
		n := digits(layout[i+1:])
		if n == 0 {
			return s, 0, failf("the conversion is unknown: %q", layout[:i+1])
		}
		s.precision, _ = strconv.Atoi(layout[i+1 : i+1+n])
		i += n + 1
	}
	if i == len(layout) {
		return s, 0, failf("the conversion is unknown: %q", layout)
	}
	s.conversion = layout[i]
	s.source = layout[:i+1]
	if s.width > maxFormat || s.precision > maxFormat {
		return s, 0, ErrValueSize
	}
	return s, i + 1, nil
}

// maxFormat is the greatest width and precision. Unit: characters.
const maxFormat = 100_000

type formatter struct {
	c    *call
	args []any
	// allNull tells that there is no array of arguments: each is null.
	allNull bool
	// last is the argument used last, next the next ordinary one; both count from 1.
	last, next int
}

// argument finds the argument of a specifier.
func (f *formatter) argument(s *formatSpec) (any, error) {
	switch {
	case s.has('<'):
		if f.last == 0 {
			return nil, failf("missing format argument: %s", s.source)
		}
	case s.index > 0:
		f.last = s.index
	default:
		f.next++
		f.last = f.next
	}
	if f.allNull {
		return nil, nil
	}
	if f.last > len(f.args) {
		return nil, failf("missing format argument: %s", s.source)
	}
	return f.args[f.last-1], nil
}

func (f *formatter) convert(s formatSpec) (string, error) {
	switch s.conversion {
	case 'n':
		if s.width >= 0 || s.flags != "" || s.precision >= 0 {
			return "", failf("illegal use of %%n")
		}
		return "\n", nil
	case '%':
		if s.precision >= 0 || s.has('-') && s.width < 0 || strings.Trim(s.flags, "-") != "" {
			return "", failf("illegal use of %%%%")
		}
		return s.pad("%"), nil
	}
	if strings.IndexByte("bBhHsScCdoxXeEfgGaA", s.conversion) < 0 {
		if s.conversion == 't' || s.conversion == 'T' {
			return "", failWith(ErrUnsupported, "dates cannot be formatted")
		}
		return "", failf("the conversion is unknown: %s", s.source)
	}
	if (s.has('-') || s.has('0')) && s.width < 0 {
		return "", failf("the width is missing: %s", s.source)
	}
	v, err := f.argument(&s)
	if err != nil {
		return "", err
	}
	text, err := f.text(&s, v)
	if err != nil {
		return "", err
	}
	if s.conversion >= 'A' && s.conversion <= 'Z' {
		text = toUpper(text)
	}
	return s.pad(text), nil
}

func (f *formatter) text(s *formatSpec, v any) (string, error) {
	switch s.conversion {
	case 'b', 'B', 'h', 'H', 's', 'S':
		return f.general(s, v)
	case 'c', 'C':
		return s.character(v)
	case 'd', 'o', 'x', 'X':
		return s.integer(v)
	case 'a', 'A':
		return "", failWith(ErrUnsupported, "the conversion %s is not supported", s.source)
	}
	return s.decimal(v)
}

// pad brings text to the width of the specifier.
func (s *formatSpec) pad(text string) string {
	missing := s.width - utf16Length(text)
	if missing <= 0 {
		return text
	}
	if s.has('-') {
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}

// cut shortens text to the precision.
func (s *formatSpec) cut(text string) string {
	if s.precision >= 0 && s.precision < utf16Length(text) {
		return substringUTF16(text, 0, s.precision)
	}
	return text
}

// general converts what any value can be.
func (f *formatter) general(s *formatSpec, v any) (string, error) {
	if strings.Trim(s.flags, "-<#") != "" || s.has('#') {
		return "", failf("the flags do not fit the conversion: %s", s.source)
	}
	switch s.conversion {
	case 'b', 'B':
		b, ok := v.(bool)
		return s.cut(strconv.FormatBool(ok && b || !ok && v != nil)), nil
	case 'h', 'H':
		if v == nil {
			return s.cut("null"), nil
		}
		h, err := f.c.r.hashCode(v)
		if err != nil {
			return "", err
		}
		return s.cut(strconv.FormatUint(uint64(uint32(h.(int32))), 16)), nil
	}
	if v == nil {
		return s.cut("null"), nil
	}
	text, _, err := f.c.r.toString(v)
	return s.cut(text), err
}

func (s *formatSpec) character(v any) (string, error) {
	if s.precision >= 0 || strings.Trim(s.flags, "-<") != "" {
		return "", failf("the flags do not fit the conversion: %s", s.source)
	}
	switch v := v.(type) {
	case nil:
		return "null", nil
	case java.Char:
		return charText(v), nil
	case int32:
		if v < 0 || v > 0x10FFFF {
			return "", failf("code point %d is not valid", v)
		}
		return codePoint(int(v)), nil
	}
	return "", s.mismatch(v)
}

func (s *formatSpec) mismatch(v any) error {
	return failf("%s does not take a %s", s.source, classNameOf(classOf(v), v))
}

// integer converts whole numbers.
func (s *formatSpec) integer(v any) (string, error) {
	if s.precision >= 0 {
		return "", failf("%s has a precision", s.source)
	}
	if err := s.checkNumberFlags(); err != nil {
		return "", err
	}
	if v == nil {
		return s.cut("null"), nil
	}
	if !isWhole(v) {
		return "", s.mismatch(v)
	}
	n := toBig(v)
	if s.conversion == 'd' {
		if s.has('#') {
			return "", failf("the flags do not fit the conversion: %s", s.source)
		}
		return s.signed(n.Sign() < 0, new(big.Int).Abs(n).String(), ""), nil
	}
	return s.radix(v, n)
}

// radix converts to octal or hexadecimal: Integers and Longs as unsigned, BigIntegers with their sign.
func (s *formatSpec) radix(v any, n *big.Int) (string, error) {
	base, prefix := 16, "0x"
	if s.conversion == 'o' {
		base, prefix = 8, "0"
	}
	if !s.has('#') {
		prefix = ""
	}
	var text string
	switch v := v.(type) {
	case int32:
		text = strconv.FormatUint(uint64(uint32(v)), base)
	case int64:
		text = strconv.FormatUint(uint64(v), base)
	default:
		return s.signed(n.Sign() < 0, prefix+new(big.Int).Abs(n).Text(base), ""), nil
	}
	if s.has('+') || s.has(' ') || s.has('(') || s.has(',') {
		return "", failf("the flags do not fit the conversion: %s", s.source)
	}
	text = prefix + text
	if s.has('0') && len(text) < s.width {
		text = prefix + strings.Repeat("0", s.width-len(text)) + text[len(prefix):]
	}
	return text, nil
}

func (s *formatSpec) checkNumberFlags() error {
	if s.has('+') && s.has(' ') || s.has('-') && s.has('0') {
		return failf("the flags cannot be combined: %s", s.source)
	}
	return nil
}

// signed adds sign, grouping and zeros to the digits of a number.
func (s *formatSpec) signed(negative bool, whole, rest string) string {
	if s.has(',') {
		whole = groupDigits(whole)
	}
	before, after := "", ""
	switch {
	case negative && s.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case s.has('+'):
		before = "+"
	case s.has(' '):
		before = " "
	}
	text := whole + rest
	if s.has('0') {
		if missing := s.width - len(before) - len(text) - len(after); missing > 0 {
			text = strings.Repeat("0", missing) + text
		}
	}
	return before + text + after
}

// groupDigits puts a comma before every three digits.
func groupDigits(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// decimal converts numbers with a fraction.
func (s *formatSpec) decimal(v any) (string, error) {
	if err := s.checkNumberFlags(); err != nil {
		return "", err
	}
	var d *java.Decimal
	negative := false
	switch v := v.(type) {
	case nil:
		return s.cut("null"), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return s.special(v), nil
		}
		negative = math.Signbit(v)
		d, _ = java.ToDecimal(math.Abs(v))
	case *java.Decimal:
		negative = v.Unscaled.Sign() < 0
		d = &java.Decimal{Unscaled: new(big.Int).Abs(v.Unscaled), Scale: v.Scale}
	default:
		return "", s.mismatch(v)
	}
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	switch s.conversion {
	case 'f':
		return s.fixed(negative, d, precision)
	case 'e', 'E':
		return s.scientific(negative, d, precision)
	}
	return s.shortest(negative, d, precision)
}

func (s *formatSpec) special(v float64) string {
	zeroless := *s
	zeroless.flags = strings.ReplaceAll(s.flags, "0", "")
	zeroless.flags = strings.ReplaceAll(zeroless.flags, ",", "")
	if math.IsNaN(v) {
		return "NaN"
	}
	return zeroless.signed(v < 0, "Infinity", "")
}

func (s *formatSpec) fixed(negative bool, d *java.Decimal, precision int) (string, error) {
	v, err := setScale(d, int32(precision), roundHalfUp)
	if err != nil {
		return "", err
	}
	digits := v.(*java.Decimal).Unscaled.String()
	if missing := precision + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - precision
	rest := digits[point:]
	if precision > 0 || s.has('#') {
		rest = "." + rest
	}
	return s.signed(negative, digits[:point], rest), nil
}

func (s *formatSpec) scientific(negative bool, d *java.Decimal, precision int) (string, error) {
	if s.has(',') {
		return "", failf("the flags do not fit the conversion: %s", s.source)
	}
	exponent := 0
	mantissa := strings.Repeat("0", precision+1)
	if d.Unscaled.Sign() != 0 {
		exponent = len(d.Unscaled.String()) - 1 - int(d.Scale)
		v, err := setScale(d, int32(precision-exponent), roundHalfUp)
		if err != nil {
			return "", err
		}
		mantissa = v.(*java.Decimal).Unscaled.String()
		if len(mantissa) > precision+1 {
			exponent++
			mantissa = mantissa[:precision+1]
		}
	}
	rest := mantissa[1:]
	if precision > 0 || s.has('#') {
		rest = "." + rest
	}
	sign := "+"
	if exponent < 0 {
		sign, exponent = "-", -exponent
	}
	e := strconv.Itoa(exponent)
	if len(e) < 2 {
		e = "0" + e
	}
	return s.signed(negative, mantissa[:1], rest+"e"+sign+e), nil
}

// shortest is %g: plain from 10^-4 to 10^precision, else scientific.
func (s *formatSpec) shortest(negative bool, d *java.Decimal, precision int) (string, error) {
	if s.has('#') {
		return "", failf("the flags do not fit the conversion: %s", s.source)
	}
	if precision == 0 {
		precision = 1
	}
	if d.Unscaled.Sign() == 0 {
		return s.fixed(negative, d, precision-1)
	}
	exponent := len(d.Unscaled.String()) - 1 - int(d.Scale)
	rounded, err := setScale(d, int32(precision-1-exponent), roundHalfUp)
	if err != nil {
		return "", err
	}
	r := rounded.(*java.Decimal)
	exponent = len(r.Unscaled.String()) - 1 - int(r.Scale)
	if exponent >= -4 && exponent < precision {
		return s.fixed(negative, r, precision-1-exponent)
	}
	return s.scientific(negative, r, precision-1)
}
