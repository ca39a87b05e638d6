package java

import (
	"math"
	"math/big"
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
	if _, err := PrintString(nil, a, 1<<20); err != ErrTooDeep && err != ErrTooLong {
		t.Errorf("PrintString: %v", err)
	}
	if _, err := PrintJSON(nil, a, PlainJSON, 1<<20); err != ErrTooDeep && err != ErrTooLong {
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
	if _, err := PrintString(nil, bomb, 1000); err != ErrTooLong {
		t.Errorf("PrintString: %v, want ErrTooLong", err)
	}
}
