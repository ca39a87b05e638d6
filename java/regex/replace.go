package regex

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrReplacement says that a replacement refers to a group that the pattern does not have, or ends in a backslash
// or a dollar sign: Java's IllegalArgumentException and IndexOutOfBoundsException.
var ErrReplacement = errors.New("illegal replacement")

// ReplaceAll is Java's s.replaceAll(pattern, replacement): $1 and ${name} in the replacement stand for groups, a
// backslash takes the next character as it is. The error is ErrLimit or ErrReplacement.
func (re *Regexp) ReplaceAll(s, replacement string) (string, error) {
	return re.replace(s, replacement, -1)
}

// ReplaceFirst is Java's s.replaceFirst(pattern, replacement).
func (re *Regexp) ReplaceFirst(s, replacement string) (string, error) {
	return re.replace(s, replacement, 1)
}

func (re *Regexp) replace(s, replacement string, times int) (string, error) {
	var dst []byte
	done := 0
	err := re.each(s, func(loc []int) (bool, error) {
		var err error
		dst = append(dst, s[done:loc[0]]...)
		if dst, err = re.expand(dst, s, loc, replacement); err != nil {
			return false, err
		}
		done = loc[1]
		times--
		return times != 0, nil
	})
	if err != nil {
		return "", err
	}
	if dst == nil && done == 0 {
		return s, nil
	}
	return string(append(dst, s[done:]...)), nil
}

// each calls f with every match in turn, in a slice that is used again, until it returns false. After an empty match the search goes on one
// character further.
func (re *Regexp) each(s string, f func(loc []int) (bool, error)) error {
	m := newMachine(re, s)
	for pos, last := 0, 0; pos <= len(s); {
		loc, err := m.find(pos, last)
		if loc == nil || err != nil {
			return err
		}
		if more, err := f(loc); !more || err != nil {
			return err
		}
		pos, last = loc[1], loc[1]
		if loc[0] == loc[1] {
			_, size := decode(s, pos)
			pos += max(size, 1)
		}
	}
	return nil
}

// expand appends the replacement for the match at loc.
func (re *Regexp) expand(dst []byte, s string, loc []int, replacement string) ([]byte, error) {
	for i := 0; i < len(replacement); i++ {
		c := replacement[i]
		if c != '\\' && c != '$' {
			dst = append(dst, c)
			continue
		}
		if i++; i == len(replacement) {
			return nil, ErrReplacement
		}
		if c == '\\' {
			_, size := utf8.DecodeRuneInString(replacement[i:])
			dst = append(dst, replacement[i:i+size]...)
			i += size - 1
			continue
		}
		group, size := re.reference(replacement[i:])
		if group < 0 {
			return nil, ErrReplacement
		}
		i += size - 1
		if start := loc[2*group]; start >= 0 {
			dst = append(dst, s[start:loc[2*group+1]]...)
		}
	}
	return dst, nil
}

// reference reads what follows a dollar sign: a name in braces, or a number of as many digits as make a group. It
// returns the group, -1 if there is none, and the length of what it read.
func (re *Regexp) reference(text string) (group, size int) {
	if text[0] == '{' {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return -1, 0
		}
		group, ok := re.names[text[1:end]]
		if !ok {
			return -1, 0
		}
		return group, end + 1
	}
	if !isDigit(rune(text[0])) {
		return -1, 0
	}
	group = int(text[0] - '0')
	for size = 1; size < len(text) && isDigit(rune(text[size])); size++ {
		more := group*10 + int(text[size]-'0')
		if more > re.groups {
			break
		}
		group = more
	}
	if group > re.groups {
		return -1, 0
	}
	return group, size
}

// Split is Java's s.split(pattern, limit): with a positive limit at most so many parts, with 0 without the empty
// ones at the end, with a negative one all. An empty match at the front makes no empty part.
func (re *Regexp) Split(s string, limit int) ([]string, error) {
	var parts []string
	done := 0
	err := re.each(s, func(loc []int) (bool, error) {
		if limit > 0 && len(parts) == limit-1 {
			return false, nil
		}
		if loc[1] == 0 {
			return true, nil
		}
		parts = append(parts, s[done:loc[0]])
		done = loc[1]
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	if parts == nil && done == 0 {
		return []string{s}, nil
	}
	parts = append(parts, s[done:])
	if limit == 0 {
		for len(parts) > 0 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
	}
	return parts, nil
}

// FindAll returns the places of the first n matches, all if n is negative, as Find returns one. The error is
// ErrLimit.
func (re *Regexp) FindAll(s string, n int) ([][]int, error) {
	var all [][]int
	err := re.each(s, func(loc []int) (bool, error) {
		all = append(all, append([]int(nil), loc...))
		return len(all) != n, nil
	})
	return all, err
}
