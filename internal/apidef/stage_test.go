package apidef

import "testing"

// A method runs under its own entry, whichever way its key is spelled, else under that of all methods.
// Developer guide: escaped keys; recorded AWS answer: unescaped keys; that both name one method is inferred.
func TestMethodSetting(t *testing.T) {
	entry := func(burst int) *MethodSetting { return &MethodSetting{ThrottlingBurstLimit: burst} }
	stage := &Stage{MethodSettings: map[string]*MethodSetting{
		"*/*": entry(1), "~1pets~1{id}/GET": entry(2), "pets/GET": entry(3), "/GET": entry(4), "~1/PUT": entry(5),
	}}
	for _, c := range []struct {
		path, verb string
		want       int
	}{
		{"/pets/{id}", "GET", 2}, {"/pets", "GET", 3}, {"/", "GET", 4}, {"/", "PUT", 5}, {"/pets", "PUT", 1}, {"/other", "GET", 1},
	} {
		if got := stage.MethodSetting(c.path, c.verb); got == nil || got.ThrottlingBurstLimit != c.want {
			t.Errorf("%s %s: %+v, want entry %d", c.verb, c.path, got, c.want)
		}
	}
	if got := new(Stage).MethodSetting("/", "GET"); got != nil {
		t.Errorf("without entries: %+v", got)
	}
}
