// Package vtl renders templates of the Velocity Template Language, version 1.7.
//
// What comes in: the text of a template, once, and for each rendering a Scope that holds the variables. What goes
// out: the rendered text, byte for byte what Apache Velocity 1.7 writes. The package never reads a file, opens a
// connection, starts a goroutine or looks at a clock, and no template can make it hang, grow without bound or crash
// (see Limits).
//
//	t, err := vtl.Parse("greeting", `Hello $name#foreach($p in $pets), $p#end.`)
//	...
//	out, err := t.Append(nil, vtl.Vars{"name": "Ann", "pets": java.ArrayListOf("Rex", "Tom")})
//	// Hello Ann, Rex, Tom.
//
// # References
//
// Text stands for itself. A dollar sign starts a reference, which prints a value:
//
//	$name  ${name}              a variable; braces keep it apart from the text behind it
//	$user.name  $list[0]        a property, an item: any number of them, in any order
//	$name.substring(0, 3)       a method
//	$!name  $!{name}            quiet: prints nothing when there is no value
//	\$name                      prints $name, if there is such a value
//
// A name is a letter or underscore followed by letters, digits, "-" and "_": $i-1 is a variable called "i-1". A
// reference without a value prints its own source. With the option NullAsEmpty it is the empty string instead, in the
// output and in expressions.
//
// # Directives
//
//	#set($x = 1 + 2)            #set($map.key = $x)   #set($list[0] = $x)
//	#if($x > 2 && !$done) ... #elseif($x == 2) ... #else ... #end
//	#foreach($item in $list) $foreach.count: $item #if($foreach.hasNext),#end #end
//	#macro(row $a $b) ... #end  #row("x" $y)          and with a block: #@row("x") block #end, printed by $bodyContent
//	#define($block) ... #end    $block                rendered anew at each use
//	#evaluate("$x")             renders a string as a template
//	#break  #stop               leave the loop, macro or block; end the template
//	## comment   #* comment *#  #[[ text as it stands ]]#
//
// #if, #else, #end and #foreach swallow the blanks and the newline behind them, #set also the blanks before it if
// nothing else does. Setting something to null does nothing. A condition holds when it is true or a reference to
// anything that is neither null nor false; literals other than true never hold. #foreach walks over lists, arrays, the
// values of maps, sets and iterators, and knows $foreach.index, count, hasNext, first, last, parent and topmost.
// Macros take arguments by name: an argument is evaluated each time the macro reads its parameter.
//
// # Expressions
//
//	"text with $references"     'text as it stands'   a doubled quote inside stands for one
//	12  1.5  true  [1, "a", $x]  {"key": $x}  [1..5]
//	+ - * / %  == != < <= > >=  && || !               also eq ne lt le gt ge and or not
//
// Whole numbers widen as they overflow, from Integer to Long to BigInteger; whole numbers divide to whole numbers;
// dividing by zero gives null. + joins when one side is a string. == compares numbers by value, values of different
// classes by their text.
//
// # Values and methods
//
// A template works on the values of package java: null, Boolean, String, Character, Integer, Long, Double,
// BigInteger, BigDecimal, maps and lists. They have the public methods of the Java classes, static ones included, with
// Java's overloads, exceptions (which end the rendering) and printed form: $s.replaceAll("(a+)b", "$1"), $list.size(),
// $map.entrySet(), $n.parseInt("7"), $s.format("%05d", $n). A call that no overload fits is null. Strings are UTF-16
// to a template: the length of "😀" is 2.
//
// A program that embeds the engine adds objects of its own by implementing Object, and optionally Indexer,
// PropertySetter, Iterable, TextAppender and CallAppender.
//
// # Differences from Velocity 1.7
//
// The package follows Velocity 1.7 as it is configured with directive.foreach.maxloops 1000, inline macros local to
// their template, and SecureUberspector. It differs knowingly in this:
//
//   - #include and #parse load nothing: they are an error as soon as their argument is not null.
//   - Java's reflection is out of reach: $x.class gives a class whose name can be read and whose static methods can be
//     called ($n.class.parseInt("7")), and nothing else. Velocity calls a static method that it found for one class on
//     the next class too; this package looks for it anew.
//   - Values that Java has and this package has not: Byte and Short are Integers, Float is the Double of its
//     shortest digits. Streams, ListIterator, Optional, locales and dates in formats: calling such a method is
//     ErrUnsupported.
//   - A pattern that matches nothing at all does not do so between the two halves of a character beyond U+FFFF.
//   - A list that is changed while #foreach walks over it fails only if its size changed; one that subList took a part
//     of may be printed, but the part has no methods then.
//   - The identity that Java prints for arrays and iterators ("[Ljava.lang.String;@1b2c") is made up, and all arrays
//     print as arrays of strings.
//   - Bounds: see Limits. Numbers have at most 120,000 digits, patterns 10,000 bytes.
//   - An output that holds half of a surrogate pair has a question mark in its place.
package vtl
