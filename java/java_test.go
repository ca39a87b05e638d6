package java

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func decimal(t *testing.T, text string) *Decimal {
	t.Helper()
	d, err := ParseDecimal(text)
	if err != nil {
		t.Fatalf("ParseDecimal(%q): %v", text, err)
	}
	return d
}

// What Java 17 prints.
func TestString(t *testing.T) {
	self := NewMap(1)
	self.Put("a", self)
	selfList := ArrayListOf(int32(1))
	selfList.Add(selfList)
	tests := []struct {
		value any
		want  string
	}{
		{nil, "null"},
		{true, "true"},
		{"a\"b", `a"b`},
		{Char('x'), "x"},
		{int32(-1), "-1"},
		{int64(1) << 40, "1099511627776"},
		{new(big.Int).Lsh(big.NewInt(1), 80), "1208925819614629174706176"},
		{decimal(t, "1.50"), "1.50"},
		{decimal(t, "0.0000001"), "1E-7"},
		{decimal(t, "1e3"), "1E+3"},
		{decimal(t, "-12.5e10"), "-1.25E+11"},
		{1.0, "1.0"},
		{12.5, "12.5"},
		{1e7, "1.0E7"},
		{9999999.0, "9999999.0"},
		{0.001, "0.001"},
		{0.00012, "1.2E-4"},
		{math.Copysign(0, -1), "-0.0"},
		{math.NaN(), "NaN"},
		{math.Inf(-1), "-Infinity"},
		{math.SmallestNonzeroFloat64, "4.9E-324"},
		{float64(1 << 60), "1.15292150460684698E18"},
		{2.2000000000000005e25, "2.2000000000000004E25"},
		{MapOf("a", int32(1), int32(2), nil), "{a=1, 2=null}"},
		{self, "{a=(this Map)}"},
		{ArrayListOf("a", int32(1), ArrayListOf()), "[a, 1, []]"},
		{selfList, "[1, (this Collection)]"},
		{&List{Kind: JSONArray, Items: []any{"a/b", MapOf("k", nil), 1e10}}, `["a\/b",{"k":null},1.0E10]`},
		{ArrayListOf(MapOf("j", &List{Kind: JSONArray, Items: []any{"x"}})), `[{j=["x"]}]`},
	}
	for _, tt := range tests {
		if got := String(tt.value); got != tt.want {
			t.Errorf("String(%#v) = %s, want %s", tt.value, got, tt.want)
		}
	}
}

// json-smart 2.2, JSONStyle.LT_COMPRESS.
func TestAppendJSON(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{"a/b\"\\\b\f\n\r\t\x00\x7f\u0085\u2028é😀", `"a/b\"\\\b\f\n\r\t\u0000\u007F\u0085\u2028é😀"`},
		{math.Inf(1), "null"},
		{math.NaN(), "NaN"},
		{MapOf(int32(1), "x", "l", ArrayListOf(true, nil)), `{"1":"x","l":[true,null]}`},
	}
	for _, tt := range tests {
		if got := string(AppendJSON(nil, tt.value)); got != tt.want {
			t.Errorf("AppendJSON(%#v) = %s, want %s", tt.value, got, tt.want)
		}
	}
}

// Java's stack overflows; ours says so.
func TestKnottedValues(t *testing.T) {
	a, b := NewMap(1), NewMap(1)
	a.Put("b", b)
	b.Put("a", a)
	if _, err := PrintString(nil, a, 1<<20); !errors.Is(err, ErrTooDeep) && !errors.Is(err, ErrTooLong) {
		t.Errorf("PrintString: %v", err)
	}
	if _, err := PrintJSON(nil, a, PlainJSON, 1<<20); !errors.Is(err, ErrTooDeep) && !errors.Is(err, ErrTooLong) {
		t.Errorf("PrintJSON: %v", err)
	}
	c, d := NewMap(1), NewMap(1)
	c.Put("b", d)
	d.Put("a", c)
	if Equal(a, c) {
		t.Error("two knots are equal")
	}
	HashCode(a)

	// Each level prints the one below it twice: 2^64 times the word at the end.
	bomb := any("boom")
	for range 64 {
		bomb = ArrayListOf(bomb, bomb)
	}
	if _, err := PrintString(nil, bomb, 1000); !errors.Is(err, ErrTooLong) {
		t.Errorf("PrintString: %v, want ErrTooLong", err)
	}
}

// A map against a model of it: a list of keys in the order of their first put, and their values.
func TestMapAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		m := NewMap(0)
		var keys []any
		values := map[any]any{}
		for range r.IntN(200) {
			var key any = strconv.Itoa(r.IntN(40))
			if r.IntN(3) == 0 {
				key = int32(r.IntN(40))
			}
			switch r.IntN(4) {
			case 0:
				old, ok := m.Delete(key)
				want, had := values[key]
				if ok != had || old != want {
					t.Fatalf("Delete(%v) = %v, %v; want %v, %v", key, old, ok, want, had)
				}
				delete(values, key)
				keys = slices.DeleteFunc(keys, func(k any) bool { return k == key })
			default:
				value := any(r.IntN(1000))
				if old := m.Put(key, value); old != values[key] {
					t.Fatalf("Put(%v) = %v, want %v", key, old, values[key])
				}
				if _, had := values[key]; !had {
					keys = append(keys, key)
				}
				values[key] = value
			}
		}
		if !slices.Equal(m.Keys(), keys) || m.Len() != len(keys) {
			t.Fatalf("keys %v, want %v", m.Keys(), keys)
		}
		for i, key := range keys {
			if got, ok := m.Get(key); !ok || got != values[key] {
				t.Fatalf("Get(%v) = %v, %v; want %v", key, got, ok, values[key])
			}
			if e := m.At(i); e.Key != key || e.Value != values[key] {
				t.Fatalf("At(%d) = %v, want %v", i, e, key)
			}
		}
		if c := m.Clone(); !Equal(c, m) || HashCode(c) != HashCode(m) {
			t.Fatal("a clone differs")
		}
	}
}

// LinkedHashMap: the first place, the last value.
func TestMapAdopt(t *testing.T) {
	for _, n := range []int{3, 30} {
		var entries []Entry
		for i := range n {
			entries = append(entries, Entry{strconv.Itoa(i), i}, Entry{"twice", i})
		}
		m := new(Map)
		m.Adopt(entries)
		if m.Len() != n+1 || m.At(1) != (Entry{"twice", n - 1}) || m.At(n) != (Entry{strconv.Itoa(n - 1), n - 1}) {
			t.Errorf("adopted %v", m.Entries())
		}
	}
}

func TestMapGetDoesNotAllocate(t *testing.T) {
	m := NewMap(0)
	for i := range 100 {
		m.Put(strconv.Itoa(i), i)
	}
	if n := testing.AllocsPerRun(100, func() { m.GetString("77") }); n != 0 {
		t.Errorf("GetString allocates %v times", n)
	}
}

// A hint only says where to look first.
func TestGetStringNear(t *testing.T) {
	m := MapOf("a", 1, "b", 2)
	for _, c := range []struct {
		key      string
		hint, at int
		value    any
	}{
		{"a", 0, 0, 1}, {"b", 0, 1, 2}, {"b", 1, 1, 2}, {"b", 7, 1, 2}, {"a", -1, 0, 1}, {"c", 0, -1, nil},
	} {
		if value, at := m.GetStringNear(c.key, c.hint); value != c.value || at != c.at {
			t.Errorf("%s near %d: %v at %d, want %v at %d", c.key, c.hint, value, at, c.value, c.at)
		}
	}
	m.Delete("a")
	if value, at := m.GetStringNear("b", 1); value != 2 || at != 0 {
		t.Errorf("after a deletion: %v at %d", value, at)
	}
}
