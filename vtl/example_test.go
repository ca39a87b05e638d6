package vtl_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"postern/java"
	"postern/vtl"
)

func Example() {
	t, err := vtl.Parse("order", `{
#foreach($line in $order.lines)
  "$line.sku": $line.quantity#if($foreach.hasNext),#end

#end
}
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	order := java.MapOf("lines", java.ArrayListOf(
		java.MapOf("sku", "A-1", "quantity", int32(2)),
		java.MapOf("sku", "B-7", "quantity", int32(1)),
	))
	if err := t.Render(os.Stdout, vtl.Vars{"order": order}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "A-1": 2,
	//   "B-7": 1
	// }
}

// A reference without a value prints its source, nothing when it is quiet, and nothing at all under the null rule.
func ExampleNullAsEmpty() {
	const source = `[$nobody] [$!nobody] #if($nobody == "")empty#{else}null#end`
	stock, _ := vtl.Parse("t", source)
	empty, _ := vtl.Parse("t", source, vtl.NullAsEmpty())
	for _, t := range []*vtl.Template{stock, empty} {
		out, _ := t.Append(nil, vtl.Vars{})
		fmt.Printf("%s\n", out)
	}
	// Output:
	// [$nobody] [] null
	// [] [] empty
}

// Errors tell where.
func ExampleError() {
	t, _ := vtl.Parse("greeting", "Dear $name,\nyour code is $code.substring(0, 4).")
	_, err := t.Append(nil, vtl.Vars{"name": "Ann", "code": "abc"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, vtl.ErrMethod))
	// Output:
	// greeting:2:14: begin 0, end 4, length 3
	//  | your code is $code.substring(0, 4).
	//  | .............^
	// true
}

// clock is an object of the embedding program.
type clock struct{}

func (clock) Property(name string) (any, bool) {
	if name == "zone" {
		return "UTC", true
	}
	return nil, false
}

func (clock) Call(method string, args []any) (any, bool, error) {
	if method == "add" && len(args) == 1 {
		return "12:0" + java.String(args[0]), true, nil
	}
	return nil, false, nil
}

func ExampleObject() {
	t, _ := vtl.Parse("t", `$clock.add(5) $clock.zone $clock.nope`)
	out, _ := t.Append(nil, vtl.Vars{"clock": clock{}})
	fmt.Printf("%s\n", out)
	// Output: 12:05 UTC $clock.nope
}

// The references of a template tell what it needs before it runs.
func ExampleTemplate_References() {
	t, _ := vtl.Parse("t", `$input.json('$.name') #set($x = $user.id)$x`)
	for _, r := range t.References() {
		if r.Assigned {
			continue
		}
		fmt.Print(r.Line, ":", r.Column, " ", r.Source)
		for _, a := range r.Path {
			for _, arg := range a.Args {
				fmt.Print(" with ", arg.Value)
			}
		}
		fmt.Println()
	}
	// Output:
	// 1:1 $input.json('$.name') with $.name
	// 1:33 $user.id
	// 1:42 $x
}

func ExampleTemplate_AppendTraced() {
	t, _ := vtl.Parse("t", `#set($n = 3)#if($n > 2)many#end`)
	_, _ = t.AppendTraced(nil, nil, func(e vtl.Event) {
		fmt.Println(strings.TrimSpace(fmt.Sprintf("%d:%d %s %s = %v", e.Line, e.Column, e.Directive, e.Source, e.Value)))
	})
	// Output:
	// 1:1 set $n = 3
	// 1:17  $n = 3
	// 1:13 if  = true
}

// The bounds keep a template of a stranger from taking the program down.
func ExampleWithLimits() {
	t, _ := vtl.Parse("t", `#foreach($i in [1..100])$i #end`, vtl.WithLimits(vtl.Limits{Output: 50}))
	_, err := t.Append(nil, nil)
	fmt.Println(errors.Is(err, vtl.ErrOutput))
	// Output: true
}
