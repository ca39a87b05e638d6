// Package java gives Go the few values of Java that mapping templates and JSON paths work on, with Java's
// order, arithmetic ranges and printed forms.
//
// What comes in: Go values. What goes out: the text that Java's toString, json-smart's toString or json-smart's
// JSON writer would print for them. It never does I/O, knows neither Velocity nor JSONPath nor AWS, and imports
// only the standard library.
//
// A Java value is a Go `any` of exactly one of these dynamic types:
//
//	nil            null
//	bool           java.lang.Boolean
//	string         java.lang.String (UTF-8; a lone surrogate is kept as its three WTF-8 bytes)
//	Char           java.lang.Character
//	int32          java.lang.Integer
//	int64          java.lang.Long
//	float64        java.lang.Double
//	*big.Int       java.math.BigInteger
//	*Decimal       java.math.BigDecimal
//	*Map           java.util.LinkedHashMap
//	*List          java.util.ArrayList, json-smart's JSONArray or a Java array (see ListKind)
//
// Whoever embeds an engine may add types of their own; KindOf tells them apart as KindOther.
package java

import "math/big"

// Char is one UTF-16 code unit, java.lang.Character.
type Char uint16

// Decimal is java.math.BigDecimal: Unscaled × 10^-Scale.
type Decimal struct {
	Unscaled *big.Int
	Scale    int32
}

// ListKind tells which Java class a List stands for; it decides how the list prints.
type ListKind uint8

const (
	// ArrayList prints as [a, b].
	ArrayList ListKind = iota
	// JSONArray prints as JSON text, as json-smart's JSONArray.toString does.
	JSONArray
	// Array is a Java array (what String.split returns).
	Array
)

// List is an ordered, growable list.
type List struct {
	Kind  ListKind
	Items []any
}
