package cognito

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

const (
	poolARN = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_Pool1"
	poolID  = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool1"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// keyring makes the keys of a test once: they are slow to make.
var keyring = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

// issuer is a server of keys.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	keys    map[string]*rsa.PrivateKey
	down    bool
	fetched int
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{keys: map[string]*rsa.PrivateKey{"k1": keyring()[0]}}
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetched++
	if i.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write(jwks(i.keys))
}

func (i *issuer) set(down bool, keys map[string]*rsa.PrivateKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down, i.keys = down, keys
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetched
}

func jwks(keys map[string]*rsa.PrivateKey) []byte {
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	for id, key := range keys {
		set.Keys = append(set.Keys, map[string]string{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": id,
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return text
}

// idToken are the claims of a good ID token.
func idToken(change ...func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"sub": "user-1", "aud": "client1", "token_use": "id", "iss": poolID, "cognito:username": "alice",
		"auth_time": noon.Unix(), "iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
	}
	for _, f := range change {
		f(c)
	}
	return c
}

// accessToken are the claims of a good access token.
func accessToken(scope string) jwt.MapClaims {
	return jwt.MapClaims{
		"sub": "user-1", "client_id": "client1", "token_use": "access", "iss": poolID, "scope": scope,
		"exp": noon.Add(time.Hour).Unix(),
	}
}

func claim(name string, value any) func(jwt.MapClaims) {
	return func(c jwt.MapClaims) {
		if value == nil {
			delete(c, name)
		} else {
			c[name] = value
		}
	}
}

// signed signs claims with a key of the ring under an id.
func signed(t testing.TB, claims jwt.MapClaims, key int, kid string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = kid
	text, err := token.SignedString(keyring()[key])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func exchange(headers ...string) *message.Exchange {
	x := &message.Exchange{Request: &message.Request{}, Response: &message.Response{}, Trace: &message.Trace{}}
	for i := 0; i+1 < len(headers); i += 2 {
		x.Request.Header.Add(headers[i], headers[i+1])
	}
	return x
}

func definition(change ...func(*apidef.Authorizer)) *apidef.Authorizer {
	a := &apidef.Authorizer{
		ID: "auth01", Name: "pool", Type: apidef.CognitoAuthorizer, IdentitySource: "method.request.header.Authorization", ProviderARNs: []string{poolARN},
	}
	for _, c := range change {
		c(a)
	}
	return a
}

// clock is a clock that only a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// room is a node: its clock, its pools and what it has verified.
type room struct {
	clock *clock
	with  Verifying
}

func newRoom(t testing.TB, i *issuer) *room {
	t.Helper()
	c := &clock{now: noon}
	pools, err := NewPools(PoolOptions{Keys: map[string]string{poolARN: i.URL}, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &room{c, Verifying{Pools: pools, Verified: NewVerified(0), Now: c.Now}}
}

func (r *room) compile(def *apidef.Authorizer, scopes ...string) *Authorizer {
	return New(Settings{Authorizer: def, Scopes: scopes, APIID: "api1", Stage: "prod", Variables: map[string]string{"pool": poolARN}}, r.with)
}

func answer(t testing.TB, a *Authorizer, x *message.Exchange) string {
	t.Helper()
	verdict, err := a.Authorize(t.Context(), x, nil)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(verdict.Decision)
}
