package vtl_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"postern/internal/oracle"
)

// update says that the test data is to be made anew from what Velocity answers: VTL_UPDATE=1 go test ./vtl
var update = os.Getenv("VTL_UPDATE") != ""

// languageRequest is the request that the rows of language.txt share.
func languageRequest(template, rules string) oracle.Request {
	return oracle.Request{
		Template: template, Rules: rules,
		Body: `{"a":1,"s":"str","l":[1,"x",null,{"k":true}],"m":{"b":2.50,"c":null}}`,
		Context: map[string]any{
			"stage": "prod", "n": 5, "list": []any{"a", "b"}, "override": map[string]any{},
		},
	}
}

const (
	arrow = "  =>  "
	bar   = "  |  "
)

// TestLanguage reads testdata/language.txt: a template, what Velocity 1.7 renders and, where it differs, what it
// renders when null is the empty string.
func TestLanguage(t *testing.T) {
	const file = "testdata/language.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if update {
		recordLanguage(t, file, lines)
		return
	}
	for i, line := range lines {
		if line == "" || line[0] == '#' {
			continue
		}
		source, want, _ := strings.Cut(line, arrow)
		template, err := strconv.Unquote(source)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		stock, aws, differs := strings.Cut(want, bar)
		if !differs {
			aws = stock
		}
		for rules, want := range map[string]string{"": stock, "aws": aws} {
			if got, err := render(languageRequest(template, rules)); quoteOutcome(got) != want {
				t.Errorf("%s:%d: %s (rules %q)\n got %s %v\nwant %s", file, i+1, source, rules, quoteOutcome(got), err, want)
			}
		}
	}
}

func quoteOutcome(o outcome) string {
	if o.Failed {
		return "error"
	}
	return strconv.Quote(identity(o.Output))
}

func recordLanguage(t *testing.T, file string, lines []string) {
	o := oracle.Start(t)
	for i, line := range lines {
		if line == "" || line[0] == '#' {
			continue
		}
		source, _, _ := strings.Cut(line, arrow)
		template, err := strconv.Unquote(source)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		answers := o.MustAsk(t, languageRequest(template, ""), languageRequest(template, "aws"))
		stock, aws := quoteOutcome(outcomeOf(answers[0])), quoteOutcome(outcomeOf(answers[1]))
		lines[i] = source + arrow + stock
		if aws != stock {
			lines[i] += bar + aws
		}
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// record is a generated request with what Velocity made of it, as a line of testdata/velocity.jsonl.
type record struct {
	Template string  `json:"t"`
	Body     string  `json:"b,omitempty"`
	AWS      bool    `json:"aws,omitempty"`
	N        any     `json:"n"`
	Want     outcome `json:"want"`
}

func (r record) request() oracle.Request {
	req := oracle.Request{Template: r.Template, Body: r.Body}
	if r.AWS {
		req.Rules = "aws"
	}
	surround(&req, r.N)
	return req
}

// TestRecorded renders generated templates whose outcome in Velocity was recorded, so that the comparison goes on where
// there is no JDK.
func TestRecorded(t *testing.T) {
	const file = "testdata/velocity.jsonl"
	if update {
		recordGenerated(t, file)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for line := 1; s.Scan(); line++ {
		var r record
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatalf("%s:%d: %v", file, line, err)
		}
		got, err := render(r.request())
		got.Output = identity(got.Output)
		if got != r.Want {
			t.Errorf("%s:%d: %q\n got %+v %v\nwant %+v", file, line, r.Template, got, err, r.Want)
		}
	}
}

// recordGenerated records a thousand short templates, one in six of them an error.
func recordGenerated(t *testing.T, file string) {
	o := &patient{t: t}
	var out strings.Builder
	failed, kept := 0, 0
	for from := 1; kept < 1000; from += 500 {
		var reqs []oracle.Request
		for seed := from; seed < from+500; seed++ {
			if req := generate(uint64(seed)); len(req.Template) < 220 {
				reqs = append(reqs, req)
			}
		}
		for i, a := range o.ask(reqs) {
			req, want := reqs[i], outcomeOf(a)
			if unfit(a) || kept >= 1000 || len(want.Output) > 300 || len(req.Template) < 15 || want.Failed && failed*6 > kept {
				continue
			}
			if kept++; want.Failed {
				failed++
			}
			want.Output = identity(want.Output)
			line, err := json.Marshal(record{req.Template, req.Body, req.Rules == "aws", req.Context["n"], want})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s\n", line)
		}
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
