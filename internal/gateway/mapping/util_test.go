package mapping

import "testing"

func TestUtil(t *testing.T) {
	for _, c := range []struct{ method, in, want, evidence string }{
		{"escapeJavaScript", `it's "quoted" a/b \`, `it\'s \"quoted\" a\/b \\`, "developer guide ($util); commons-lang 2.6"},
		{"escapeJavaScript", "\b\t\n\f\r\x01\x1f\x7f", "\\b\\t\\n\\f\\r\\u0001\\u001F\x7f", "commons-lang 2.6"},
		{"escapeJavaScript", "é€😀\u0fff", `\u00E9\u20AC\uD83D\uDE00\u0FFF`, "commons-lang 2.6"},
		{"escapeJavaScript", "\xed\xa0\xbd.", `\uD83D.`, "commons-lang 2.6, a lone surrogate"},
		{"urlEncode", `{"some": "value"}`, `%7B%22some%22%3A+%22value%22%7D`, "recorded AWS answer"},
		{"urlEncode", "a-b_c.d*e~f/é", "a-b_c.d*e%7Ef%2F%C3%A9", "java.net.URLEncoder"},
		{"urlEncode", "\xed\xa0\xbd", "%3F", "java.net.URLEncoder, a lone surrogate"},
		{"urlDecode", "%7B%22some%22%3A+%22value%22%7D", `{"some": "value"}`, "recorded AWS answer"},
		{"urlDecode", "%c3%a9%E2%82x", "é\uFFFDx", "java.net.URLDecoder"},
		{"urlDecode", "%+fé", "\x0fé", "java.net.URLDecoder takes a sign"},
		{"base64Encode", "é?>", "w6k/Pg==", "recorded AWS answer (form); java.util.Base64"},
		{"base64Decode", "w6k/Pg==", "é?>", "recorded AWS answer (form); java.util.Base64"},
		{"base64Decode", "w6k/Pg", "é?>", "java.util.Base64: padding may be left out"},
		{"base64Decode", "4oI=", "\uFFFD", "java.util.Base64 and String(byte[], UTF_8)"},
		{"base64Decode", "", "", "java.util.Base64"},
	} {
		got, ok, err := utilObject{}.Call(c.method, []any{c.in})
		if err != nil || !ok || got != c.want {
			t.Errorf("%s(%q): %q, %v, %v; want %q (%s)", c.method, c.in, got, ok, err, c.want, c.evidence)
		}
	}
}

func TestUtilFails(t *testing.T) {
	for _, c := range []struct{ method, in string }{
		{"urlDecode", "%"},
		{"urlDecode", "%4"},
		{"urlDecode", "%zz"},
		{"urlDecode", "%-1"},
		{"urlDecode", "%41%4"},
		{"base64Decode", "A"},
		{"base64Decode", "AA="},
		{"base64Decode", "AAA=="},
		{"base64Decode", "="},
		{"base64Decode", "AAAA\n"},
		{"base64Decode", "A-_A"},
		{"base64Decode", "AA=A"},
		{"base64Decode", "AA==AA=="},
		{"parseJson", `{"a":`},
		{"parseJson", ""},
		{"parseJson", "null"},
	} {
		if got, ok, err := (utilObject{}).Call(c.method, []any{c.in}); err == nil || !ok {
			t.Errorf("%s(%q): %q, %v, no error", c.method, c.in, got, ok)
		}
	}
}

// Java has a method only for these arguments; a reference to anything else is null.
func TestUtilHasNoOtherMethods(t *testing.T) {
	for _, c := range []struct {
		method string
		args   []any
	}{
		{"toJson", []any{"x"}},
		{"escapeJavaScript", nil},
		{"escapeJavaScript", []any{int32(1)}},
		{"urlEncode", []any{"a", "b"}},
		{"qr", []any{nil}},
	} {
		if got, ok, err := (utilObject{}).Call(c.method, c.args); ok || err != nil {
			t.Errorf("%s(%v): %v, %v, %v", c.method, c.args, got, ok, err)
		}
	}
}
