package cli

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The configuration may hold one address, several with commas, or a list.
func TestHostsInAConfiguration(t *testing.T) {
	for text, want := range map[string]hosts{
		`"a:1"`:          {"a:1"},
		`"a:1,b:2"`:      {"a:1", "b:2"},
		`["a:1", "b:2"]`: {"a:1", "b:2"},
		`7`:              nil,
	} {
		var got hosts
		err := json.Unmarshal([]byte(text), &got)
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (want != nil) {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}
