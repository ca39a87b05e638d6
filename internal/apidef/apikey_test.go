package apidef

import (
	"strings"
	"testing"
)

// A description may have 125,000 characters, when a key is made and when it is patched.
// Recorded AWS answers: CreateApiKey, UpdateApiKey.
func TestAPIKeyDescription(t *testing.T) {
	limits := DefaultLimits()
	longest := strings.Repeat("é", 125_000)
	const refusal = "BadRequestException: Invalid API Key description specified."
	for _, c := range []struct{ name, description, want string }{
		{"as long as may be", longest, ""},
		{"one more", longest + "x", refusal},
	} {
		made := (&APIKey{Description: c.description}).Check(limits)
		path := "/description"
		_, patched := new(APIKey).Patch([]PatchOperation{{Op: "replace", Path: &path, Value: &c.description}}, limits)
		for does, err := range map[string]error{"made": made, "patched": patched} {
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%s, %s: %q, want %q", c.name, does, got, c.want)
			}
		}
	}
}
