// Package vtl renders templates of the Velocity Template Language, version 1.7.
//
// What comes in: the text of a template, once, and for each rendering a Scope that holds the variables. What goes
// out: the rendered text, byte for byte what Apache Velocity 1.7 writes. The package never reads a file, opens a
// connection, starts a goroutine or looks at a clock, and no template can make it hang, grow without bound or crash.
//
//	t, err := vtl.Parse("greeting", `Hello $name#foreach($p in $pets), $p#end.`)
//	...
//	out, err := t.Append(nil, vtl.Vars{"name": "Ann", "pets": &java.List{Items: []any{"Rex", "Tom"}}})
//	// Hello Ann, Rex, Tom.
//
// # Values
//
// A template works on the values of package java: null, Boolean, String, Character, Integer, Long, Double,
// BigInteger, BigDecimal, maps and lists. They have Java's methods ($name.substring(0, 3), $pets.size(),
// $map.entrySet()), Java's arithmetic and Java's printed form. A program that embeds the engine adds objects of its
// own by implementing Object.
//
// # Null
//
// In stock Velocity a reference that resolves to nothing prints its own source text. With the option NullAsEmpty it
// is the empty string instead, in the output and in expressions.
package vtl
