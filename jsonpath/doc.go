// Package jsonpath reads JSON documents and evaluates JSON paths over them as Jayway JsonPath 2.0 over json-smart
// 2.2 does in its default configuration: the dialect of $input.path and $input.json.
//
// What comes in: a JSON text for Parse, a path for Compile. What goes out: values of package java, which keep the
// order of keys and the exact numbers. It never writes to a document, does no I/O and imports nothing but the
// standard library and package java.
//
//	doc, err := jsonpath.Parse(body)
//	path, err := jsonpath.Compile("$.items[?(@.price < 10)].name")
//	names, err := path.Read(doc)
//
// # Paths
//
// A path may begin with $ (the document) or leave it out: "a.b" is "$.a.b".
//
//	.name  ['name']      a member of an object
//	['a','b']            an object of these members, those that exist; only at the end of a path
//	[2]  [-1]            an item of an array; a negative index is never found
//	[0,2]                several items, each of which must exist
//	[1:3]  [1:]  [:3]    a slice; [-2:] is the last two, [:-1] all but the last
//	[(@.length-1)]       an item counted from the end; also [(@.size()-1)]
//	.*  [*]              all members or items
//	..                   the value and everything in it
//	[?(...)]             the items, or the object, for which the predicate holds
//
// A predicate compares with ==, !=, <, <=, >, >= and =~ (a regular expression between slashes, perhaps with an i
// behind it), or asks whether a path leads to a value that is not null (@.a, !@.a). Several are joined with && and
// ||, which are read from right to left; brackets around them do not group. One side or both are a path that leads
// to one value, from the item (@) or the document ($); anything else is a text, with or without single quotes. This
// version of Jayway has no functions at the end of a path, no operator "in", and none that is a word.
//
// A definite path leads to one value: it is made only of members, single indices and [(@.length-n)]. Reading it
// gives that value, or ErrNotFound. Any other path is indefinite and gives a list of what was found, perhaps empty.
//
// Jayway's many surprises are kept, since templates may rest on them. Some of them: a path with a missing member
// after ".." or in a slice is not found as a whole, while a missing one after [*] over an array is skipped;
// ..[0].a reads a of every item; an index on a value that is not an array is an error and not ErrNotFound; ["a"]
// with double quotes is an error, and ["a1"] is the index 1.
//
// # Limits
//
// A document nests MaxDepth deep at most, a number has java.MaxDigits digits at most, an evaluation takes MaxSteps
// steps at most, where Jayway and its JVM run out of stack, time or memory. So does a regular expression.
//
// # What differs
//
//   - json-smart as Debian patches it counts every object that has a member towards its depth of 400 and gives up
//     on a list of more than 400 objects. Ours counts nesting only.
//   - A number of more than java.MaxDigits digits is an error.
//   - Digits other than ASCII's are not digits in an index or a number.
//   - Where Java throws an error, the text of ours differs.
package jsonpath
