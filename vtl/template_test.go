package vtl_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/java"
	"postern/vtl"
)

// TestErrors shows where errors point.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name, source string
		kind         error
		want         string
	}{
		{
			"a parameter is missing", "Hello $name.substring(0,)", vtl.ErrSyntax,
			"t:1:25: unexpected \")\"\n | Hello $name.substring(0,)\n | ........................^",
		},
		{
			"an #if without an end", "a\nb #if(true)", vtl.ErrSyntax,
			"t:2:12: unexpected end of template\n | b #if(true)\n | ...........^",
		},
		{
			"a dollar sign at the end", "costs 5 $", vtl.ErrSyntax,
			"t:1:10: unexpected end of template behind a $, a # or an open comment\n | costs 5 $\n | .........^",
		},
		{
			"a method that throws", "{\n  \"é\": \"$s.substring(9)\"\n}", vtl.ErrMethod,
			"t:2:9: begin 9, end 5, length 5\n |   \"é\": \"$s.substring(9)\"\n | ........^",
		},
		{
			"inside a string", `#set($x = "abc $s.charAt(7)")`, vtl.ErrMethod,
			"t:1:16: index 7 is out of bounds for length 5\n | #set($x = \"abc $s.charAt(7)\")\n | ...............^",
		},
		{
			"inside a string with quotes, the string", `#set($x = "a""b $s.charAt(7)")`, vtl.ErrMethod,
			"t:1:11: index 7 is out of bounds for length 5\n | #set($x = \"a\"\"b $s.charAt(7)\")\n | ..........^",
		},
		{
			"#evaluate, the directive", `ok #evaluate('$s.charAt(7)')`, vtl.ErrMethod,
			"t:1:4: index 7 is out of bounds for length 5\n | ok #evaluate('$s.charAt(7)')\n | ...^",
		},
		{
			"#include", `#include("x")`, vtl.ErrUnsupported,
			"t:1:1: #include loads no other templates\n | #include(\"x\")\n | ^",
		},
		{
			"a bound", "#macro(m)#m()#end#m()", vtl.ErrMacroDepth,
			"t:1:10: macros call each other too deeply\n | #macro(m)#m()#end#m()\n | .........^",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, err := vtl.Parse("t", c.source)
			if err == nil {
				_, err = tmpl.Append(nil, vtl.Vars{"s": "hello", "name": "Ann"})
			}
			if err == nil || !errors.Is(err, c.kind) {
				t.Fatalf("got %v, want %v", err, c.kind)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestReferences shows what a checker learns about a template.
func TestReferences(t *testing.T) {
	tmpl := must(t, "{\"id\": $input.json('$.a'),\n#set($x = \"v: $!{m['k'].b}\")#foreach($i in $x)${i}#end $input.params($i, 2)}")
	want := []vtl.Reference{
		{
			Line: 1, Column: 8, Source: "$input.json('$.a')", Root: "input",
			Path: []vtl.Access{{Kind: vtl.MethodAccess, Name: "json", Args: []vtl.Arg{{Constant: true, Value: "$.a"}}}},
		},
		{Line: 2, Column: 6, Source: "$x", Root: "x", Assigned: true},
		{Line: 2, Column: 15, Source: "$!{m['k'].b}", Root: "m", Quiet: true, Path: []vtl.Access{
			{Kind: vtl.IndexAccess, Args: []vtl.Arg{{Constant: true, Value: "k"}}}, {Kind: vtl.PropertyAccess, Name: "b"},
		}},
		{Line: 2, Column: 38, Source: "$i", Root: "i", Assigned: true},
		{Line: 2, Column: 44, Source: "$x", Root: "x"},
		{Line: 2, Column: 47, Source: "${i}", Root: "i"},
		{Line: 2, Column: 56, Source: "$input.params($i, 2)", Root: "input", Path: []vtl.Access{
			{Kind: vtl.MethodAccess, Name: "params", Args: []vtl.Arg{{}, {Constant: true, Value: int32(2)}}},
		}},
		{Line: 2, Column: 70, Source: "$i", Root: "i"},
	}
	if diff := cmp.Diff(want, tmpl.References()); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}

// TestTrace shows what a traced rendering reports.
func TestTrace(t *testing.T) {
	tmpl := must(t, "#set($x = 2)\n#if($x > 5)big#elseif($x == 2)two #foreach($i in ['a'])$i$!u#end#end#macro(m)#end#m()")
	var got []string
	out, err := tmpl.AppendTraced(nil, vtl.Vars{}, func(e vtl.Event) {
		got = append(got, strings.TrimSpace(strings.Join([]string{
			java.String(int32(e.Line)) + ":" + java.String(int32(e.Column)), e.Directive, e.Source, java.String(e.Value),
		}, " ")))
	})
	if err != nil || string(out) != "two a" {
		t.Fatalf("%q, %v", out, err)
	}
	want := []string{
		"1:1 set $x 2", "2:5  $x 2", "2:1 if  false", "2:23  $x 2", "2:15 elseif  true", "2:35 foreach  [a]", "2:56  $i a",
		"2:58  $!u null", "2:82 m  null",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestRender(t *testing.T) {
	var w bytes.Buffer
	if err := must(t, "Hello $name").Render(&w, vtl.Vars{"name": "Ann"}); err != nil || w.String() != "Hello Ann" {
		t.Errorf("%q, %v", w.String(), err)
	}
	w.Reset()
	if err := must(t, "Hello $name.charAt(9)").Render(&w, vtl.Vars{"name": "Ann"}); err == nil || w.Len() > 0 {
		t.Errorf("%q, %v", w.String(), err)
	}
}

// A lone surrogate cannot be written as UTF-8; Java writes a question mark. Two halves that meet are one character.
func TestSurrogates(t *testing.T) {
	got := text(t, must(t, `#set($h = $s.substring(0,1))#set($l = $s.substring(1))$h|$l|$h$l|#set($x = $h + $l)$x.length()`),
		vtl.Vars{"s": "😀"})
	if want := "?|?|😀|2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestConcurrentRendering renders one template from many goroutines; the race detector watches.
func TestConcurrentRendering(t *testing.T) {
	tmpl := must(t, `#macro(m $a)<$a>#end#set($l = [])#foreach($i in [1..20])#set($q = $l.add("$i$n"))#m($i)#end$l.size()#evaluate('$n')`+
		`$n.replaceAll("[0-9]", "d")`)
	want := text(t, tmpl, vtl.Vars{"n": "7"})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if out, err := tmpl.Append(nil, vtl.Vars{"n": "7"}); err != nil || string(out) != want {
					t.Errorf("%q, %v", out, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestAllocations pins what rendering takes: nothing for what is only printed, little for what makes values.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector changes how much is allocated")
	}
	scope := &struct{ vtl.Vars }{vtl.Vars{
		"name": "Ann", "m": java.MapOf("k", java.MapOf("x", "y"), "list", java.ArrayListOf("a", int32(2), 1.5)), "b": newBox(),
	}}
	for _, c := range []struct {
		name, source string
		want         float64
	}{
		{"text and references", `{"name": "$name", "x": "$m.k.x", "y": "$m.get('k').x", "z": "$!m.nope"}`, 0},
		{"a loop", `#foreach($i in $m.list)$i,#end`, 0},
		{"a loop that asks where it is", `#foreach($i in $m.list)$i#if($foreach.hasNext),#end#end`, 1},
		{"conditions", `#if($name == "Ann" && $m.list.size() > 2)yes#end`, 0},
		{"sums", `#set($n = 1 + 2 * 3)$n`, 0},
		{"a macro", `#macro(m $a)<$a>#end#m($name)#m("x")`, 0},
		{"a call that prints itself", `$b.shout("x")`, 1},
		{"a replacement that finds nothing", `$name.replaceAll("\'", "x")`, 0},
		{"a string made of two", `#set($s = "$name!")$s`, 2},
	} {
		tmpl := must(t, c.source)
		dst := make([]byte, 0, 1024)
		got := testing.AllocsPerRun(200, func() {
			if _, err := tmpl.Append(dst, scope); err != nil {
				t.Fatal(err)
			}
		})
		if got > c.want {
			t.Errorf("%s: %v allocations, want at most %v", c.name, got, c.want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat("#if($a.b == 1){\"x\": \"$input.json('$.a.b')\"}#else#set($x = $y.z[0] + 2)#end\n", 20)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vtl.Parse("b", source); err != nil {
			b.Fatal(err)
		}
	}
}
