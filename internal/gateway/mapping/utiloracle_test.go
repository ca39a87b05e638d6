package mapping

import (
	"math/rand/v2"
	"strings"
	"testing"

	"postern/internal/oracle"
)

// The functions of $util give what commons-lang 2.6 and the JDK give, on text made to be awkward for them.
func TestUtilAsJava(t *testing.T) {
	o := oracle.Start(t)
	r := rand.New(rand.NewPCG(*oracleSeed, 11))
	alphabets := map[string][]string{
		"escapeJavaScript": {"a", "'", "\"", "\\", "/", "\n", "\x01", "\x7f", "é", "€", "😀", "\u0fff", "\u2028", "<", "\uffff"},
		"urlEncode":        {"a", "Z", "0", " ", "+", "%", "~", "*", "-", "_", ".", "/", "é", "€", "😀", "\n", "\x7f"},
		"urlDecode":        {"a", "+", "%", "%4", "%41", "%c3", "%A9", "%E2%82", "%F0%9F", "%98%80", "%ED%A0%80", "%zz", "%+f", "%-1", "é", "f0"},
		"base64Encode":     {"a", "\x00", "é", "€", "😀", "\n"},
		"base64Decode":     {"A", "QQ==", "QUI=", "w6k", "/+", "=", "4oI", "\n", "-", "é", "zzzz", "8J+YgA=="},
		"parseJson":        {`{"a":`, "1", "}", "[", "]", ",", `"x"`, "null", " ", "'y'", "true", "1.50", "\\u0041", "z"},
	}
	for function, letters := range alphabets {
		batch := make([]oracle.Request, 600)
		for i := range batch {
			var b strings.Builder
			for range r.IntN(7) {
				b.WriteString(letters[r.IntN(len(letters))])
			}
			batch[i] = oracle.Request{
				Template: "$util." + function + "($input.params('x'))",
				Params:   map[string]map[string]any{"path": {"x": b.String()}},
				Rules:    "aws",
			}
		}
		for i, want := range o.MustAsk(t, batch...) {
			if diff := compare(t, &batch[i], want); diff != "" {
				t.Errorf("%s(%q): %s", function, batch[i].Params["path"]["x"], diff)
			}
		}
	}
}
