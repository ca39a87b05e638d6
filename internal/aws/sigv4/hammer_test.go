package sigv4

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"postern/internal/gateway/message"
)

// Many verify at once, in more regions than are remembered, so that the generations change under them; good requests
// stay good and bad ones bad.
func TestVerifyHammer(t *testing.T) {
	v := verifierAt(noon)
	var hammers sync.WaitGroup
	for h := range 4 {
		var requests []*message.Request
		for i := range 3 * maxDerived / 4 {
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://localhost/restapis", nil)
			if err != nil {
				t.Fatal(err)
			}
			requests = append(requests, signed(t, r, nil, signing{keyID, fmt.Sprintf("r-%d-%d", i, h), "apigateway", noon, false}))
		}
		hammers.Go(func() {
			for i, req := range requests {
				if _, err := v.Verify(req, control); err != nil {
					t.Errorf("hammer %d, request %d: %v", h, i, err)
				}
				req.Method = "PUT"
				if _, err := v.Verify(req, control); err == nil {
					t.Errorf("hammer %d, request %d: verified although changed", h, i)
				}
			}
		})
	}
	hammers.Wait()
	if n := len(v.derived.young) + len(v.derived.old); n > 2*maxDerived {
		t.Errorf("%d keys are remembered", n)
	}
}
