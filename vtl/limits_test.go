package vtl_test

import (
	"errors"
	"strings"
	"testing"

	"postern/vtl"
)

// TestLimits runs templates into each bound, with bounds low enough to tell quickly.
func TestLimits(t *testing.T) {
	low := vtl.Limits{Output: 1000, Steps: 10_000, ValueSize: 100_000, Nesting: 20}
	for _, c := range []struct {
		name     string
		template string
		want     error
	}{
		{"nested loops", "#set($l=[1..100])#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)#end#end#end", vtl.ErrSteps},
		{"a loop that prints", "#foreach($i in [1..500])0123456789#end", vtl.ErrOutput},
		{"a doubling string", `#set($s="0123456789")#foreach($i in [1..40])#set($s="$s$s")#end`, vtl.ErrOutput},
		{"a string doubled with +", `#set($s="0123456789")#foreach($i in [1..40])#set($s=$s+$s)#end`, vtl.ErrValueSize},
		{"a string doubled by concat", `#set($s="0123456789")#foreach($i in [1..40])#set($s=$s.concat($s))#end`, vtl.ErrValueSize},
		{"a string doubled by replace", `#set($s="aa")#foreach($i in [1..40])#set($s=$s.replace("a","aa"))#end`, vtl.ErrValueSize},
		{"a string doubled by a pattern", `#set($s="aa")#foreach($i in [1..40])#set($s=$s.replaceAll("[a]","aa"))#end`, vtl.ErrSteps},
		{"a repeated string", `#set($s="a")#set($s=$s.repeat(2147483647))`, vtl.ErrValueSize},
		{"a wide format", `#set($s="%2000000d")#set($s=$s.format($s, 1))`, vtl.ErrValueSize},
		{"a long range", "#set($l=[1..2000000000])", vtl.ErrValueSize},
		{"a list that grows", "#set($l=[])#foreach($i in [1..900])#foreach($j in [1..900])#set($x=$l.add($i))#end#end", vtl.ErrValueSize},
		{"a list that takes itself in", "#set($l=[1,2])#foreach($i in [1..40])#set($x=$l.addAll($l))#end", vtl.ErrValueSize},
		{"lists that hold each other twice, printed", "#set($l=[1])#foreach($i in [1..60])#set($l=[$l,$l])#end$l", vtl.ErrSteps},
		{
			"lists that hold each other twice, compared",
			"#set($l=[1])#set($m=[1])#foreach($i in [1..60])#set($l=[$l,$l])#set($m=[$m,$m])#end#if($l==$m)#end", vtl.ErrSteps,
		},
		{"lists that hold each other twice, as a key", "#set($l=[1])#foreach($i in [1..60])#set($l=[$l,$l])#end#set($m={$l:1})", vtl.ErrSteps},
		{"lists that hold each other twice, hashed", "#set($l=[1])#foreach($i in [1..60])#set($l=[$l,$l])#end$l.hashCode()", vtl.ErrSteps},
		{"a big number", "#set($n=99999999999999999999)#foreach($i in [1..60])#set($n=$n*$n)#end", vtl.ErrSteps},
		{
			"big numbers multiplied for long",
			"#set($n=99999999999999999999)#set($n=$n.pow(100))#foreach($i in [1..900])#set($m=$n*$n)#end", vtl.ErrSteps,
		},
		{
			"a long string, looked at again and again",
			`#set($s="a")#set($s=$s.repeat(50000))#foreach($i in [1..900])#set($m=$s.charAt(5))#end`, vtl.ErrSteps,
		},
		{"a power", "#set($n=99999999999999999999)$n.pow(2000000000)", vtl.ErrValueSize},
		{"a macro that calls itself", "#macro(m)#m()#end#m()", vtl.ErrMacroDepth},
		{"arguments that double", `#macro(m $x)#set($n=$n+1)#if($n<18)#m("$x$x")#end$x#end#set($n=0)#m("a")`, vtl.ErrOutput},
		{"#evaluate of itself", `#set($s='#evaluate($s)')#evaluate($s)`, vtl.ErrNesting},
		{"conditions in conditions", strings.Repeat("#if(true)", 30) + strings.Repeat("#end", 30), vtl.ErrNesting},
		{"lists in lists", "#set($l=" + strings.Repeat("[", 30) + strings.Repeat("]", 30) + ")", vtl.ErrNesting},
		{"a pattern that goes back and forth", `#set($s="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")$s.matches("(a+)+")`, vtl.ErrSteps},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, err := vtl.Parse("t", c.template, vtl.WithLimits(low))
			if err == nil {
				_, err = tmpl.Append(nil, nil)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestTemplateSize(t *testing.T) {
	if _, err := vtl.Parse("t", strings.Repeat("x", 300<<10)); err != nil {
		t.Errorf("300 KiB: %v", err)
	}
	if _, err := vtl.Parse("t", strings.Repeat("x", 300<<10+1)); !errors.Is(err, vtl.ErrTemplateSize) {
		t.Errorf("300 KiB and a byte: %v, want %v", err, vtl.ErrTemplateSize)
	}
}

// A loop ends quietly at its bound, as Velocity's directive.foreach.maxloops makes it.
func TestLoopIterations(t *testing.T) {
	tmpl := must(t, `#foreach($i in [1..10])$i#end`, vtl.WithLimits(vtl.Limits{LoopIterations: 3}))
	if got := text(t, tmpl, nil); got != "123" {
		t.Errorf("got %q, want 123", got)
	}
}

// Sources that repeat one thing, as long as a template may be, must not take quadratic time: this test would not end.
func TestLongRuns(t *testing.T) {
	for _, unit := range []string{
		"\\", "$", "#", "{", "[", "(", `"`, "'", " ", "\n", "-", ".", "!", "$a", "${", "$a.", "$a[", "$a.b(", `\\$`, `\$a`, "$!", `$\`,
		"#if(", "#if(true)", "#set(", "#set($a=", "#a(", "#a", "#*", "##", "##\n", "#[[", "#[[]]#", "#end", "#foreach($a in ", " #set($a=1)",
		"#macro(a)#end", `#set($a="$a`, `"$a`, "#set($a=[", "#set($a=(", "#set($a={1:", "#set($a=!", "#@a()", "#{", `\#a`, "1.", "$a.b.c",
		"#if(1+", "#if($a.b([", "$\n", "#else", "\r\n",
	} {
		source := strings.Repeat(unit, 300<<10/len(unit))
		if tmpl, err := vtl.Parse("t", source); err == nil {
			if _, err := tmpl.Append(nil, nil); err != nil {
				t.Logf("%q: %v", unit, err)
			}
		}
	}
}

func must(t *testing.T, source string, opts ...vtl.Option) *vtl.Template {
	t.Helper()
	tmpl, err := vtl.Parse("t", source, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func text(t *testing.T, tmpl *vtl.Template, scope vtl.Scope) string {
	t.Helper()
	out, err := tmpl.Append(nil, scope)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
