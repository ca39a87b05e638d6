package java_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"postern/internal/oracle"
	"postern/java"
	"postern/jsonpath"
)

// doubles returns numbers of all kinds: random bits, few digits, whole, subnormal, powers of two and their
// neighbours.
func doubles() []float64 {
	r := rand.New(rand.NewPCG(1, 1))
	all := []float64{0, math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64, 2.2000000000000005e25}
	for e := -1074; e < 1024; e++ {
		p := math.Ldexp(1, e)
		all = append(all, p, math.Nextafter(p, 0), math.Nextafter(p, math.Inf(1)))
	}
	for range 3000 {
		all = append(all,
			math.Float64frombits(r.Uint64()),
			math.Float64frombits(r.Uint64()>>(12+r.UintN(52))),
			float64(r.Uint64()>>r.UintN(64)),
			float64(r.IntN(100))*math.Pow10(r.IntN(600)-300),
			float64(r.IntN(1<<r.IntN(31)))/math.Pow10(r.IntN(6)),
			float64(r.Uint64()>>r.UintN(64))*math.Pow10(r.IntN(60)-40))
	}
	return all
}

// TestDoublesAgainstJava prints doubles as Java 17 does, through a template that calls Double.valueOf.
func TestDoublesAgainstJava(t *testing.T) {
	o := oracle.Start(t)
	var numbers []float64
	var template strings.Builder
	template.WriteString("#set($d = 0.5)")
	for _, f := range doubles() {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		numbers = append(numbers, f)
		fmt.Fprintf(&template, "$d.valueOf('%s')\n", strconv.FormatFloat(f, 'g', 17, 64))
	}
	answer := o.MustAsk(t, oracle.Request{Template: template.String(), Body: "{}"})[0]
	lines := strings.Split(strings.TrimSuffix(answer.Output, "\n"), "\n")
	if len(lines) != len(numbers) {
		t.Fatalf("%d lines for %d numbers: %s", len(lines), len(numbers), answer.Error)
	}
	for i, f := range numbers {
		if got := java.String(f); got != lines[i] {
			t.Errorf("%x prints %s, want %s", f, got, lines[i])
		}
	}
}

func document(r *rand.Rand, depth int) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	some := func(part func() string) string {
		parts := make([]string, r.IntN(4))
		for i := range parts {
			parts[i] = part()
		}
		return strings.Join(parts, ",")
	}
	switch n := r.IntN(8); {
	case n < 2 && depth > 0:
		return "[" + some(func() string { return document(r, depth-1) }) + "]"
	case n < 5 && depth > 0:
		return "{" + some(func() string { return pick(`"a"`, `"b"`, `"c/é"`) + ":" + document(r, depth-1) }) + "}"
	}
	return pick("null", "true", "false", `"a"`, `"é😀"`, `"a\"/\n"`, `"\u2028\u007f"`, `""`, "1", "-1", "2147483648",
		"-9223372036854775809", "123456789012345678901234567890", "1.5", "1.50", "-0.0", "1e300", "0.00000000000000000150",
		"-12345.678901234567890e-30", "12345678901234567890e10")
}

// TestValuesAgainstJava prints, hashes and compares values as Java does.
func TestValuesAgainstJava(t *testing.T) {
	o := oracle.Start(t)
	r := rand.New(rand.NewPCG(2, 2))
	var requests []oracle.Request
	for range 3000 {
		requests = append(requests, oracle.Request{
			Template: "#set($a = $input.path('$[0]'))#set($b = $input.path('$[1]'))" +
				"$a\n$a.hashCode()\n$a.equals($b)\n$input.json('$[0]')",
			Body: "[" + document(r, 3) + "," + document(r, 1) + "]",
		})
	}
	for i, a := range o.MustAsk(t, requests...) {
		doc, err := jsonpath.Parse(requests[i].Body)
		if err != nil {
			t.Fatal(err)
		}
		items := doc.(*java.List).Items
		if items[0] == nil {
			continue // $a prints as itself
		}
		equal := java.Equal(items[0], items[1])
		got := fmt.Sprintf("%s\n%d\n%v\n%s", java.String(items[0]), java.HashCode(items[0]), equal, java.AppendJSON(nil, items[0]))
		if got != a.Output {
			t.Errorf("%s\n got %q\nwant %q %s", requests[i].Body, got, a.Output, a.Error)
		}
	}
}

// TestNumbersAgainstJava converts numbers as Number's methods do, and compares BigDecimals.
func TestNumbersAgainstJava(t *testing.T) {
	o := oracle.Start(t)
	numbers := []string{
		"0", "-1", "255", "2147483647", "-2147483648", "2147483648", "9223372036854775807", "-9223372036854775808",
		"9223372036854775808", "18446744073709551616", "-123456789012345678901234567890", "1.5", "-1.5", "2147483647.9",
		"1e10", "-1e10", "1e19", "-1e19", "1e400", "4.9e-324", "12345678901.2345678", "-12345678901.23456789",
		"9223372036854775807.99999", "1.00000000000000000000e30", "0.00000000000000000000001", "1.0000000000000000e-5",
		"100.0000000000000000", "100.00000000000000000000", "1.00000000000000000e00002", "7.00000000000000000e+20",
		"1.00000000000000000e999999999", "-1.00000000000000000e999999999", "0.00000000000000000e999999999",
	}
	var requests []oracle.Request
	for _, n := range numbers[:len(numbers)-3] {
		requests = append(requests, oracle.Request{
			Template: "#set($n = $input.path('$[0]'))$n $n.intValue() $n.longValue() $n.doubleValue()",
			Body:     "[" + n + "]",
		})
	}
	number := func(text string) any {
		doc, err := jsonpath.Parse("[" + text + "]")
		if err != nil {
			t.Fatal(err)
		}
		return doc.(*java.List).Items[0]
	}
	for i, a := range o.MustAsk(t, requests...) {
		v := number(numbers[i])
		short, _ := java.IntValue(v)
		long, _ := java.LongValue(v)
		double, _ := java.ToFloat64(v)
		if got := fmt.Sprintf("%s %d %d %s", java.String(v), short, long, java.String(double)); got != a.Output {
			t.Errorf("%s: got %s, want %s %s", numbers[i], got, a.Output, a.Error)
		}
	}

	requests = nil
	var decimals []*java.Decimal
	for _, n := range numbers {
		if d, ok := number(n).(*java.Decimal); ok {
			decimals = append(decimals, d)
		}
	}
	for _, d := range decimals {
		for _, e := range decimals {
			requests = append(requests, oracle.Request{
				Template: "$input.path('$[0]').compareTo($input.path('$[1]'))",
				Body:     fmt.Sprintf("[%s,%s]", padded(d), padded(e)),
			})
		}
	}
	for i, a := range o.MustAsk(t, requests...) {
		d, e := decimals[i/len(decimals)], decimals[i%len(decimals)]
		if got := strconv.Itoa(d.Cmp(e)); got != a.Output {
			t.Errorf("%s compared with %s: %s, want %s %s", java.String(d), java.String(e), got, a.Output, a.Error)
		}
	}
}

// padded prints d so that json-smart reads a BigDecimal: with more than 18 characters.
func padded(d *java.Decimal) string {
	text := java.String(d)
	mantissa, exponent, ok := strings.Cut(text, "E")
	if ok {
		exponent = "E" + exponent
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += "."
	}
	return mantissa + strings.Repeat("0", 20) + exponent
}
