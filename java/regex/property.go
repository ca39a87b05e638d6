package regex

import (
	"strings"
	"unicode"
)

// property returns the class that \p{name} stands for.
func property(name string, flags Flags) (func(rune) bool, bool) {
	if i := strings.IndexByte(name, '='); i >= 0 {
		return keyedProperty(strings.ToLower(name[:i]), name[i+1:])
	}
	if flags&CaseInsensitive != 0 && cased[strings.TrimPrefix(name, "Is")] {
		return func(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) }, true
	}
	if flags&CaseInsensitive != 0 && (name == "Lower" || name == "Upper") {
		name = "Alpha"
	}
	if flags&UnicodeClasses != 0 {
		if has, ok := unicodePOSIX[name]; ok {
			return has, true
		}
	}
	if has, ok := posix[name]; ok {
		return has, true
	}
	if has, ok := javaClasses[name]; ok {
		return has, true
	}
	if rest, ok := strings.CutPrefix(name, "Is"); ok {
		if has, ok := binaryProperties[strings.ToUpper(rest)]; ok {
			return has, true
		}
		if has, ok := category(rest); ok {
			return has, true
		}
		return script(rest)
	}
	return category(name)
}

// cased holds the categories that are one another's without regard to case.
var cased = map[string]bool{"Lu": true, "Ll": true, "Lt": true}

func keyedProperty(key, value string) (func(rune) bool, bool) {
	switch key {
	case "sc", "script":
		return script(value)
	case "gc", "general_category":
		return category(value)
	}
	return nil, false
}

// category returns a general category by its short name; L1 and LC are Java's own.
func category(name string) (func(rune) bool, bool) {
	switch name {
	case "L1":
		return func(r rune) bool { return r < 0x100 }, true
	case "LC", "LD":
		return func(r rune) bool {
			return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) || name == "LD" && unicode.In(r, unicode.L, unicode.Nd)
		}, true
	case "Cn":
		return unassigned, true
	case "C":
		return func(r rune) bool { return unicode.Is(unicode.C, r) || unassigned(r) }, true
	case "all", "ALL":
		return func(rune) bool { return true }, true
	}
	if len(name) > 2 {
		return nil, false
	}
	table, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return func(r rune) bool { return unicode.Is(table, r) }, true
}

func unassigned(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)
}

// script returns a script by its name, in any case.
func script(name string) (func(rune) bool, bool) {
	for known, table := range unicode.Scripts {
		if strings.EqualFold(known, name) {
			return func(r rune) bool { return unicode.Is(table, r) }, true
		}
	}
	return nil, false
}

// posix holds the POSIX classes, of ASCII alone.
var posix = map[string]func(rune) bool{
	"ASCII":  func(r rune) bool { return r < 128 },
	"Alnum":  func(r rune) bool { return isLetter(r) || isDigit(r) },
	"Alpha":  isLetter,
	"Blank":  func(r rune) bool { return r == ' ' || r == '\t' },
	"Cntrl":  func(r rune) bool { return r < ' ' || r == 0x7F },
	"Digit":  isDigit,
	"Graph":  func(r rune) bool { return '!' <= r && r <= '~' },
	"Lower":  func(r rune) bool { return 'a' <= r && r <= 'z' },
	"Print":  func(r rune) bool { return ' ' <= r && r <= '~' },
	"Punct":  isPunct,
	"Space":  isSpace,
	"Upper":  func(r rune) bool { return 'A' <= r && r <= 'Z' },
	"XDigit": isHex,
}

func isPunct(r rune) bool {
	return '!' <= r && r <= '~' && !isLetter(r) && !isDigit(r)
}

func isHex(r rune) bool {
	return isDigit(r) || 'a' <= r|0x20 && r|0x20 <= 'f' && r < 128
}

// unicodePOSIX holds the POSIX classes with UnicodeClasses.
var unicodePOSIX = map[string]func(rune) bool{
	"Alpha": isAlphabetic,
	"Lower": func(r rune) bool { return unicode.In(r, unicode.Ll, unicode.Other_Lowercase) },
	"Upper": func(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Other_Uppercase) },
	"Space": func(r rune) bool { return unicode.Is(unicode.White_Space, r) },
	"Digit": unicode.IsDigit,
	"Punct": func(r rune) bool { return unicode.Is(unicode.P, r) },
	"Alnum": func(r rune) bool { return isAlphabetic(r) || unicode.IsDigit(r) },
	"Cntrl": func(r rune) bool { return unicode.Is(unicode.Cc, r) },
	"Blank": func(r rune) bool { return unicode.Is(unicode.Zs, r) || r == '\t' },
}

func isAlphabetic(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Other_Alphabetic)
}

// binaryProperties holds what \p{Is...} knows, by its name in capitals.
var binaryProperties = map[string]func(rune) bool{
	"ALPHABETIC":              isAlphabetic,
	"IDEOGRAPHIC":             func(r rune) bool { return unicode.Is(unicode.Ideographic, r) },
	"LETTER":                  unicode.IsLetter,
	"LOWERCASE":               unicodePOSIX["Lower"],
	"UPPERCASE":               unicodePOSIX["Upper"],
	"TITLECASE":               unicode.IsTitle,
	"PUNCTUATION":             unicodePOSIX["Punct"],
	"CONTROL":                 unicodePOSIX["Cntrl"],
	"WHITE_SPACE":             unicodePOSIX["Space"],
	"WHITESPACE":              unicodePOSIX["Space"],
	"DIGIT":                   unicode.IsDigit,
	"HEX_DIGIT":               func(r rune) bool { return unicode.Is(unicode.Hex_Digit, r) },
	"ASSIGNED":                not(unassigned),
	"JOIN_CONTROL":            func(r rune) bool { return unicode.Is(unicode.Join_Control, r) },
	"NONCHARACTER_CODE_POINT": func(r rune) bool { return unicode.Is(unicode.Noncharacter_Code_Point, r) },
}

// javaClasses holds the classes that are methods of java.lang.Character.
var javaClasses = map[string]func(rune) bool{
	"javaLowerCase":     unicodePOSIX["Lower"],
	"javaUpperCase":     unicodePOSIX["Upper"],
	"javaAlphabetic":    isAlphabetic,
	"javaTitleCase":     unicode.IsTitle,
	"javaDigit":         unicode.IsDigit,
	"javaLetter":        unicode.IsLetter,
	"javaLetterOrDigit": func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) },
	"javaSpaceChar":     func(r rune) bool { return unicode.Is(unicode.Z, r) },
	"javaWhitespace":    isJavaWhitespace,
	"javaISOControl":    unicode.IsControl,
	"javaIdeographic":   func(r rune) bool { return unicode.Is(unicode.Ideographic, r) },
}

// isJavaWhitespace is Character.isWhitespace: separators that may break, and some control characters.
func isJavaWhitespace(r rune) bool {
	if '\t' <= r && r <= '\r' || 0x1C <= r && r <= 0x1F {
		return true
	}
	return unicode.Is(unicode.Z, r) && r != 0xA0 && r != 0x2007 && r != 0x202F
}
