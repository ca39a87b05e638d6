package vtl

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"postern/java"
)

// The functions of this file see strings as Java does: as UTF-16 code units. Strings of ASCII take a short way.

const maxIndex = math.MaxInt32

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func utf16Length(s string) int { return java.Length(s) }

func units(s string) []java.Char {
	out := make([]java.Char, 0, len(s))
	for _, u := range java.UTF16(s) {
		out = append(out, u)
	}
	return out
}

func charText(c java.Char) string { return string(java.AppendChar(nil, c)) }

// codePoint is the string of one code point; of none that exists, a string that occurs nowhere.
func codePoint(n int) string {
	switch {
	case 0xD800 <= n && n <= 0xDFFF:
		return charText(java.Char(n))
	case n < 0 || n > unicode.MaxRune:
		return "\xFF"
	}
	return string(rune(n))
}

// charAt returns the unit at a position within the string.
func charAt(s string, i int) java.Char {
	if isASCII(s) {
		return java.Char(s[i])
	}
	for _, u := range java.UTF16(s) {
		if i == 0 {
			return u
		}
		i--
	}
	return 0
}

// substringUTF16 returns the units from position from up to position to, both within the string.
func substringUTF16(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	var out []byte
	i := 0
	for _, u := range java.UTF16(s) {
		if i >= to {
			break
		}
		if i >= from {
			out = java.AppendChar(out, u)
		}
		i++
	}
	return string(out)
}

// indexUTF16 is s.indexOf(part, from).
func indexUTF16(s, part string, from int) int {
	from = max(from, 0)
	if isASCII(s) {
		if from > len(s) {
			if part == "" {
				return len(s)
			}
			return -1
		}
		i := strings.Index(s[from:], part)
		if i < 0 {
			return -1
		}
		return from + i
	}
	if part == "\xFF" {
		return -1
	}
	a, b := oneRuneAUnit(s), oneRuneAUnit(part)
	start := byteOfRune(a, from)
	i := strings.Index(a[start:], b)
	if i < 0 {
		return -1
	}
	return utf8.RuneCountInString(a[:start+i])
}

// oneRuneAUnit returns a string with one rune for each unit of s: surrogates become runes of a private plane. It can be
// searched in linear time.
func oneRuneAUnit(s string) string {
	out := make([]byte, 0, len(s)+len(s)/2)
	for _, u := range java.UTF16(s) {
		r := rune(u)
		if u>>11 == 0x1B {
			r += 0x100000
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// byteOfRune is where the n-th rune of s starts, the length of s if there are not as many.
func byteOfRune(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// lastIndexUTF16 is s.lastIndexOf(part, from).
func lastIndexUTF16(s, part string, from int) int {
	if part == "\xFF" {
		return -1
	}
	if isASCII(s) && isASCII(part) {
		if from < 0 || len(part) > len(s) {
			return -1
		}
		return strings.LastIndex(s[:min(from, len(s)-len(part))+len(part)], part)
	}
	a, b := oneRuneAUnit(s), oneRuneAUnit(part)
	if from < 0 {
		return -1
	}
	i := strings.LastIndex(a[:min(byteOfRune(a, from)+len(b), len(a))], b)
	if i < 0 {
		return -1
	}
	return utf8.RuneCountInString(a[:i])
}

// compareUTF16 is s.compareTo(t): the difference of the first units that differ, or of the lengths.
func compareUTF16(s, t string) int32 {
	a, b := units(s), units(t)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return int32(a[i]) - int32(b[i])
		}
	}
	return int32(len(a) - len(b))
}

// foldUTF16 maps each character to upper and then to lower case, as comparisons that ignore case do.
func foldUTF16(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
}

func equalFold(s, t string) bool { return s == t || foldUTF16(s) == foldUTF16(t) }

// toLower is String.toLowerCase. A capital sigma at the end of a word becomes a final one, and a capital I with a dot
// becomes an i with a combining dot.
func toLower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if !strings.ContainsAny(s, "Σİ") {
		return mapValid(s, unicode.ToLower)
	}
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch r {
		case 'İ':
			b.WriteString("i\u0307")
		case 'Σ':
			if i > 0 && unicode.IsLetter(runes[i-1]) && (i+1 == len(runes) || !unicode.IsLetter(runes[i+1])) {
				b.WriteRune('ς')
			} else {
				b.WriteRune('σ')
			}
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// toUpper is String.toUpperCase; a few letters become two.
func toUpper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	s = upperPairs.Replace(s)
	return mapValid(s, unicode.ToUpper)
}

var upperPairs = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ",
	"ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST")

// mapValid maps the characters of s and leaves lone surrogates alone.
func mapValid(s string, f func(rune) rune) string {
	if utf8.ValidString(s) {
		return strings.Map(f, s)
	}
	var out []byte
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			out = append(out, s[0])
		} else {
			out = utf8.AppendRune(out, f(r))
		}
		s = s[n:]
	}
	return string(out)
}

// isJavaSpace is Character.isWhitespace.
func isJavaSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F:
		return true
	case 0xA0, 0x2007, 0x202F:
		return false
	}
	return unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp)
}
