package java_test

import (
	"fmt"

	"postern/java"
)

// Maps keep their order and print as Java prints them; the same values print otherwise as JSON.
func Example() {
	m := java.MapOf("b", int32(1), "a", java.ArrayListOf(1e10, nil, "x/y"))
	fmt.Println(java.String(m))
	fmt.Println(string(java.AppendJSON(nil, m)))
	// Output:
	// {b=1, a=[1.0E10, null, x/y]}
	// {"b":1,"a":[1.0E10,null,"x/y"]}
}

// A JSONArray, which is what arrays of parsed documents are, prints as JSON even within a map.
func ExampleString() {
	list := &java.List{Kind: java.JSONArray, Items: []any{"x/y", true}}
	fmt.Println(java.String(java.MapOf("k", list)))
	// Output: {k=["x\/y",true]}
}

// Numbers are equal only within one class, as Object.equals has it.
func ExampleEqual() {
	fmt.Println(java.Equal(int32(1), int64(1)), java.Equal(int32(1), int32(1)))
	// Output: false true
}
