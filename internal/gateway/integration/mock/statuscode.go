package mock

import (
	"strconv"

	"postern/java"
	"postern/jsonpath"
)

// statusCode reads the member statusCode of a rendered request template. The text is JSON as json-smart reads it:
// {statusCode: 200} and {'statusCode': 200, } will do (recorded AWS answer; observed by an emulator's authors). Only an
// integer counts, not one in quotes.
func statusCode(text []byte) (int, bool) {
	if status, ok := plainStatusCode(text); ok {
		return status, true
	}
	root, err := jsonpath.Parse(string(text))
	if err != nil {
		return 0, false
	}
	m, ok := root.(*java.Map)
	if !ok {
		return 0, false
	}
	switch v, _ := m.GetString("statusCode"); v := v.(type) {
	case int32:
		return int(v), true
	case int64:
		return int(v), true
	}
	return 0, false
}

// plainStatusCode reads what nearly every template renders, an object with nothing but a statusCode, without building a
// tree of it.
func plainStatusCode(text []byte) (int, bool) {
	s := scanner(text)
	s.blank()
	if !s.take("{") {
		return 0, false
	}
	s.blank()
	if !s.take(`"statusCode"`) && !s.take("statusCode") {
		return 0, false
	}
	s.blank()
	if !s.take(":") {
		return 0, false
	}
	s.blank()
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	status, err := strconv.Atoi(string(s[:n]))
	if err != nil || s[0] == '0' {
		return 0, false
	}
	s = s[n:]
	s.blank()
	if !s.take("}") {
		return 0, false
	}
	s.blank()
	return status, len(s) == 0
}

// scanner is the text that is not read yet.
type scanner []byte

func (s *scanner) blank() {
	for len(*s) > 0 {
		switch (*s)[0] {
		case ' ', '\t', '\r', '\n':
			*s = (*s)[1:]
		default:
			return
		}
	}
}

func (s *scanner) take(word string) bool {
	if len(*s) < len(word) || string((*s)[:len(word)]) != word {
		return false
	}
	*s = (*s)[len(word):]
	return true
}
