package jsonwire

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
)

// pet is a structure with a member of every kind, read as generated code reads one.
type pet struct {
	Name   *string
	Alive  *bool
	Legs   *int
	Atoms  *int64
	Weight *float64
	Born   *wire.Timestamp
	Photo  *[]byte
	Names  []string
	Tags   map[string]string
	Blanks map[string]string
	Friend *pet
}

func readPet(r *Reader, x *pet) {
	if !r.Open() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "name":
			x.Name = Optional(r, String)
		case "alive":
			x.Alive = Optional(r, Bool)
		case "legs":
			x.Legs = Optional(r, Int)
		case "atoms":
			x.Atoms = Optional(r, Int64)
		case "weight":
			x.Weight = Optional(r, Float64)
		case "born":
			x.Born = Optional(r, Timestamp)
		case "photo":
			x.Photo = Optional(r, Blob)
		case "names":
			x.Names = List(r, String)
		case "tags":
			x.Tags = Map(r, String)
		case "blanks":
			x.Blanks = MapNullEmpty(r, String)
		case "friend":
			x.Friend = Optional(r, readPet)
		default:
			r.Skip()
		}
	}
}

func parsePet(text string) (pet, error) {
	var p pet
	r := NewReader(text)
	readPet(r, &p)
	r.End()
	return p, r.Err()
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       pet
	}{
		{"nothing", `{}`, pet{}},
		{"null is nothing", `null`, pet{}},
		{"white space", " {\r\n\t\"legs\" : 4 } ", pet{Legs: new(4)}},
		{"null is absent", `{"name": null, "names": null, "tags": null, "friend": null, "legs": null}`, pet{}},
		{
			"empty is not absent", `{"name": "", "names": [], "tags": {}, "friend": {}}`,
			pet{Name: new(""), Names: []string{}, Tags: map[string]string{}, Friend: &pet{}},
		},
		{
			"the last of equal members counts, whole", `{"name": "a", "friend": {"legs": 1}, "name": "b", "friend": {"name": "c"}}`,
			pet{Name: new("b"), Friend: &pet{Name: new("c")}},
		},
		{"a null after a value takes it back", `{"name": "a", "name": null}`, pet{}},
		{"the last of equal keys counts", `{"tags": {"k": "a", "k": "b"}}`, pet{Tags: map[string]string{"k": "b"}}},
		{
			"null entries are left out", `{"names": ["a", null, "b"], "tags": {"a": "1", "a": null, "b": "2"}}`,
			pet{Names: []string{"a", "b"}, Tags: map[string]string{"b": "2"}},
		},
		{
			"null entries are empty where AWS writes empty as null", `{"blanks": {"a": null, "b": "x"}}`,
			pet{Blanks: map[string]string{"a": "", "b": "x"}},
		},
		{"booleans in quotes (API reference examples)", `{"alive": "true"}`, pet{Alive: new(true)}},
		{"false", `{"alive": false}`, pet{Alive: new(false)}},
		{
			"integers in quotes (API reference examples)", `{"legs": "4", "atoms": "9223372036854775807"}`,
			pet{Legs: new(4), Atoms: new(int64(9223372036854775807))},
		},
		{"a fraction is cut off (inferred)", `{"legs": -4.9, "atoms": 1e3}`, pet{Legs: new(-4), Atoms: new(int64(1000))}},
		{"doubles", `{"weight": 10000.5e-1}`, pet{Weight: new(1000.05)}},
		{"doubles in quotes", `{"weight": "0.5"}`, pet{Weight: new(0.5)}},
		{"seconds", `{"born": 1453416433}`, pet{Born: new(wire.Timestamp(1453416433))}},
		{"bytes", `{"photo": "AAEC"}`, pet{Photo: &[]byte{0, 1, 2}}},
		{"escapes", `{"name": "\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00"}`, pet{Name: new("\"\\/\b\f\n\r\tAé€😀")}},
		{"a lone half of a pair", `{"name": "\ud83dx\ude00"}`, pet{Name: new("\uFFFDx\uFFFD")}},
		{"two first halves", `{"name": "\ud83d\ud83d\ude00"}`, pet{Name: new("\uFFFD😀")}},
		{"an escaped name", `{"n\u0061me": "a"}`, pet{Name: new("a")}},
		{"bytes that are no UTF-8", "{\"name\": \"a\xffb\"}", pet{Name: new("a\uFFFDb")}},
		{"unknown members", `{"x": {"y": [1, -0.5e+3, "s", true, false, null, [], {}]}, "legs": 4}`, pet{Legs: new(4)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parsePet(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

// What is refused; recorded AWS answers are marked, the other texts are inferred or Postern's own.
func TestRefuse(t *testing.T) {
	const number = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
	for text, want := range map[string]string{
		`{"name": true}`:             "class java.lang.Boolean can not be converted to an String", // recorded
		`{"name": 1}`:                number + "String",                                           // recorded
		`{"name": []}`:               "Start of list found where not expected",
		`{"name": {}}`:               "Start of structure or map found where not expected.", // seen in Kinesis' answers
		`{"alive": 1}`:               number + "Boolean",
		`{"alive": ""}`:              "class java.lang.String can not be converted to an Boolean",
		`{"legs": "four"}`:           "class java.lang.String can not be converted to an Integer",
		`{"legs": true}`:             "class java.lang.Boolean can not be converted to an Integer",
		`{"legs": 2147483648}`:       number + "Integer",
		`{"atoms": 1e30}`:            number + "Long",
		`{"weight": 1e999}`:          number + "Double",
		`{"weight": "NaN"}`:          "class java.lang.String can not be converted to an Double",
		`{"photo": "?"}`:             "class java.lang.String can not be converted to an Blob",
		`{"names": {}}`:              "Start of structure or map found where not expected.",
		`{"names": "a"}`:             "Unexpected value type in payload: string where a list is expected",
		`{"names": 1}`:               "Unexpected value type in payload: number where a list is expected",
		`{"tags": []}`:               "Start of list found where not expected",
		`{"tags": false}`:            "Unexpected value type in payload: boolean where a structure is expected",
		`[]`:                         "Start of list found where not expected",
		`"x"`:                        "Unexpected value type in payload: string where a structure is expected",
		`{`:                          "Malformed JSON at line 1, column 2: expected a member's name",
		`{"name"}`:                   "Malformed JSON at line 1, column 8: expected ':' after a member's name",
		`{"name": "a" "legs": 4}`:    "Malformed JSON at line 1, column 14: expected ',' or '}'",
		`{"legs": 4,}`:               "Malformed JSON at line 1, column 12: unexpected ','",
		`{,}`:                        "Malformed JSON at line 1, column 2: expected a member's name",
		`{name: 1}`:                  "Malformed JSON at line 1, column 2: expected a member's name",
		`{"legs": 01}`:               "Malformed JSON at line 1, column 11: expected ',' or '}'",
		`{"legs": 1.}`:               "Malformed JSON at line 1, column 12: expected a digit after '.'",
		`{"legs": 1e}`:               "Malformed JSON at line 1, column 12: expected a digit in the exponent",
		`{"x": -}`:                   "Malformed JSON at line 1, column 8: expected a value",
		`{"alive": truth}`:           "Malformed JSON at line 1, column 11: unknown word",
		"{\n\"name\": \"a\nb\"}":     "Malformed JSON at line 2, column 11: control character in a string",
		`{"name": "\x"}`:             "Malformed JSON at line 1, column 12: unknown escape",
		`{"name": "\u12g4"}`:         "Malformed JSON at line 1, column 15: expected four hexadecimal digits",
		`{"name": "\`:                "Malformed JSON at line 1, column 12: string without end",
		`{"name": "\u12`:             "Malformed JSON at line 1, column 15: string without end",
		`{"x": [1 2]}`:               "Malformed JSON at line 1, column 10: expected ',' or ']'",
		`{} {}`:                      "Malformed JSON at line 1, column 4: unexpected text after the value",
		"\ufeff{}":                   "Malformed JSON at line 1, column 1: expected a value",
		nested(maxDepth + 1):         "Malformed JSON at line 1, column 501: nested too deep",
		`{"x": ` + nested(maxDepth):  "Malformed JSON at line 1, column 502: nested too deep",
		`{"names": ["a", true]}`:     "class java.lang.Boolean can not be converted to an String",
		`{"tags": {"a": 1, "b": 2}}`: number + "String",
	} {
		if _, err := parsePet(text); err == nil || err.Error() != "SerializationException: "+want {
			t.Errorf("%s\n got %v\nwant SerializationException: %s", text, err, want)
		}
	}
}

// nested is an object in an object, and so on, depth times.
func nested(depth int) string {
	return strings.Repeat(`{"x":`, depth) + "1" + strings.Repeat("}", depth)
}

func TestDepthLimitIsReached(t *testing.T) {
	if _, err := parsePet(nested(maxDepth)); err != nil {
		t.Error(err)
	}
}

// The reader takes what encoding/json takes; when it refuses JSON, then for its types and not for its form.
func FuzzRead(f *testing.F) {
	f.Add(`{"name": "a\u00e9\n", "legs": 4, "tags": {"k": null}, "names": ["x"], "friend": {"weight": 1.5}}`)
	f.Add(`{"x": [1, {"y": "\ud83d\ude00"}], "alive": "true"}`)
	f.Add(` null `)
	f.Add(`{"name": "` + "\xff" + `"}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parsePet(text)
		valid := json.Valid([]byte(text))
		switch {
		case err == nil && !valid:
			t.Errorf("%q is no JSON, but was read", text)
		case err != nil && valid && strings.Contains(err.Error(), "Malformed") && !strings.Contains(err.Error(), "too deep"):
			t.Errorf("%q is JSON, but: %v", text, err)
		}
	})
}

// What is written is read back by encoding/json as it was.
func FuzzAppendString(f *testing.F) {
	f.Add("<a href='x'>&\u2028\t\x01\\\"\xff\x7f😀")
	f.Fuzz(func(t *testing.T, text string) {
		var back string
		if err := json.Unmarshal(AppendString(nil, &text), &back); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := string([]rune(text)); back != want {
			t.Errorf("%q came back as %q", text, back)
		}
	})
}

func TestAppendFloat64(t *testing.T) {
	for value, want := range map[float64]string{50: "50.0", 10000: "10000.0", 0.5: "0.5", 0: "0.0", -1.25: "-1.25", 1e21: "1000000000000000000000.0"} {
		if got := string(AppendFloat64(nil, &value)); got != want {
			t.Errorf("%v is written %s, want %s", value, got, want)
		}
	}
}
