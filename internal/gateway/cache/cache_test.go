package cache

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

func integration(namespace string, keys ...string) *apidef.Integration {
	return &apidef.Integration{CacheNamespace: namespace, CacheKeyParameters: keys}
}

func request(verb string, header, query, path message.Pairs) *message.Exchange {
	return &message.Exchange{
		Request: &message.Request{Method: verb, Header: header}, Response: &message.Response{}, Query: query, PathParameters: path,
	}
}

func pairs(kv ...string) message.Pairs {
	var p message.Pairs
	for i := 0; i < len(kv); i += 2 {
		p.Add(kv[i], kv[i+1])
	}
	return p
}

func keyOf(t testing.TB, in *apidef.Integration, apart string, x *message.Exchange) Key {
	t.Helper()
	keys, err := CompileKeys(in, apart)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Of(x)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Source: developer guide, "Use method or integration parameters as cache keys to index cached responses". What keeps
// entries apart that a backend could tell apart is inferred.
func TestWhatKeysTellApart(t *testing.T) {
	all := integration("n", "method.request.querystring.a", "method.request.header.H", "method.request.path.p")
	base := request("GET", pairs("H", "1"), pairs("a", "2"), pairs("p", "3"))
	for _, c := range []struct {
		sentence string
		in       *apidef.Integration
		apart    string
		x        *message.Exchange
		same     bool
	}{
		{"the same", all, "", request("GET", pairs("H", "1"), pairs("a", "2"), pairs("p", "3")), true},
		{"parameters that are no keys", all, "", request("GET", pairs("X", "x", "H", "1"), pairs("z", "9", "a", "2"), pairs("q", "8", "p", "3")), true},
		{"keys declared in another order", integration("n", "method.request.path.p", "method.request.querystring.a", "method.request.header.H"), "", base, true},
		{"several values of a key", integration("n", "method.request.multivaluequerystring.a", "method.request.header.H", "method.request.path.p"), "", base, false},
		{"another namespace", integration("m", all.CacheKeyParameters...), "", base, false},
		{"a canary", all, "canary", base, false},
		{"another verb", all, "", request("POST", pairs("H", "1"), pairs("a", "2"), pairs("p", "3")), false},
		{"another query value", all, "", request("GET", pairs("H", "1"), pairs("a", "3"), pairs("p", "3")), false},
		{"a second query value", all, "", request("GET", pairs("H", "1"), pairs("a", "1", "a", "2"), pairs("p", "3")), false},
		{"the query's name in capitals", all, "", request("GET", pairs("H", "1"), pairs("A", "2"), pairs("p", "3")), false},
		{"no query value", all, "", request("GET", pairs("H", "1"), nil, pairs("p", "3")), false},
		{"an empty query value", all, "", request("GET", pairs("H", "1"), pairs("a", ""), pairs("p", "3")), false},
		{"values that changed places", all, "", request("GET", pairs("H", "2"), pairs("a", "1"), pairs("p", "3")), false},
		{"the header in small letters, which mappings do not see", all, "", request("GET", pairs("h", "1"), pairs("a", "2"), pairs("p", "3")), false},
		{"another path", all, "", request("GET", pairs("H", "1"), pairs("a", "2"), pairs("p", "33")), false},
	} {
		if same := keyOf(t, all, "", base) == keyOf(t, c.in, c.apart, c.x); same != c.same {
			t.Errorf("%s: the same key %v, want %v", c.sentence, same, c.same)
		}
	}
}

func TestKeysOfMappedParameters(t *testing.T) {
	in := integration("n", "integration.request.header.tenant", "integration.request.path.proxy")
	in.RequestParameters = map[string]string{
		"integration.request.header.tenant": "method.request.body.tenant", "integration.request.header.other": "'x'",
	}
	ask := func(body string, path message.Pairs) (Key, error) {
		x := request("GET", nil, nil, path)
		x.Request.Body = []byte(body)
		keys, err := CompileKeys(in, "")
		if err != nil {
			t.Fatal(err)
		}
		key, err := keys.Of(x)
		if len(x.IntegrationRequest.Header) != 0 {
			t.Error("making a key leaves mapped headers behind")
		}
		return key, err
	}
	a, _ := ask(`{"tenant":"a","more":1}`, nil)
	again, _ := ask(`{"more":2,"tenant":"a"}`, nil)
	b, _ := ask(`{"tenant":"b"}`, nil)
	elsewhere, _ := ask(`{"tenant":"a"}`, pairs("proxy", "pets"))
	if a != again || a == b || a == elsewhere {
		t.Error("a mapped parameter counts as mapped, one that is not mapped as the client's")
	}
	if _, err := ask(`{`, nil); err == nil {
		t.Error("a body that cannot be read makes no key")
	}
	if _, err := CompileKeys(integration("n", "nonsense"), ""); err == nil {
		t.Error("what is no parameter makes no key")
	}
}

// However values are cut and repeated, two requests whose declared parameters differ never share a key.
func TestKeysAreUnambiguous(t *testing.T) {
	in := integration("n", "method.request.querystring.a", "method.request.querystring.b")
	text := rapid.SampledFrom([]string{"", "a", "b", "ab", "\x00", "\x01\x00\x00\x00a"})
	pair := rapid.Custom(func(t *rapid.T) message.Pair {
		return message.Pair{Name: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), Value: text.Draw(t, "value")}
	})
	declared := func(q message.Pairs) [2][]string { return [2][]string{q.Values("a"), q.Values("b")} }
	rapid.Check(t, func(r *rapid.T) {
		one, two := message.Pairs(rapid.SliceOfN(pair, 0, 4).Draw(r, "one")), message.Pairs(rapid.SliceOfN(pair, 0, 4).Draw(r, "two"))
		same := keyOf(t, in, "", request("GET", nil, one, nil)) == keyOf(t, in, "", request("GET", nil, two, nil))
		a, b := declared(one), declared(two)
		if want := slices.Equal(a[0], b[0]) && slices.Equal(a[1], b[1]); same != want {
			r.Fatalf("%q and %q: the same key %v, want %v", one, two, same, want)
		}
	})
}

func answered(body string) *message.Exchange {
	x := request("GET", nil, nil, nil)
	x.IntegrationResponse = message.IntegrationResponse{
		Status: 404, Selection: "404", FunctionError: true,
		Header: pairs("Content-Type", "text/plain", "X-Raw", "\xff\xfe", "x-raw", ""), Body: []byte(body),
	}
	return x
}

var someKey = Key{1}

func TestEntriesAreCopies(t *testing.T) {
	for _, encrypted := range []bool{false, true} {
		s := NewMemory(Options{}).Open(Place{})
		x := answered("\x00body\xff")
		s.Put(someKey, Keep(x), Terms{TTL: time.Minute, Encrypted: encrypted})
		copy(x.IntegrationResponse.Body, "######")
		x.IntegrationResponse.Header[0].Value = "changed"
		got, ok := s.Get(someKey)
		if !ok {
			t.Fatalf("encrypted %v: nothing was kept", encrypted)
		}
		want := &Response{
			Status: 404, Selection: "404", FunctionError: true,
			Header: pairs("Content-Type", "text/plain", "X-Raw", "\xff\xfe", "x-raw", ""), Body: []byte("\x00body\xff"),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("encrypted %v (-want +got):\n%s", encrypted, diff)
		}
		s.Delete(someKey)
		if _, ok := s.Get(someKey); ok {
			t.Errorf("encrypted %v: a deleted entry is there", encrypted)
		}
	}
}

func TestEncryptedEntriesCannotBeRead(t *testing.T) {
	s := NewMemory(Options{}).Open(Place{}).(*memoryStore)
	s.Put(someKey, Keep(answered("a secret answer")), Terms{TTL: time.Minute, Encrypted: true})
	e, _ := s.entries.GetIfPresent(someKey)
	if e.response != nil || bytes.Contains(e.sealed, []byte("secret")) {
		t.Error("the entry lies open in memory")
	}
	if _, err := s.sealer.open(Key{2}, e.sealed); err == nil {
		t.Error("an entry opens under another key")
	}
	other, err := newSealer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.open(someKey, e.sealed); err == nil {
		t.Error("an entry opens in another cache")
	}
}

func TestEntriesExpire(t *testing.T) {
	var second atomic.Int64
	s := NewMemory(Options{Clock: func() time.Time { return time.Unix(second.Load(), 0) }}).Open(Place{})
	s.Put(someKey, Keep(answered("")), Terms{TTL: time.Minute})
	second.Store(59)
	if _, ok := s.Get(someKey); !ok {
		t.Error("gone after 59 seconds of 60")
	}
	second.Store(61)
	if _, ok := s.Get(someKey); ok {
		t.Error("there after 61 seconds of 60")
	}
}

// A cache never takes more memory than its bound, whatever is put into it.
func TestMemoryIsBounded(t *testing.T) {
	const bound = 1 << 20
	s := NewMemory(Options{MaxBytes: bound}).Open(Place{Size: "0.5"}).(*memoryStore)
	for i := range 1000 {
		var key Key
		binary.LittleEndian.PutUint32(key[:], uint32(i))
		s.Put(key, Keep(answered(strings.Repeat("x", 10000))), Terms{TTL: time.Minute, Encrypted: i%2 == 0})
	}
	s.entries.CleanUp()
	if got := s.entries.WeightedSize(); got > bound || s.entries.EstimatedSize() < 50 {
		t.Errorf("%d entries of %d bytes together, want at most %d bytes", s.entries.EstimatedSize(), got, bound)
	}
}

func TestClusterSizes(t *testing.T) {
	m := NewMemory(Options{MaxBytes: 2 << 30})
	for size, want := range map[string]uint64{"0.5": 1 << 29, "1.6": 1717986918, "237": 2 << 30, "": 2 << 30, "nonsense": 2 << 30} {
		if got := m.maxWeight(size); got != want {
			t.Errorf("a cluster of %q GB: %d bytes, want %d", size, got, want)
		}
	}
}

func TestPlacesAreToldApart(t *testing.T) {
	m := NewMemory(Options{})
	place := Place{APIID: "a", Stage: "s", Generation: 1, Size: "0.5"}
	s := m.Open(place)
	if m.Open(place) != s {
		t.Error("a place has one cache for as long as somebody holds it")
	}
	for _, other := range []Place{
		{APIID: "b", Stage: "s", Generation: 1, Size: "0.5"},
		{APIID: "a", Stage: "t", Generation: 1, Size: "0.5"},
		{APIID: "a", Stage: "s", Generation: 2, Size: "0.5"},
		{APIID: "a", Stage: "s", Generation: 1, Size: "1.6"},
	} {
		if m.Open(other) == s {
			t.Errorf("%v has the cache of %v", other, place)
		}
	}
}

// A cache that no program holds any more is given up, whatever goroutines it had.
func TestCachesAreGivenUp(t *testing.T) {
	m := NewMemory(Options{})
	before := runtime.NumGoroutine()
	for i := range 20 {
		m.Open(Place{Generation: int64(i)}).Put(someKey, Keep(answered("x")), Terms{TTL: time.Minute})
	}
	for range 200 {
		runtime.GC()
		if m.byPlace.Len() == 0 {
			break
		}
		runtime.Gosched()
	}
	if n := m.byPlace.Len(); n != 0 {
		t.Errorf("%d caches are held (%d goroutines more than before)", n, runtime.NumGoroutine()-before)
	}
}

func TestStoreUnderLoad(t *testing.T) {
	s := NewMemory(Options{MaxBytes: 1 << 20}).Open(Place{})
	var running sync.WaitGroup
	for g := range 8 {
		running.Go(func() {
			for i := range 500 {
				n := (g + i) % 50
				key := Key{byte(n)}
				if r, ok := s.Get(key); ok && string(r.Body) != fmt.Sprint("answer ", n) {
					t.Errorf("key %d has %q", n, r.Body)
				}
				s.Put(key, Keep(answered(fmt.Sprint("answer ", n))), Terms{TTL: time.Minute, Encrypted: i%3 == 0})
				if i%7 == 0 {
					s.Delete(key)
				}
			}
		})
	}
	running.Wait()
}

func FuzzParseResponse(f *testing.F) {
	f.Add(Keep(answered("body")).append(nil))
	f.Add([]byte("\x01\x00\x00\x00"))
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseResponse(text)
		if err != nil {
			return
		}
		if again := r.append(nil); !bytes.Equal(again, text) {
			t.Errorf("%q is read as %q", text, again)
		}
	})
}
