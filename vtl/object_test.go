package vtl_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/java"
	"postern/vtl"
)

// box is an Object with everything that one may have.
type box struct {
	props map[string]any
	items []any
	calls []string
}

var errFull = errors.New("the box is full")

func (b *box) Property(name string) (any, bool) { v, ok := b.props[name]; return v, ok }

func (b *box) Call(method string, args []any) (any, bool, error) {
	b.calls = append(b.calls, fmt.Sprintf("%s%v", method, args))
	switch {
	case method == "echo" && len(args) == 1:
		return args[0], true, nil
	case method == "fill":
		return nil, false, errFull
	case method == "nothing":
		return nil, true, nil
	case method == "size" && len(args) == 0:
		return int32(len(b.items)), true, nil
	}
	return nil, false, nil
}

func (b *box) AppendCall(dst []byte, method string, args []any) ([]byte, bool, error) {
	if method != "shout" || len(args) != 1 {
		return dst, false, nil
	}
	s, _ := args[0].(string)
	return append(dst, strings.ToUpper(s)...), true, nil
}

func (b *box) Index(key any) (any, bool, error) {
	i, ok := key.(int32)
	if !ok {
		return nil, false, nil
	}
	if i < 0 || int(i) >= len(b.items) {
		return nil, false, errFull
	}
	return b.items[i], true, nil
}

func (b *box) SetProperty(name string, v any) (bool, error) {
	if name == "locked" {
		return false, errFull
	}
	b.props[name] = v
	return true, nil
}

func (b *box) Values() []any { return b.items }

func (b *box) JavaString() string { return "a box" }

func (b *box) AppendText(dst []byte) ([]byte, error) { return append(dst, "a box"...), nil }

// silent is an Object with nothing.
type silent struct{}

func (silent) Property(string) (any, bool)           { return nil, false }
func (silent) Call(string, []any) (any, bool, error) { return nil, false, nil }

func newBox() *box {
	return &box{props: map[string]any{"name": "b1", "map": java.MapOf("k", "v")}, items: []any{"x", int32(2), nil}}
}

// TestObject shows what a template can do with an object of the embedding program.
func TestObject(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"$b.name ${b.name} $b.map.k", "b1 b1 v"},
		{"$b.nope $!b.nope $b.nope.x", "$b.nope  $b.nope.x"},
		{"$b.echo('x') $b.echo([1, 2]) $b.echo($b.name)", "x [1, 2] b1"},
		{"$b.echo() $b.nope(1) $b.nothing()", "$b.echo() $b.nope(1) $b.nothing()"},
		{"$b.shout('x')|#set($s = $b.shout('x'))$!s", "X|"},
		{"$b[0] $b[1] $b[-2] $b['k']", "x 2 2 $b['k']"},
		{"#set($b.new = 5)$b.new|#set($b['key'] = 6)$b.key", "5|6"},
		{"#foreach($i in $b)[$!i]#end", "[x][2][]"},
		{"$b $silent| $b.toString()|#set($s = \"<$b>\")$s", "a box | a box|<a box>"},
		{"#if($b)yes#end #if($b == $b)same#end #if($b == $silent)same#{else}other#end", "yes same other"},
		{"$b.class $b.getClass() $b.hashCode()", "$b.class $b.getClass() $b.hashCode()"},
		{`#set($l = [$b, 1])$l`, `[a box, 1]`},
	} {
		tmpl := must(t, c.template)
		if got := text(t, tmpl, vtl.Vars{"b": newBox(), "silent": silent{}}); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.template, got, c.want)
		}
	}
}

// TestObjectFails shows that an error of an object ends the rendering and tells the place.
func TestObjectFails(t *testing.T) {
	for _, source := range []string{"ok\n $b.fill()", "ok\n $b[9]", "ok\n #set($b.locked = 1)", "ok\n #if($b.fill())#end"} {
		_, err := must(t, source).Append([]byte("kept"), vtl.Vars{"b": newBox()})
		var e *vtl.Error
		if !errors.As(err, &e) || !errors.Is(err, errFull) || e.Line != 2 {
			t.Errorf("%s: %v", source, err)
		}
	}
	dst, err := must(t, "text $b.fill()").Append([]byte("kept"), vtl.Vars{"b": newBox()})
	if string(dst) != "kept" || err == nil {
		t.Errorf("after a failure: %q, %v", dst, err)
	}
}

// A call is made once, whether its result is printed or used.
func TestObjectIsCalledOnce(t *testing.T) {
	b := newBox()
	text(t, must(t, "$b.echo(1)$b.nope(2)$b.shout('x')#set($x = $b.echo(3))#if($b.echo(4))#end$!b.nope(5)"), vtl.Vars{"b": b})
	want := []string{"echo[1]", "nope[2]", "echo[3]", "echo[4]", "nope[5]"}
	if diff := cmp.Diff(want, b.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// lookups counts how often each variable is asked for.
type lookups map[string]int

func (l lookups) Lookup(name string) any { l[name]++; return name }

func TestScopeIsAskedOnce(t *testing.T) {
	l := lookups{}
	got := text(t, must(t, "$a $a|#set($b = 1)$b #foreach($c in [1,2])$c$a#end $c #if(false)$d#end"), l)
	if want := "a a|1 1a2a c "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff(lookups{"a": 1, "c": 1}, l); diff != "" {
		t.Errorf("lookups (-want +got):\n%s", diff)
	}
}
