package route_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/gateway/message"
	"postern/internal/gateway/route"
)

// tree makes a tree of lines such as "GET /pets/{petId}", each of which serves itself.
func tree(t testing.TB, lines ...string) *route.Tree[string] {
	t.Helper()
	var entries []route.Entry[string]
	for _, line := range lines {
		method, path, _ := strings.Cut(line, " ")
		entries = append(entries, route.Entry[string]{Path: path, Method: method, Value: line})
	}
	built, err := route.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestFind(t *testing.T) {
	tests := []struct {
		name     string
		tree     []string
		request  string
		want     string // empty: nothing serves the request
		params   message.Pairs
		evidence string
	}{
		{"an unknown path", []string{"GET /existing"}, "GET /random-non-existing", "", nil, "recorded AWS answer, case 1"},
		{"an unknown method", []string{"GET /existing"}, "POST /existing", "", nil, "recorded AWS answer, case 2"},
		{
			"the method takes part in matching",
			[]string{"POST /test", "OPTIONS /{proxy+}"},
			"OPTIONS /test",
			"OPTIONS /{proxy+}", pairs("proxy", "test"), "recorded AWS answer, case 3",
		},
		{
			"static wins when it has the method",
			[]string{"POST /test", "OPTIONS /{proxy+}"},
			"POST /test",
			"POST /test", nil, "recorded AWS answer, case 4",
		},
		{
			"ANY on the static resource serves OPTIONS",
			[]string{"ANY /test/any", "OPTIONS /{proxy+}"},
			"OPTIONS /test/any",
			"ANY /test/any", nil, "recorded AWS answer, case 5",
		},
		{
			"ANY on the static resource serves GET",
			[]string{"ANY /test/any", "OPTIONS /{proxy+}"},
			"GET /test/any",
			"ANY /test/any", nil, "recorded AWS answer, case 5",
		},
		{
			"matching goes back",
			[]string{"GET /part1", "GET /{param+}", "GET /part1/hardcoded-value"},
			"GET /part1/random-value",
			"GET /{param+}", pairs("param", "part1/random-value"), "recorded AWS answer, case 6",
		},
		{
			"matching goes as deep as it can",
			[]string{"GET /part1", "GET /{param+}", "GET /part1/hardcoded-value"},
			"GET /part1/hardcoded-value",
			"GET /part1/hardcoded-value", nil, "recorded AWS answer, case 7",
		},
		{
			"going back drops parameters found on the way",
			[]string{"GET /{a}/{b}/x", "GET /{proxy+}"},
			"GET /1/2/y",
			"GET /{proxy+}", pairs("proxy", "1/2/y"), "recorded AWS answer, case 6",
		},
		{"an explicit method beats ANY", []string{"ANY /a", "GET /a"}, "GET /a", "GET /a", nil, "developer guide: Set up a method request"},
		{"an explicit method beats ANY in any order", []string{"GET /a", "ANY /a"}, "GET /a", "GET /a", nil, "developer guide: Set up a method request"},
		{"ANY covers seven verbs only", []string{"ANY /a"}, "TRACE /a", "", nil, "developer guide: Set up a method request"},
		{"a single variable beats a greedy one", []string{"GET /{id}", "GET /{proxy+}"}, "GET /7", "GET /{id}", pairs("id", "7"), "inferred"},
		{
			"one trailing slash is not part of a greedy value",
			[]string{"GET /{proxy+}"},
			"GET /proxy-value/",
			"GET /{proxy+}", pairs("proxy", "proxy-value"), "recorded AWS answer, case 8",
		},
		{
			"a second trailing slash is",
			[]string{"GET /{proxy+}"},
			"GET /proxy-value//",
			"GET /{proxy+}", pairs("proxy", "proxy-value/"), "inferred",
		},
		{
			"inner double slashes stay in a greedy value",
			[]string{"GET /{proxy+}"},
			"GET /proxy-value//double-slash",
			"GET /{proxy+}", pairs("proxy", "proxy-value//double-slash"), "recorded AWS answer, case 9",
		},
		{"a trailing slash on a static resource", []string{"GET /hardcoded"}, "GET /hardcoded/", "GET /hardcoded", nil, "inferred"},
		{
			"values are not decoded",
			[]string{"GET /{proxy+}"},
			"GET /test%2Balias@gmail.com/a+b",
			"GET /{proxy+}", pairs("proxy", "test%2Balias@gmail.com/a+b"), "recorded AWS answer, case 12",
		},
		{"%2F does not split a segment", []string{"GET /{a}", "GET /{a}/{b}"}, "GET /x%2Fy", "GET /{a}", pairs("a", "x%2Fy"), "other emulators"},
		{"greedy needs at least one segment", []string{"GET /{proxy+}"}, "GET /", "", nil, "inferred"},
		{"greedy below a resource needs one too", []string{"GET /a/{proxy+}"}, "GET /a/", "", nil, "inferred"},
		{"a variable needs a character", []string{"GET /a/{b}/c"}, "GET /a//c", "", nil, "inferred"},
		{"the root", []string{"GET /"}, "GET /", "GET /", nil, "developer guide: Set up a method request"},
		{"letters count", []string{"GET /Pets"}, "GET /pets", "", nil, "inferred"},
		{"a static name of odd letters", []string{"GET /a.b-c_d,e:f"}, "GET /a.b-c_d,e:f", "GET /a.b-c_d,e:f", nil, "developer guide: Set up a method request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.request, " ")
			var params message.Pairs
			got, ok := tree(t, tt.tree...).Find(method, path, &params)
			if got != tt.want || ok != (tt.want != "") {
				t.Fatalf("%s is served by %q, want %q (%s)", tt.request, got, tt.want, tt.evidence)
			}
			if diff := cmp.Diff(tt.params, params); diff != "" && ok {
				t.Errorf("%s (-want +got):\n%s", tt.evidence, diff)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	for _, e := range []route.Entry[int]{
		{Path: "pets", Method: "GET"},
		{Path: "/{proxy+}/x", Method: "GET"},
		{Path: "/pets", Method: "FETCH"},
	} {
		if _, err := route.New([]route.Entry[int]{e}); err == nil {
			t.Errorf("New took %s %s", e.Method, e.Path)
		}
	}
}

// slowFind is the obvious matcher: it ranks every resource that matches and serves the method, and takes the best.
func slowFind(lines []string, method, path string) (best string) {
	type candidate struct{ rank, line string }
	var found []candidate
	trimmed := strings.TrimPrefix(path, "/")
	if len(trimmed) > 1 {
		trimmed = strings.TrimSuffix(trimmed, "/")
	}
	have := strings.Split(trimmed, "/")
	if trimmed == "" {
		have = nil
	}
	for _, line := range lines {
		verb, resource, _ := strings.Cut(line, " ")
		if verb != method && (verb != "ANY" || !slices.Contains([]string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, method)) {
			continue
		}
		if rank, ok := slowMatch(resource, have); ok {
			if verb == "ANY" {
				rank += "z"
			}
			found = append(found, candidate{rank, line})
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return strings.Compare(a.rank, b.rank) })
	return found[0].line
}

// slowMatch ranks a match with one letter per segment: a static, b variable, c greedy.
func slowMatch(resource string, have []string) (rank string, ok bool) {
	if resource == "/" {
		return "", len(have) == 0
	}
	want := strings.Split(resource[1:], "/")
	for i, part := range want {
		switch {
		case strings.HasSuffix(part, "+}"):
			rest := strings.Join(have[min(i, len(have)):], "/")
			return rank + "c", rest != ""
		case i >= len(have):
			return "", false
		case strings.HasPrefix(part, "{"):
			if have[i] == "" {
				return "", false
			}
			rank += "b"
		case part != have[i]:
			return "", false
		default:
			rank += "a"
		}
	}
	return rank, len(want) == len(have)
}

func TestFindAgreesWithTheObviousMatcher(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "{v}"})
	verb := rapid.SampledFrom([]string{"GET", "POST", "ANY"})
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]bool{}
		var lines []string
		for range rapid.IntRange(1, 8).Draw(t, "methods") {
			parts := rapid.SliceOfN(part, 0, 3).Draw(t, "parts")
			if rapid.Bool().Draw(t, "greedy") {
				parts = append(parts, "{g+}")
			}
			line := verb.Draw(t, "verb") + " /" + strings.Join(parts, "/")
			if !seen[line] {
				seen[line] = true
				lines = append(lines, line)
			}
		}
		path := "/" + strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 4).Draw(t, "path"), "/")
		method := rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(t, "method")
		var entries []route.Entry[string]
		for _, line := range lines {
			verb, resource, _ := strings.Cut(line, " ")
			entries = append(entries, route.Entry[string]{Path: resource, Method: verb, Value: line})
		}
		built, err := route.New(entries)
		if err != nil {
			t.Fatal(err)
		}
		var params message.Pairs
		got, _ := built.Find(method, path, &params)
		if want := slowFind(lines, method, path); got != want {
			t.Fatalf("%s %s among %q is served by %q, want %q", method, path, lines, got, want)
		}
	})
}

func FuzzFind(f *testing.F) {
	lines := []string{"GET /", "GET /pets", "ANY /pets/{id}", "GET /pets/{id}/toys", "GET /pets/cat", "POST /{proxy+}", "GET /pets/{id}/{rest+}"}
	for _, path := range []string{"/", "/pets", "/pets/7", "/pets/7/toys/", "/pets//x", "/a//b", "//", "", "x", "/pets/7/%2F/.."} {
		f.Add("GET", path)
	}
	built := tree(f, lines...)
	f.Fuzz(func(t *testing.T, method, path string) {
		var params message.Pairs
		got, ok := built.Find(method, path, &params)
		if path == "" || path[0] != '/' {
			if ok {
				t.Fatalf("%q was found", path)
			}
			return
		}
		if want := slowFind(lines, method, path); got != want {
			t.Fatalf("%s %q is served by %q, want %q", method, path, got, want)
		}
		for _, p := range params {
			if !strings.Contains(path, p.Value) || p.Value == "" {
				t.Fatalf("parameter %q is no part of %q", p, path)
			}
		}
	})
}

func bigTree(tb testing.TB) *route.Tree[string] {
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("GET /r%d", i), fmt.Sprintf("ANY /r%d/{id}", i), fmt.Sprintf("POST /r%d/{id}/x", i))
	}
	return tree(tb, append(lines, "ANY /{proxy+}")...)
}

func TestFindDoesNotAllocate(t *testing.T) {
	built := bigTree(t)
	params := make(message.Pairs, 0, 4)
	if n := testing.AllocsPerRun(100, func() {
		params = params[:0]
		if _, ok := built.Find("GET", "/r77/12/x", &params); !ok {
			t.Fatal("not found")
		}
	}); n != 0 {
		t.Errorf("a look-up allocates %v times, want none", n)
	}
}

func BenchmarkFind(b *testing.B) {
	built := bigTree(b)
	params := make(message.Pairs, 0, 4)
	b.ReportAllocs()
	for b.Loop() {
		params = params[:0]
		built.Find("POST", "/r77/12/x", &params)
	}
}

// pairs makes pairs of names and values in turn.
func pairs(namesAndValues ...string) message.Pairs {
	var p message.Pairs
	for i := 0; i < len(namesAndValues); i += 2 {
		p.Add(namesAndValues[i], namesAndValues[i+1])
	}
	return p
}
