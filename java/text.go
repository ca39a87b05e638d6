package java

import (
	"cmp"
	"iter"
	"unicode/utf8"
)

// UTF16 iterates over the UTF-16 code units of s with their positions, as charAt(0), charAt(1) and so on. A byte
// that is not part of UTF-8 or of a lone surrogate's three bytes counts as U+FFFD.
func UTF16(s string) iter.Seq2[int, Char] {
	return func(yield func(int, Char) bool) {
		unit := 0
		for i := 0; i < len(s); unit++ {
			r, size := DecodeRune(s[i:])
			i += size
			if r < 0x10000 {
				if !yield(unit, Char(r)) {
					return
				}
				continue
			}
			r -= 0x10000
			if !yield(unit, Char(0xD800+r>>10)) || !yield(unit+1, Char(0xDC00+r&0x3FF)) {
				return
			}
			unit++
		}
	}
}

// Length is Java's s.length(): the number of UTF-16 code units.
func Length(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := DecodeRune(s[i:])
		i += size
		if r >= 0x10000 {
			n++
		}
	}
	return n
}

// AppendChar appends a UTF-16 code unit: a low surrogate completes the high surrogate that dst ends in, a lone
// surrogate becomes its three WTF-8 bytes.
func AppendChar(dst []byte, c Char) []byte {
	if c >= 0xDC00 && c <= 0xDFFF && len(dst) >= 3 {
		if last := dst[len(dst)-3:]; last[0] == 0xED && last[1] >= 0xA0 && last[1] <= 0xAF {
			high := rune(last[1]&0x0F)<<6 | rune(last[2]&0x3F)
			return utf8.AppendRune(dst[:len(dst)-3], 0x10000+high<<10+rune(c-0xDC00))
		}
	}
	if c >= 0xD800 && c <= 0xDFFF {
		return append(dst, 0xED, 0x80|byte(c>>6)&0x3F, 0x80|byte(c)&0x3F)
	}
	return utf8.AppendRune(dst, rune(c))
}

// AppendText appends s; a low surrogate at its front completes the high surrogate that dst ends in.
func AppendText(dst []byte, s string) []byte {
	if len(s) >= 3 && s[0] == 0xED && s[1] >= 0xB0 {
		if r, size := DecodeRune(s); size == 3 && r >= 0xDC00 {
			dst = AppendChar(dst, Char(r))
			s = s[3:]
		}
	}
	return append(dst, s...)
}

// EncodeUTF8 returns s as Java's getBytes(UTF_8) has it: a lone surrogate becomes '?'. Most strings come back as
// they are.
func EncodeUTF8(s string) string {
	for i := 0; i < len(s); {
		if r, size := DecodeRune(s[i:]); r < 0xD800 || r > 0xDFFF {
			i += size
			continue
		}
		dst := append(make([]byte, 0, len(s)), s[:i]...)
		for i < len(s) {
			r, size := DecodeRune(s[i:])
			if r >= 0xD800 && r <= 0xDFFF {
				dst = append(dst, '?')
			} else {
				dst = append(dst, s[i:i+size]...)
			}
			i += size
		}
		return string(dst)
	}
	return s
}

// DecodeRune is utf8.DecodeRuneInString that also reads the three bytes of a surrogate.
func DecodeRune(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

// CompareText is the sign of Java's a.compareTo(b), which compares UTF-16 code units: characters beyond U+FFFF come
// before those from U+E000 to U+FFFF.
func CompareText(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	if i == n {
		return cmp.Compare(len(a), len(b))
	}
	x, y := a[i], b[i]
	if (x >= 0xF0) != (y >= 0xF0) && x >= 0xEE && y >= 0xEE { // one is beyond U+FFFF
		return -cmp.Compare(x, y)
	}
	return cmp.Compare(x, y)
}
