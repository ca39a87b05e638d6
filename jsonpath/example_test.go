package jsonpath_test

import (
	"errors"
	"fmt"

	"postern/java"
	"postern/jsonpath"
)

func Example() {
	doc, err := jsonpath.Parse(`{"items": [{"name": "cup", "price": 4.50}, {"name": "pot", "price": 12}]}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	cheap, err := jsonpath.MustCompile("$.items[?(@.price < 10)].name").Read(doc)
	fmt.Println(java.String(cheap), err)
	// Output: ["cup"] <nil>
}

// A definite path gives the value, or ErrNotFound.
func ExamplePath_Read() {
	doc, _ := jsonpath.Parse(`{"a": {"b": [1, 2.50, "x/y"]}}`)
	for _, path := range []string{"$.a.b[1]", "$.a.b", "$.a.c"} {
		v, err := jsonpath.MustCompile(path).Read(doc)
		switch {
		case errors.Is(err, jsonpath.ErrNotFound):
			fmt.Println("nothing")
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(string(java.AppendJSON(nil, v)))
		}
	}
	// Output:
	// 2.5
	// [1,2.5,"x/y"]
	// nothing
}

// The permissive mode of json-smart reads nearly everything.
func ExampleParse() {
	for _, text := range []string{`{a: 'b', c: [007, 1e2,], }`, `[NaN, x y, 12345678901]`, `{"a": 1, "a": 2} and more`, `{"a"`} {
		v, err := jsonpath.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(string(java.AppendJSON(nil, v)))
	}
	// Output:
	// {"a":"b","c":[7,100.0]}
	// [NaN,"x y",12345678901]
	// {"a":2}
	// invalid JSON at offset 4: expected : after a key
}
