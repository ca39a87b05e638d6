package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a path may mean besides what it says. "!" marks the spellings that must be allowed as well.
// Source: RFC 3986, section 6.2.2, for the first column of attacks; which form AWS compares is not documented.
func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/", nil},
		{"/pets/7", nil},
		{"/pets/a.b", nil},
		{"/Admin", nil}, // paths have a case
		// Escapes that clients need change nothing that must be allowed.
		{"/pets/a%20b", []string{"/pets/a b"}},
		{"/users/x%40example.com", []string{"/users/x@example.com"}},
		{"/c%c2%a3", []string{"/c%C2%A3", "/c\u00a3"}},
		// Escapes that no client needs.
		{"/%61dmin", []string{"!/admin"}},
		{"/admin%2ephp", []string{"!/admin.php"}},
		// Dot segments, plain and in disguise.
		{"/public/../admin", []string{"!/admin"}},
		{"/public/./admin", []string{"!/public/admin"}},
		{"/public/%2e%2e/admin", []string{"!/admin"}},
		{"/public/%2E./admin", []string{"!/admin"}},
		{"/public/..", []string{"!/"}},
		{"/../../admin", []string{"!/admin"}},
		{"/public%2F..%2Fadmin", []string{"!/admin"}},
		{`/public\..\admin`, []string{"!/admin"}},
		{"/public%5c..%5cadmin", []string{"/public%5C..%5Cadmin", "!/admin"}},
		// Slashes.
		{"/admin/", []string{"/admin"}},
		{"/admin//", []string{"/admin/", "/admin"}},
		{"/a//b", []string{"/a/b"}},
		{"/admin%2Fusers", []string{"/admin/users"}},
		{"/admin%2fusers", []string{"/admin%2Fusers", "/admin/users"}},
		// What is no escape stays.
		{"/100%", nil},
		{"/100%zz", nil},
		// Only one layer is decoded, as by a backend.
		{"/%2561dmin", []string{"/%61dmin"}},
	} {
		var got []string
		if !plain(c.path) {
			for _, s := range spellings("arn", c.path) {
				text := strings.TrimPrefix(s.arn, "arn")
				if s.binding {
					text = "!" + text
				}
				got = append(got, text)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.path, diff)
		}
	}
}

// A path without other spellings is told from one with them.
func FuzzPlain(f *testing.F) {
	for _, path := range []string{"/", "/a/b", "/%61", "/a/../b", "/a//b", "/a/", `/a\b`, "/.well-known"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") || path == "/" {
			return
		}
		list := spellings("", path)
		if plain(path) && len(list) > 0 {
			t.Fatalf("%q counts as plain and has the spellings %v", path, list)
		}
		for _, s := range list {
			if s.arn == path {
				t.Fatalf("%q is its own other spelling", path)
			}
		}
	})
}
