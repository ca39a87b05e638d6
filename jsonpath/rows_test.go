package jsonpath_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"postern/internal/oracle"
)

var update = flag.Bool("update", false, "ask the oracle for testdata/jayway.tsv again")

const rowsFile = "testdata/jayway.tsv"

// TestRows holds ours against what Jayway JsonPath 2.0 over json-smart 2.2 answered: the lines of testdata/jayway.tsv
// are a path, a document and the outcome, each quoted as in Go. With -update the outcomes are recorded again.
func TestRows(t *testing.T) {
	if *update {
		record(t)
	}
	file, err := os.Open(rowsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	n := 0
	for ; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 3 {
			t.Fatalf("line %d has %d fields", n+1, len(fields))
		}
		for i, field := range fields {
			if fields[i], err = strconv.Unquote(field); err != nil {
				t.Fatalf("line %d: %s: %v", n+1, field, err)
			}
		}
		p := pair{fields[0], fields[1]}
		if got := p.read(); got != fields[2] {
			t.Errorf("%q of %q\n got %s\nwant %s", p.path, p.document, got, fields[2])
		}
	}
	if n < 400 {
		t.Errorf("only %d rows", n)
	}
}

func record(t *testing.T) {
	var rows []pair
	for _, path := range storePaths {
		rows = append(rows, pair{path, store})
	}
	for _, path := range smallPaths {
		rows = append(rows, pair{path, small})
	}
	for _, text := range texts {
		rows = append(rows, pair{"$", text})
	}
	for seed := uint64(1_000_000); len(rows) < 550; seed++ {
		if p := generate(seed); len(p.document) < 120 {
			rows = append(rows, p)
		}
	}
	requests := make([]oracle.Request, len(rows))
	for i, p := range rows {
		requests[i] = oracle.Request{JSONPath: p.path, Body: p.document, Typed: true}
	}
	var b strings.Builder
	for i, a := range oracle.Start(t).MustAsk(t, requests...) {
		fmt.Fprintf(&b, "%q\t%q\t%q\n", rows[i].path, rows[i].document, outcome(a))
	}
	if err := os.WriteFile(rowsFile, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// store is the document of the article that JSON paths come from.
const store = `{"store":{"book":[` +
	`{"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},` +
	`{"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},` +
	`{"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},` +
	`{"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8","price":22.99}],` +
	`"bicycle":{"color":"red","price":19.95}},"expensive":10}`

var storePaths = []string{
	"$", "", " ", ".", "..", "$.", "$..", "$.store.book", "store.book[0].title", "$.store.book[0].title",
	"$['store']['book'][0]['title']", "$.store.book[*].author", "$..author", "$.store.*", "$.store..price", "$..book[2]",
	"$..book[2].title", "$..book[-1]", "$..book[-1:]", "$..book[(@.length-1)]", "$..book[(@.size()-1)].title", "$..book[0,1]",
	"$..book[:2]", "$..book[1:2]", "$..book[-2:]", "$..book[2:]", "$..book[?(@.isbn)]", "$..book[?(!@.isbn)]",
	"$.store.book[?(@.price < 10)]", "$..book[?(@.price <= $['expensive'])].title", "$..book[?(@.author =~ /.*REES/i)]",
	"$..*", "$..book.length()", "$.store.book.length", "$.store.book.length()", "$.store.book[0]['title','price']",
	"$.store.book[*]['title','isbn']", "$.store.book[?(@.category == 'fiction' && @.price < 10)].title",
	"$.store.book[?(@.category == 'fiction' || @.price < 10)].title",
	"$.store.book[?(@.price < 9 && @.category == 'fiction' || @.isbn && @.price > 20)].title",
	"$.store.book[?((@.price < 9 || @.price > 20) && @.isbn)].title", "$.store.book[?(@.category in ['fiction'])]",
	"$.store.book[?(@.title contains 'of')]", "$.store.book[?(@.author size 10)]", "$.store.book[?(@.category nin ['x'])]",
	"$.store.book[?(@.isbn empty true)]", "$.store.book[?(@.price == '8.95')].title", "$.store.book[?(@.price == 8.950)].title",
	"$.store.book[?(8.95 == @.price)].title", "$.store.book[?(@.price == cheap)].title", "$.store.book[?(@.isbn == null)].title",
	"$.store.book[?(@.isbn != null)].title", "$.store.book[?(@.isbn == 'null')].title", "$.store.book[?(@.title > 'N')].title",
	"$.store.book[?(@['title'] == 'Moby Dick')].price", "$.store.book[?(@.title == Moby Dick)].price",
	"$.store.book[?(@.title == \"Moby Dick\")].price", "$.store[?(@.color)]", "$.store[?(@.bicycle)].bicycle.color",
	"$.store.bicycle[?(@.color == 'red')].price", "$.store.bicycle[?(@.color == 'blue')].price", "$.store.bicycle[0]",
	"$.store.bicycle.color[0]", "$.store.bicycle.missing[0]", "$.missing", "$.missing.more", "$.store.missing.more", "$.missing[*]",
	"$.store.book[9]", "$.store.book[9].title", "$.store.book[0,9]", "$.store.book[0:9].isbn", "$.store.book[*].isbn",
	"$.store.*.color", "$..isbn", "$..missing", "$..book..title", "$..book.*.title", "$..book[0].title", "$..[0].title",
	"$..[?(@.price > 20)]", "$..[?(@.price > 20)].title", "$..['title','price']", "$..['color','price']", "$..book[0].missing",
	"$.store.book[?(@.author =~ /J\\. R\\..*/)].title", "$.store.book[?(/.*Rees/ =~ @.author)].title",
	"$.store.book[?(@.price =~ /8.*/)].title", "$.store.book[?(@.title =~ 'Moby')].title", "$.store.book[?(@.title =~ /(/)].title",
	"$.store.book[?(@.price > $.store.bicycle.price)].title", "$.store.book[?(@.price > $..price)].title",
	"$.store.book[?($.expensive)].title", "$.store.book[?($.price)].title", "$.store.book[?(@)].title", "$.store.book[?(1 == 1)].title",
	"$.store.book[?(true)].title", "$.store.book[?(@.price)]..title", "$.store.book[?(@.isbn)][0].title", "$['store']", "$[store]",
	"$[\"store\"]", "$.store['book', 'bicycle']", "$.store['book','bicycle'].color", "$. store", "$.store .book", "$ .store",
	" $.store.bicycle ", "$store", "$$", "$.$", "$.store.$", "@.expensive", "@", "expensive", "$.expensive.more", "$.expensive[0]",
	"$.expensive.*", "$.expensive..*", "$.expensive[?(@.a)]", "$.store.book.title", "$.store.book.*", "$.store.book.*.title",
	"$.store.book[*][*]", "$.store.book[?]", "$.store.book[?,?]", "$.store.book[?()]", "$.store.book[?(@.price < 10]",
	"$.store.book[(@.length-9)]", "$.store.book[(@.length)]", "$.store.book[(@.count-1)]", "$.store.book[@.length-1]",
	"$.store.book[1:1]", "$.store.book[2:1]", "$.store.book[-1:1]", "$.store.book[:]", "$.store.book[::2]", "$.store.book[0:4:2]",
	"$.store.book[01].title", "$.store.book[ 1 ].title", "$.store.book[1-].title", "$.store.book[+1].title", "$.store.book[a1].title",
	"$.store.book[99999999999]", "$.store.book[]", "$.store.book[", "$.store.book[0", "$.store.book]", "$.store.book[0]]",
	"$.store.book[0][", "$.store.book[0]title", "$.store.book[0]..", "$.store[]book", "$.store..", "$..store..book[0]..title",
}

// small has members that are easily mistaken.
const small = `{"a":null,"b":{},"c":[],"it's":1,"x y":2,"a.b":3,"":4,"*":5,"a]b":6,"$":7,"@":8,"n":[1,1.0,"1",true,"true",null,"null"],` +
	`"o":[{"a":1,"b":1},{"a":2,"b":1},{"a":"1","b":"1"},{"b":1},{"a":null},7,[1],null]}`

var smallPaths = []string{
	"$.a", "$.a.b", "$.a[0]", "$.a[*]", "$.a..b", "$.a.*", "$.b", "$.b.*", "$.b..*", "$.b.c", "$.b[0]", "$.c", "$.c[*]", "$.c[0]", "$.c[0:]",
	"$.c[0:1]", "$.c[-1:]", "$.c[:1]", "$.c.a", "$.c..a", "$.c[?(@.a)]", "$.c[?]", "$.it's", "$['it's']", "$['it\\'s']", "$['x y']", "$.x y",
	"$['a.b']", "$.a.b", "$['']", "$.", "$['*']", "$.*", "$[*]", "$['a]b']", "$.a]b", "$['$']", "$.$", "$['@']", "$.@", "$.n[?(@ == 1)]",
	"$.n[?(@ == '1')]", "$.n[?(@ == true)]", "$.n[?(@ == null)]", "$.n[?(@ != null)]", "$.n[?(@ != 1)]", "$.n[?(@ < 2)]", "$.n[?(@ =~ /1.*/)]",
	"$.n[?(@)]", "$.n[?(!@)]", "$.o[?(@.a == @.b)]", "$.o[?(@.a != @.b)]", "$.o[?(@.a > @.b)]", "$.o[?(@.a)]", "$.o[?(!@.a)]", "$.o[?(@.a == 1)]",
	"$.o[?(@.a >= 1)]", "$.o[?(@.a < 9)].b", "$.o[*].a", "$.o.a", "$.o..a", "$..a", "$.o[0:3].a", "$.o[0:4].a", "$.o[3,0].a", "$.o[?(@['a','b'])]",
	"$.o[?(@.a && @.b)]", "$.o[?(@.a || @.b)]", "$.o[?(@.a & @.b)]", "$.o[?(@[0])]", "$.o[6][?(@ == 1)]", "$['a','b']", "$['a','zz']", "$['zz','yy']",
	"$['n','o'][0]", "$..['a','b']", "$..[0]", "$..[*]", "$..*", "$..[?(@.a)]", "$..[?(@.a == 1)].b", "$..n[0]", "$..o[?(@.b)].b", "$...a", "$....a",
}

// texts are documents of their own kind.
var texts = []string{
	"null", "true", "false", "nul", "", " ", "\t\n", "a", "abc def", "'a'", `"a"`, `"a`, `"a\`, `"a\"`, "1", "-1", "-", "--1", "+1", "1.5", ".5", "1.",
	"-.5", "1e5", "1E5", "1e", "1e+", "1e5x", "1.5e3.2", "0x10", "007", "-0", "-0.0", "1 2", "1,2", "1}", "2147483647", "2147483648", "-2147483648",
	"-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"00000000000000000001", "1.23456789012345678", "1.234567890123456789", "0.00000000000000000000001", "1e400", "-1e400",
	"1e2147483648", "1.00000000000000000000e2147483648", "NaN", "Infinity", "[", "]", "{", "}", "[]", "{}", "[1,2,]", "[,1]", "[,,]", "[1,,2]", "[1 2]",
	"[1", "[1,", "[a b, c]", "[a:b]", "[1}", "[[1]", "[-]", "['a',\"b\",c]", "{a:1}", "{'a':1}", `{"a":1}`, `{"a":1,}`, `{,"a":1}`, `{"a":1,,"b":2}`,
	`{"a"}`, `{"a":}`, `{"a":,"b":1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":1]`, `{"a":1}x`, `{"a":1}{"b":2}`, `{"a":1,"b":2,"a":3}`, `{"":1}`, "{:1}", "{a b:1}",
	"{1:2}", "{true:1}", "{null:null}", `{"a":b c}`, `{"a":b,c:d}`, `{"a":[1,{"b":2}]}`, `{a:{b:{c:[]}}}`, `{"a":"b" "c"}`, `// c
	{}`, "/* c */{}", "# c", `{"a":1 /* c */}`, `["\u0041\x42\/\'\"\\\b\f\n\r\t\z\é\😀"]`, `["\ud83d\ude00"]`, `["\ud83d"]`, `["\ude00\ud83d"]`, `["\u12"]`,
	`["\u12G4"]`, `["\x4"]`, "[\"a\x00\x01\x1f\x7fb\"]", "[\"a\\n\x00\x01\x1f\x7fb\"]", "[\"a\x1ab\"]", "[\"a\\n\x1ab\"]", "[a\x1ab]", "{\"a\x1a\":1}", "\x1a", "[1\x1a",
	"[\f1]", "[1\f]", "[\f]", "\f{}", "{\f}", "{\"a\"\f:\f1\f}", "[1~]", "[1é]", "[é]", "{\"a\":1~}", "[~1]", "[\u00a01]", "[1\u00a0]", "[\ufeff1]", "\ufeff{}",
	"[true,false,null,tru,falsey,nulls,NaN,NaNs]", "[ true , null ]", "[true\f]", "{\"a\":true}", "{\"a\":true \n}", "{\"a\":nullx}",
	`["'"]`, `['"']`, `['\'']`, `["it's"]`, `["//"]`, "[01]", "[1.0,1.10,100.0,1e2,1E-7,0.001,0.0001,12345678.9,1e7,123456789012345678]",
}
