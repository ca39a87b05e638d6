package forward

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"postern/internal/http1"
)

func targetOf(t *testing.T, address string) *Target {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return &Target{ID: host, Host: host, Port: uint16(port)}
}

// Source: user guide for application load balancers, "Health checks for your target groups": no redirect is followed, and no
// certificate is checked.
func TestProbe(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "ELB-HealthChecker/2.0" {
			w.WriteHeader(418)
			return
		}
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/ill":
			w.WriteHeader(500)
		case "/slow":
			<-r.Context().Done()
		}
	})
	plain := httptest.NewServer(handler)
	defer plain.Close()
	secure := httptest.NewTLSServer(handler)
	defer secure.Close()
	closed := httptest.NewServer(handler)
	closed.Close()
	well, safe, dead := targetOf(t, plain.Listener.Addr().String()), targetOf(t, secure.Listener.Addr().String()), targetOf(t, closed.Listener.Addr().String())
	code := func(n int) func(error) bool {
		return func(err error) bool { e, ok := errors.AsType[*CodeError](err); return ok && e.Status == n }
	}
	passed := func(err error) bool { return err == nil }
	failed := func(err error) bool { return err != nil && !errors.Is(err, context.DeadlineExceeded) }
	tests := []struct {
		name   string
		target *Target
		check  Check
		want   func(error) bool
	}{
		{"a port that listens", well, Check{Protocol: "TCP"}, passed},
		{"one that does not", dead, Check{Protocol: "TCP"}, failed},
		{"another port than the target's", dead, Check{Protocol: "TCP", Port: well.Port}, passed},
		{"a status that is wanted", well, Check{Protocol: "HTTP", Path: "/ok?deep=1", Codes: "200"}, passed},
		{"one that is not", well, Check{Protocol: "HTTP", Path: "/ill", Codes: "200-399"}, code(500)},
		{"a redirect", well, Check{Protocol: "HTTP", Path: "/moved", Codes: "200"}, code(302)},
		{"a certificate that nobody knows", safe, Check{Protocol: "HTTPS", Path: "/ok", Codes: "200"}, passed},
		{"no TLS", well, Check{Protocol: "HTTPS", Path: "/ok", Codes: "200"}, failed},
		{"no answer", well, Check{Protocol: "HTTP", Path: "/slow", Codes: "200"}, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		{"another protocol", well, Check{Protocol: "UDP"}, failed},
		{"an address that is fenced", &Target{Host: "169.254.169.254", Port: 80}, Check{Protocol: "TCP"}, func(err error) bool { return errors.Is(err, http1.ErrFenced) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if err := (&Prober{Fence: http1.RefuseMetadata}).Probe(ctx, tt.target, &tt.check); !tt.want(err) {
				t.Errorf("found %v", err)
			}
		})
	}
}

func TestMatchCodes(t *testing.T) {
	for codes, want := range map[string][3]bool{ // 200, 302, 503
		"200":          {true, false, false},
		"200-399":      {true, true, false},
		"200,503":      {true, false, true},
		"301-302, 503": {false, true, true},
		"":             {},
		"x-y":          {},
	} {
		for i, status := range []int{200, 302, 503} {
			if got := MatchCodes(codes, status); got != want[i] {
				t.Errorf("%q matches %d: %v", codes, status, got)
			}
		}
	}
}

func FuzzMatchCodes(f *testing.F) {
	f.Add("200-299,302", 200)
	f.Fuzz(func(t *testing.T, codes string, status int) {
		if status >= 0 && !MatchCodes(codes+","+strconv.Itoa(status), status) {
			t.Errorf("%q does not add %d", codes, status)
		}
	})
}
