package vtl

import "postern/java"

// arrayElements tells what a Java array holds.
type arrayElements uint8

const (
	arrayOfStrings arrayElements = iota
	arrayOfChars
	arrayOfBytes
)

// arrayType tells what l holds. Arrays come from split, toCharArray and getBytes only; an empty one counts as one of
// strings.
func arrayType(l *java.List) arrayElements {
	if len(l.Items) == 0 {
		return arrayOfStrings
	}
	switch l.Items[0].(type) {
	case java.Char:
		return arrayOfChars
	case int32:
		return arrayOfBytes
	}
	return arrayOfStrings
}

// fitsArray tells whether v can be an element of l.
func fitsArray(l *java.List, v any) bool {
	switch arrayType(l) {
	case arrayOfChars:
		return pChar.is(v)
	case arrayOfBytes:
		return false
	}
	_, ok := v.(string)
	return ok || v == nil
}
