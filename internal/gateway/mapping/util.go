package mapping

import (
	"errors"

	"postern/jsonpath"
)

// utilObject is $util.
// Source: API Gateway developer guide, "Variables for data transformations for API Gateway", $util.
type utilObject struct{}

// utilMethods are the names that $util answers to.
var utilMethods = []string{"base64Decode", "base64Encode", "escapeJavaScript", "parseJson", "urlDecode", "urlEncode"}

// Property implements vtl.Object: $util has methods only.
func (utilObject) Property(string) (any, bool) { return nil, false }

// Call implements vtl.Object. Every method takes one string; with anything else there is no such method.
func (u utilObject) Call(method string, args []any) (any, bool, error) {
	s, null, ok := oneString(args)
	if !ok {
		return nil, false, nil
	}
	if null {
		return callUtilWithNull(method)
	}
	var buf [256]byte
	switch method {
	case "escapeJavaScript":
		if escaped := appendEscapedJavaScript(buf[:0], s); len(escaped) != len(s) {
			return string(escaped), true, nil
		}
		return args[0], true, nil
	case "parseJson":
		v, err := parseJSON(s)
		return v, true, err
	case "urlEncode":
		return string(appendURLEncoded(buf[:0], s)), true, nil
	case "urlDecode":
		decoded, err := urlDecode(s)
		return decoded, true, err
	case "base64Encode":
		return string(appendBase64(buf[:0], s)), true, nil
	case "base64Decode":
		decoded, err := base64Decode(s)
		return decoded, true, err
	}
	return nil, false, nil
}

// AppendCall implements vtl.CallAppender for the methods that make text.
func (u utilObject) AppendCall(dst []byte, method string, args []any) ([]byte, bool, error) {
	s, null, ok := oneString(args)
	if !ok || null {
		return dst, false, nil
	}
	switch method {
	case "escapeJavaScript":
		return appendEscapedJavaScript(dst, s), true, nil
	case "urlEncode":
		return appendURLEncoded(dst, s), true, nil
	case "base64Encode":
		return appendBase64(dst, s), true, nil
	}
	return dst, false, nil
}

// AppendText implements vtl.TextAppender: $util prints nothing.
func (utilObject) AppendText(dst []byte) ([]byte, error) { return dst, nil }

var errNullArgument = errors.New("the argument is null")

// callUtilWithNull is what Java does with null: StringEscapeUtils gives it back, the others throw.
func callUtilWithNull(method string) (any, bool, error) {
	switch method {
	case "escapeJavaScript":
		return nil, true, nil
	case "parseJson", "urlEncode", "urlDecode", "base64Encode", "base64Decode":
		return nil, true, errNullArgument
	}
	return nil, false, nil
}

// oneString returns the argument of a method that takes a single String.
func oneString(args []any) (s string, null, ok bool) {
	if len(args) != 1 {
		return "", false, false
	}
	if args[0] == nil {
		return "", true, true
	}
	s, ok = args[0].(string)
	return s, false, ok
}

var errNullDocument = errors.New("the document is null")

// parseJSON reads a document as Jayway does, for which the text "null" is none.
func parseJSON(s string) (any, error) {
	v, err := jsonpath.Parse(s)
	if err == nil && v == nil {
		err = errNullDocument
	}
	return v, err
}
