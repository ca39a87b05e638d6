package jsonpath

import (
	"errors"
	"math"
	"strconv"

	"postern/java"
)

var nan = any(math.NaN())

// number reads what starts like a number. It is one if a comma, a bracket or a character from '~' on follows, or
// the end; otherwise it is an unquoted text.
func (p *parser) number(closer byte) (any, error) {
	start := p.pos
	p.pos++
	p.skipDigits()
	whole := true
	if p.char() == '.' {
		whole = false
		p.pos++
		p.skipDigits()
	}
	if c := p.char(); c == 'e' || c == 'E' {
		whole = false
		p.pos++
		if c := p.char(); c != '+' && c != '-' && (c < '0' || c > '9') {
			return p.boxString(p.unquoted(start, closer)), nil
		}
		p.pos++
		p.skipDigits()
	}
	end := p.pos
	p.skipSpace()
	if c := p.char(); c < '~' && !ends(c, closer) {
		return p.boxString(p.unquoted(start, closer)), nil
	}
	if whole {
		return p.integer(p.src[start:end])
	}
	return p.fraction(p.src[start:end])
}

func (p *parser) skipDigits() {
	for p.pos < len(p.src) && p.src[p.pos]-'0' <= 9 {
		p.pos++
	}
}

// integer returns the number as Integer, Long or BigInteger. With more digits than a Long has it is a BigInteger
// even if they are leading zeros.
func (p *parser) integer(text string) (any, error) {
	digits := text
	if text[0] == '-' {
		digits = text[1:]
	}
	if len(digits) < 19 {
		n := int64(0)
		for i := range len(digits) {
			n = n*10 + int64(digits[i]-'0')
		}
		if text[0] == '-' {
			n = -n
		}
		return p.boxWhole(n), nil
	}
	if len(digits) == 19 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return java.Int(n), nil
		}
	}
	n, err := java.ParseInteger(text)
	if err != nil {
		return nil, p.fail("number has too many digits")
	}
	return n, nil
}

// boxWhole returns n as Integer or Long.
func (p *parser) boxWhole(n int64) any {
	switch {
	case n != int64(int32(n)):
		return n
	case n>>8 == 0:
		return int32(n) // Go has these ready
	}
	return p.boxInt(int32(n))
}

// fraction returns the number as Double, or BigDecimal if it has more than 18 characters.
func (p *parser) fraction(text string) (any, error) {
	if len(text) > 18 {
		d, err := java.ParseDecimal(text)
		if err != nil {
			return nil, p.fail("malformed number")
		}
		return d, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, p.fail("malformed number")
	}
	return p.boxDouble(f), nil
}

// shortNumber reads digits, perhaps with a point between them, that a comma or bracket follows at once, where there
// are so few that one division gives the nearest double: both operands are exact below 2^53 and up to 10^22.
func (p *parser) shortNumber(closer byte) (v any, ok bool) {
	src, i := p.src, p.pos
	negative := src[i] == '-'
	if negative {
		i++
	}
	n, first := int64(0), i
	for ; i < len(src) && src[i]-'0' <= 9; i++ {
		n = n*10 + int64(src[i]-'0')
	}
	digits, places := i-first, -1
	if digits > 0 && i < len(src) && src[i] == '.' {
		i++
		point := i
		for ; i < len(src) && src[i]-'0' <= 9; i++ {
			n = n*10 + int64(src[i]-'0')
		}
		places = i - point
		digits += places
	}
	if digits == 0 || digits > 15 || i >= len(src) || closer == 0 || src[i] != ',' && src[i] != closer {
		return nil, false
	}
	p.pos = i
	if places >= 0 {
		f := float64(n) / pow10[places]
		if negative {
			f = -f
		}
		return p.boxDouble(f), true
	}
	if negative {
		n = -n
	}
	return p.boxWhole(n), true
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}
