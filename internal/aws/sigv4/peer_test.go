package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"postern/internal/gateway/message"
)

const (
	keyID     = "AKIDEXAMPLE"
	secret    = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	tempKeyID = "ASIAEXAMPLE"
	token     = "FwoGZXIvYXdzEBYaD+token/with=signs"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// keyring is the keys of the tests.
type keyring map[string]Key

func (k keyring) SigningKey(id string) (Key, bool) {
	key, ok := k[id]
	return key, ok
}

var keys = keyring{
	keyID:         {Secret: secret},
	tempKeyID:     {Secret: secret + "2", SessionToken: token},
	"ASIAEXPIRED": {Secret: secret, SessionToken: token, Expires: noon},
}

var control = Scope{Service: "apigateway"}

func verifierAt(now time.Time) *Verifier {
	return NewVerifier(keys, Options{Now: func() time.Time { return now }})
}

// signing says how the peer signs a request.
type signing struct {
	keyID, region, service string
	at                     time.Time
	presign                bool
}

func bySecret(id string) aws.Credentials {
	return aws.Credentials{AccessKeyID: id, SecretAccessKey: keys[id].Secret, SessionToken: keys[id].SessionToken}
}

// signed lets the AWS SDK for Go sign r and gives the request as it would arrive.
func signed(t testing.TB, r *http.Request, body []byte, s signing) *message.Request {
	t.Helper()
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	signer := v4.NewSigner()
	if s.presign {
		uri, header, err := signer.PresignHTTP(t.Context(), bySecret(s.keyID), r, hash, s.service, s.region, s.at)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = url.Parse(uri); err != nil {
			t.Fatal(err)
		}
		r.Header = header // the others moved into the query
	} else if err := signer.SignHTTP(t.Context(), bySecret(s.keyID), r, hash, s.service, s.region, s.at); err != nil {
		t.Fatal(err)
	}
	return arrived(r, body)
}

// arrived is r as the listener gives it.
func arrived(r *http.Request, body []byte) *message.Request {
	req := &message.Request{Method: r.Method, Target: r.URL.RequestURI(), Host: r.Host, Body: body}
	if req.Host == "" {
		req.Host = r.URL.Host
	}
	req.Path, req.RawQuery, _ = strings.Cut(req.Target, "?")
	req.Header.Add("Host", req.Host)
	for name, values := range r.Header {
		if name == "Host" || name == "Content-Length" {
			continue
		}
		for _, value := range values {
			req.Header.Add(name, value)
		}
	}
	if r.ContentLength > 0 {
		req.Header.Add("Content-Length", fmt.Sprint(r.ContentLength))
	}
	return req
}

// random makes requests with all that paths, queries and headers may hold.
func random(t testing.TB, rnd *rand.Rand) (*http.Request, []byte) {
	t.Helper()
	const letters = "abcXYZ019-_.~ /%+&=;:@!$'()*,?#[]\"<>|\\^`{}éß漢\x7f"
	text := func(most int) string {
		runes := []rune(letters)
		var b strings.Builder
		for range rnd.IntN(most + 1) {
			b.WriteRune(runes[rnd.IntN(len(runes))])
		}
		return b.String()
	}
	path := ""
	for range 1 + rnd.IntN(4) {
		path += "/" + url.PathEscape(text(8))
	}
	query := url.Values{}
	for range rnd.IntN(5) {
		query.Add(text(4), text(8))
	}
	raw := query.Encode()
	if rnd.IntN(2) == 0 {
		raw = strings.ReplaceAll(raw, "+", "%20")
	}
	body := []byte(text(200))
	method := []string{"GET", "PUT", "POST", "PATCH", "DELETE"}[rnd.IntN(5)]
	host := []string{"apigateway.eu-west-1.amazonaws.com", "localhost:4566", "127.0.0.1:1"}[rnd.IntN(3)]
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+host+path+"?"+raw, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target", "Accept", "X-Custom", "X-Amz-Meta-A"} {
		for range rnd.IntN(3) {
			r.Header.Add(name, strings.Map(func(c rune) rune {
				if c == 0x7f {
					return -1
				}
				return c
			}, text(12)))
		}
	}
	return r, body
}

// Whatever the AWS SDK for Go signs is verified, in both forms, and is refused as soon as one part of it is changed.
func TestVerifyAgreesWithSDK(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	v := verifierAt(noon)
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	for i := range rounds {
		r, body := random(t, rnd)
		s := signing{keyID, "eu-west-1", "apigateway", noon.Add(time.Duration(rnd.IntN(600)-300) * time.Second), rnd.IntN(2) == 0}
		if rnd.IntN(3) == 0 {
			s.keyID = tempKeyID
		}
		url := r.URL.String()
		req := signed(t, r, body, s)
		got, err := v.Verify(req, control)
		want := Signature{s.keyID, s.region, s.service, s.at, s.presign}
		if err != nil || got != want {
			t.Fatalf("round %d: %s %s, presigned %t: %+v, %v", i, r.Method, url, s.presign, got, err)
		}
		for _, change := range []func(*message.Request){
			func(r *message.Request) { r.Method += "X" },
			func(r *message.Request) { r.Path += "a" },
			func(r *message.Request) { r.RawQuery += "&zz" },
			func(r *message.Request) { r.Host = "evil.example.com" },
			func(r *message.Request) { r.Body = append([]byte("x"), r.Body...) },
			func(r *message.Request) { r.Header.Add("X-Amz-Target", "another") },
		} {
			changed := *req
			changed.Header = append(message.Pairs{}, req.Header...)
			change(&changed)
			if _, err := v.Verify(&changed, control); err == nil {
				t.Fatalf("round %d: %s %s was changed to %+v and still verified", i, r.Method, url, changed)
			}
		}
	}
}

// Verifying costs few allocations. The counts are pinned so that they do not grow unseen.
func TestVerifyAllocations(t *testing.T) {
	r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://localhost:4566/restapis/a1b2c3d4e5?limit=5", nil)
	req := signed(t, r, nil, signing{keyID, "eu-west-1", "apigateway", noon, false})
	v := verifierAt(noon)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := v.Verify(req, control); err != nil {
			t.Fatal(err)
		}
	}); n > 24 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkVerify(b *testing.B) {
	r, _ := http.NewRequestWithContext(b.Context(), "GET", "http://localhost:4566/restapis/a1b2c3d4e5?limit=5", nil)
	req := signed(b, r, nil, signing{keyID, "eu-west-1", "apigateway", noon, false})
	v := verifierAt(noon)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(req, control); err != nil {
			b.Fatal(err)
		}
	}
}
