package vtl_test

import (
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postern/internal/oracle"
	"postern/vtl"
)

// TestVelocity renders random templates with this package and with Velocity 1.7. VTL_SEEDS and VTL_FIRST choose more
// or other seeds.
func TestVelocity(t *testing.T) {
	seeds, first := envInt("VTL_SEEDS", 3000), envInt("VTL_FIRST", 1)
	o := &patient{t: t}
	const batch = 1000
	failures := 0
	for from := first; from < first+seeds; from += batch {
		reqs := make([]oracle.Request, min(batch, first+seeds-from))
		for i := range reqs {
			reqs[i] = generate(uint64(from + i))
		}
		for i, a := range o.ask(reqs) {
			if compare(t, from+i, reqs[i], a) {
				continue
			}
			if failures++; failures >= envInt("VTL_FAILURES", 10) {
				t.FailNow()
			}
		}
	}
}

// patient asks the oracle and starts another one when an answer kills it: its JSON writer cannot print every object.
type patient struct {
	t *testing.T
	o *oracle.Oracle
}

// deadly is the answer to a request that the oracle does not survive.
var deadly = oracle.Answer{Error: "deadly"}

func (p *patient) ask(reqs []oracle.Request) []oracle.Answer {
	if p.o == nil {
		p.o = oracle.Start(p.t)
	}
	answers, err := p.o.Ask(reqs...)
	if err == nil {
		return answers
	}
	p.o = nil
	if len(reqs) == 1 {
		p.t.Logf("deadly: %q", reqs[0].Template)
		return []oracle.Answer{deadly}
	}
	half := len(reqs) / 2
	return append(p.ask(reqs[:half]), p.ask(reqs[half:])...)
}

func compare(t *testing.T, seed int, req oracle.Request, a oracle.Answer) bool {
	t.Helper()
	if unfit(a) || req.Template == "" {
		return true
	}
	got, err := render(req)
	want := outcomeOf(a)
	if errors.Is(err, vtl.ErrValueSize) || errors.Is(err, vtl.ErrOutput) {
		return true // a range of millions, a text of megabytes: Java has memory for them
	}
	if strings.Contains(req.Template, "hashCode") {
		got.Output, want.Output = hashes.ReplaceAllString(got.Output, "#"), hashes.ReplaceAllString(want.Output, "#")
	}
	if got.Failed == want.Failed && identity(got.Output) == identity(want.Output) && got.Context == want.Context {
		return true
	}
	t.Errorf("seed %d: %q (rules %q) body %s\n got %q %s\n     %v\nwant %q %s %s", seed, req.Template, req.Rules, req.Body,
		got.Output, got.Context, err, want.Output, want.Context, a.Error)
	return false
}

var identities = regexp.MustCompile(`@[0-9a-f]{1,8}\b`)

// arrays are the classes of arrays.
var arrays = regexp.MustCompile(`\[(?:[CB]|Ljava\.lang\.(?:String|Object);)`)

// hashes are hash codes, of which those of arrays and blocks differ from run to run.
var hashes = regexp.MustCompile(`-?\d+`)

// subLists are the classes of what subList returns; here it is a list of its own.
var subLists = regexp.MustCompile(`java\.util\.\w+\$SubList`)

// identity takes the identity hash codes off a text, which differ from run to run, and what arrays hold.
func identity(s string) string {
	s = subLists.ReplaceAllString(arrays.ReplaceAllString(s, "[array"), "java.util.ArrayList")
	return identities.ReplaceAllString(s, "@")
}

// unfit answers show the Java classes of the oracle's own objects, or a $context that is no JSON.
func unfit(a oracle.Answer) bool {
	return a.Error == deadly.Error || a.Error == "" && len(a.Context) == 0 || strings.Contains(a.Output, "Oracle$")
}

func envInt(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// unsupported tells whether this package refuses to do what Java may do.
func unsupported(err error) bool {
	return errors.Is(err, vtl.ErrUnsupported) || errors.Is(err, vtl.ErrValueSize)
}
