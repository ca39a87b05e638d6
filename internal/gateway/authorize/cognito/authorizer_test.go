package cognito

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
)

const (
	unauthorized = "Unauthorized"
	expired      = "The incoming token has expired"
)

// Who is let in. Sources: developer guide, "Integrate a REST API with an Amazon Cognito user pool"; public reports of both
// texts and of "Bearer"; the checks of issuer, use and key are the Cognito developer guide's, "Verifying JSON Web Tokens".
func TestTokens(t *testing.T) {
	i := newIssuer(t)
	good := signed(t, idToken(), 0, "k1")
	withAud := func(expression string) func(*apidef.Authorizer) {
		return func(a *apidef.Authorizer) { a.IdentityValidationExpression = expression }
	}
	id := func(change ...func(jwt.MapClaims)) string { return signed(t, idToken(change...), 0, "k1") }
	for _, c := range []struct {
		name   string
		def    *apidef.Authorizer
		scopes []string
		header string
		want   string
	}{
		{name: "an ID token", header: good, want: "allow"},
		{name: "with Bearer", header: "Bearer " + good, want: "allow"},
		{name: "with bearer", header: "bearer " + good, want: "allow"},
		{name: "no token", header: "", want: unauthorized},
		{name: "Bearer alone", header: "Bearer ", want: unauthorized},
		{name: "another scheme", header: "Basic " + good, want: unauthorized},
		{name: "garbage", header: "abc", want: unauthorized},
		{name: "three parts of garbage", header: "a.b.c", want: unauthorized},
		{name: "two parts", header: good[:strings.LastIndexByte(good, '.')], want: unauthorized},

		{name: "expired", header: id(claim("exp", noon.Add(-time.Second).Unix())), want: expired},
		{name: "expired this very second", header: id(claim("exp", noon.Unix())), want: expired},
		{name: "expired, and for another audience", def: definition(withAud("client2")), header: id(claim("exp", noon.Add(-time.Second).Unix())), want: expired},
		{name: "expired, and signed by another", header: signed(t, idToken(claim("exp", noon.Add(-time.Second).Unix())), 1, "k1"), want: unauthorized},
		{name: "never expires", header: id(claim("exp", nil)), want: unauthorized},
		{name: "expires as a text", header: id(claim("exp", "tomorrow")), want: unauthorized},
		{name: "not yet", header: id(claim("nbf", noon.Add(time.Minute).Unix())), want: unauthorized},
		{name: "issued by a clock that is ahead", header: id(claim("iat", noon.Add(time.Minute).Unix())), want: "allow"},

		{name: "another pool", header: id(claim("iss", poolID+"x")), want: unauthorized},
		{name: "another region's pool", header: id(claim("iss", strings.Replace(poolID, "us-east-1.", "eu-west-1.", 1))), want: unauthorized},
		{name: "no issuer", header: id(claim("iss", nil)), want: unauthorized},
		{name: "issuers in a list", header: id(claim("iss", []string{poolID})), want: unauthorized},
		{name: "one of two pools", def: definition(func(a *apidef.Authorizer) {
			a.ProviderARNs = append([]string{strings.Replace(poolARN, "Pool1", "Pool0", 1)}, a.ProviderARNs...)
		}), header: good, want: "allow"},
		{name: "a pool by a stage variable", def: definition(func(a *apidef.Authorizer) { a.ProviderARNs = []string{"${stageVariables.pool}"} }), header: good, want: "allow"},
		{name: "a pool by a variable that is not set", def: definition(func(a *apidef.Authorizer) { a.ProviderARNs = []string{"${stageVariables.none}"} }), header: good, want: unauthorized},

		{name: "an access token without scopes", header: signed(t, accessToken("a b"), 0, "k1"), want: unauthorized},
		{name: "neither use", header: id(claim("token_use", nil)), want: unauthorized},
		{name: "another use", header: id(claim("token_use", "refresh")), want: unauthorized},
		{name: "one of the scopes", scopes: []string{"x", "b"}, header: signed(t, accessToken("a b"), 0, "k1"), want: "allow"},
		{name: "none of the scopes", scopes: []string{"x", "y"}, header: signed(t, accessToken("a b"), 0, "k1"), want: unauthorized},
		{name: "half a scope", scopes: []string{"pets/read"}, header: signed(t, accessToken("pets/readonly pets"), 0, "k1"), want: unauthorized},
		{name: "no scope", scopes: []string{"x"}, header: signed(t, accessToken(""), 0, "k1"), want: unauthorized},
		{name: "an ID token with scopes", scopes: []string{"a"}, header: id(claim("scope", "a")), want: unauthorized},

		{name: "the audience", def: definition(withAud("client1")), header: good, want: "allow"},
		{name: "one of several audiences", def: definition(withAud("client2|client1")), header: good, want: "allow"},
		{name: "the wrong audience", def: definition(withAud("client2")), header: good, want: unauthorized},
		{name: "an audience that only contains it", def: definition(withAud("client1")), header: id(claim("aud", "client1-evil")), want: unauthorized},
		{name: "no audience", def: definition(withAud("client1")), header: id(claim("aud", nil)), want: unauthorized},
		{name: "an access token has no audience", def: definition(withAud(".*")), scopes: []string{"a"}, header: signed(t, accessToken("a"), 0, "k1"), want: unauthorized},
		{name: "an expression that is none", def: definition(withAud("(")), header: good, want: unauthorized},
		{name: "a source that is none", def: definition(func(a *apidef.Authorizer) { a.IdentitySource = "method.request.querystring.token" }), header: good, want: unauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.def == nil {
				c.def = definition()
			}
			x := exchange("authorization", c.header)
			if got := answer(t, newRoom(t, i).compile(c.def, c.scopes...), x); got != c.want {
				t.Errorf("%s, want %s; log: %v", got, c.want, x.Trace.Lines)
			}
			if (x.Authorizer != nil) != (c.want == "allow") {
				t.Errorf("claims: %v", x.Authorizer)
			}
		})
	}
}

// Tokens that somebody made up. Sources: RFC 8725, "JSON Web Token Best Current Practices", sections 2 and 3.
func TestForgeries(t *testing.T) {
	i := newIssuer(t)
	good := signed(t, idToken(), 0, "k1")
	parts := strings.Split(good, ".")
	public, err := x509.MarshalPKIXPublicKey(&keyring()[0].PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	hmac := func(key []byte) string {
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, idToken())
		token.Header["kid"] = "k1"
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	method := func(m jwt.SigningMethod) string {
		token := jwt.NewWithClaims(m, idToken())
		token.Header["kid"] = "k1"
		text, err := token.SignedString(keyring()[0])
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	other := signed(t, idToken(claim("sub", "admin")), 1, "k1")
	for name, token := range map[string]string{
		"alg none":                      header(`{"alg":"none","kid":"k1"}`) + "." + parts[1] + ".",
		"alg None":                      header(`{"alg":"None","kid":"k1"}`) + "." + parts[1] + ".",
		"alg none, with a signature":    header(`{"alg":"none","kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"no alg":                        header(`{"kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"no signature":                  parts[0] + "." + parts[1] + ".",
		"HS256 with the public key":     hmac(public),
		"HS256 with the public PEM":     hmac(asPEM),
		"HS256 with the modulus":        hmac(keyring()[0].N.Bytes()),
		"HS256 with an empty key":       hmac([]byte{}),
		"RS512 with the pool's own key": method(jwt.SigningMethodRS512),
		"PS256 with the pool's own key": method(jwt.SigningMethodPS256),
		"another key":                   other,
		"another key's id":              signed(t, idToken(), 0, "k2"),
		"no key's id":                   signed(t, idToken(), 0, ""),
		"claims of another token":       parts[0] + "." + strings.Split(other, ".")[1] + "." + parts[2],
		"a signature cut short":         good[:len(good)-4],
		"a signature with more":         good + "AAAA",
		"padding":                       good + "==",
		"a critical extension":          header(`{"alg":"RS256","kid":"k1","crit":["exp"]}`) + "." + parts[1] + "." + parts[2],
		"a key of its own":              header(`{"alg":"RS256","kid":"k1","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}`) + "." + parts[1] + "." + parts[2],
		"a place of its own keys":       header(`{"alg":"RS256","kid":"k1","jku":"https://evil.example/"}`) + "." + parts[1] + "." + parts[2],
		"two tokens":                    good + "," + good,
	} {
		x := exchange("Authorization", token)
		if got := answer(t, newRoom(t, i).compile(definition()), x); got != unauthorized || x.Authorizer != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
	// The keys of one pool say nothing of another's tokens.
	twin := strings.Replace(poolARN, "Pool1", "Pool2", 1)
	evil := &issuer{keys: map[string]*rsa.PrivateKey{"k1": keyring()[1]}}
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file, jwks(evil.keys), 0o600); err != nil {
		t.Fatal(err)
	}
	pools, err := NewPools(PoolOptions{Keys: map[string]string{poolARN: i.URL, twin: file}, Now: (&clock{now: noon}).Now})
	if err != nil {
		t.Fatal(err)
	}
	a := New(Settings{Authorizer: definition(func(a *apidef.Authorizer) { a.ProviderARNs = append(a.ProviderARNs, twin) })},
		Verifying{Pools: pools, Now: (&clock{now: noon}).Now})
	if got := answer(t, a, exchange("Authorization", other)); got != unauthorized {
		t.Errorf("a token of Pool1 that Pool2 signed: %s", got)
	}
	if got := answer(t, a, exchange("Authorization", signed(t, idToken(claim("iss", strings.Replace(poolID, "Pool1", "Pool2", 1))), 1, "k1"))); got != "allow" {
		t.Errorf("a token of Pool2 that Pool2 signed: %s", got)
	}
}

// A claim that stands twice could be read one way here and another way behind the gateway.
func TestClaimsThatStandTwice(t *testing.T) {
	for _, payload := range []string{`{"sub":"a","sub":"b"}`, `{"exp":1,"exp":9999999999}`} {
		if err := new(claims).UnmarshalJSON([]byte(payload)); err == nil {
			t.Errorf("%s was read", payload)
		}
	}
}

// Claims as $context.authorizer.claims shows them. Source: captured events (exp and iat; cognito:groups; identities).
func TestClaims(t *testing.T) {
	const payload = `{"sub":"11","cognito:groups":["a","b"],"email_verified":true,"auth_time":1551000000,"exp":1580000000,"iat":1579996400,` +
		`"identities":[{"userId":"1", "primary":"true"}],"address":{"formatted": "x"},"custom:n":1.50,"nothing":null,"name":"J\u00f6rg"}`
	var c claims
	if err := c.UnmarshalJSON([]byte(payload)); err != nil {
		t.Fatal(err)
	}
	want := message.Pairs{
		{Name: "sub", Value: "11"},
		{Name: "cognito:groups", Value: "a,b"},
		{Name: "email_verified", Value: "true"},
		{Name: "auth_time", Value: "1551000000"},
		{Name: "exp", Value: "Sun Jan 26 00:53:20 UTC 2020"},
		{Name: "iat", Value: "Sat Jan 25 23:53:20 UTC 2020"},
		{Name: "identities", Value: `{"userId":"1","primary":"true"}`},
		{Name: "address", Value: `{"formatted":"x"}`},
		{Name: "custom:n", Value: "1.50"},
		{Name: "nothing", Value: "null"},
		{Name: "name", Value: "Jörg"},
	}
	if diff := cmp.Diff(want, c.texts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Keys are fetched once, when a new key signs, and when they are old; an issuer that is away does not lock out those whose
// keys are known. Source: Cognito developer guide, "Verifying JSON Web Tokens" (keys rotate).
func TestKeys(t *testing.T) {
	i := newIssuer(t)
	r := newRoom(t, i)
	r.with.Verified = nil
	a := r.compile(definition())
	now := func(key int, kid string) string {
		return signed(t, idToken(claim("exp", noon.Add(24*time.Hour).Unix())), key, kid)
	}
	step := func(what, token, want string, fetched int) {
		t.Helper()
		if got := answer(t, a, exchange("Authorization", token)); got != want || i.count() != fetched {
			t.Errorf("%s: %s after %d fetches, want %s after %d", what, got, i.count(), want, fetched)
		}
	}
	step("the first token", now(0, "k1"), "allow", 1)
	step("the second", now(0, "k1"), "allow", 1)
	step("an unknown key, at once", now(1, "k2"), unauthorized, 1)
	i.set(false, map[string]*rsa.PrivateKey{"k1": keyring()[0], "k2": keyring()[1]})
	r.clock.pass(minWait)
	step("a new key", now(1, "k2"), "allow", 2)
	step("the old one still", now(0, "k1"), "allow", 2)
	step("a key that was made up", now(0, "k3"), unauthorized, 2)
	r.clock.pass(minWait)
	step("and again", now(0, "k3"), unauthorized, 3)
	i.set(true, nil)
	r.clock.pass(maxAge + time.Second)
	step("the issuer is away: known keys go on", now(0, "k1"), "allow", 4)
	step("and it is not asked for each of them", now(0, "k1"), "allow", 4)
	i.set(false, map[string]*rsa.PrivateKey{"k2": keyring()[1]})
	r.clock.pass(retryWait)
	step("a key that was withdrawn", now(0, "k1"), unauthorized, 5)
	step("the one that stays", now(1, "k2"), "allow", 5)
}

// An issuer that was never there lets nobody in, and is not asked for every request.
func TestNoKeys(t *testing.T) {
	i := newIssuer(t)
	i.set(true, nil)
	r := newRoom(t, i)
	a := r.compile(definition())
	for range 10 {
		if got := answer(t, a, exchange("Authorization", signed(t, idToken(), 0, "k1"))); got != unauthorized {
			t.Fatal(got)
		}
	}
	if i.count() != 1 {
		t.Errorf("%d fetches", i.count())
	}
	i.set(false, map[string]*rsa.PrivateKey{"k1": keyring()[0]})
	r.clock.pass(minWait)
	if got := answer(t, a, exchange("Authorization", signed(t, idToken(), 0, "k1"))); got != "allow" {
		t.Error(got)
	}
}

// Many first requests are one fetch.
func TestKeysAreFetchedOnce(t *testing.T) {
	i := newIssuer(t)
	a := newRoom(t, i).compile(definition())
	token := signed(t, idToken(), 0, "k1")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := answer(t, a, exchange("Authorization", token)); got != "allow" {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if i.count() != 1 {
		t.Errorf("%d fetches", i.count())
	}
}

// A token that was found good is kept for the authorizer's TTL, never beyond its own time, and is asked anew what each
// method wants. What AWS keeps is not documented; with a TTL of 0 nothing is.
func TestVerifiedTokens(t *testing.T) {
	i := newIssuer(t)
	r := newRoom(t, i)
	token := signed(t, idToken(claim("exp", noon.Add(time.Minute).Unix())), 0, "k1")
	a := r.compile(definition())
	if got := answer(t, a, exchange("Authorization", token)); got != "allow" {
		t.Fatal(got)
	}
	if _, ok := r.with.Verified.get(a.scope.key(token)); !ok {
		t.Error("the token is not kept")
	}
	if got := answer(t, r.compile(definition(), "a"), exchange("Authorization", token)); got != unauthorized {
		t.Errorf("on a method with scopes: %s", got)
	}
	flushed := New(Settings{Authorizer: definition(), APIID: "api1", Stage: "prod", Generation: 1}, r.with)
	if flushed.scope == a.scope {
		t.Error("a flush changes nothing")
	}
	other := r.compile(definition(func(a *apidef.Authorizer) { a.ProviderARNs = []string{strings.Replace(poolARN, "Pool1", "Pool9", 1)} }))
	if got := answer(t, other, exchange("Authorization", token)); got != unauthorized {
		t.Errorf("with an authorizer of another pool: %s", got)
	}
	r.clock.pass(61 * time.Second)
	if got := answer(t, a, exchange("Authorization", token)); got != expired {
		t.Errorf("after its time: %s", got)
	}
	off := r.compile(definition(func(a *apidef.Authorizer) { a.AuthorizerResultTTLInSeconds = new(int) }))
	long := signed(t, idToken(), 0, "k1")
	if got := answer(t, off, exchange("Authorization", long)); got != "allow" {
		t.Fatal(got)
	}
	if _, ok := r.with.Verified.get(off.scope.key(long)); ok {
		t.Error("a TTL of 0 keeps tokens")
	}
}

// Source: ours; AWS's tolerance is not documented, and none by default.
func TestLeeway(t *testing.T) {
	i := newIssuer(t)
	r := newRoom(t, i)
	r.with.Leeway = time.Minute
	a := r.compile(definition())
	late := signed(t, idToken(claim("exp", noon.Add(-59*time.Second).Unix())), 0, "k1")
	for range 2 {
		if got := answer(t, a, exchange("Authorization", late)); got != "allow" {
			t.Error(got)
		}
	}
	r.clock.pass(2 * time.Second)
	if got := answer(t, a, exchange("Authorization", late)); got != expired {
		t.Error(got)
	}
}

// Where pools and their keys are.
func TestPools(t *testing.T) {
	for arn, want := range map[string]string{
		poolARN: poolID,
		"arn:aws-cn:cognito-idp:cn-north-1:1:userpool/cn-north-1_x": "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_x",
		"arn:aws:cognito-idp:us-east-1:1:identitypool/x":            "",
		"arn:aws:cognito-identity:us-east-1:1:userpool/x":           "",
		"arn:aws:cognito-idp:us-east-1:1:userpool/":                 "",
		"arn:aws:cognito-idp::1:userpool/x":                         "",
		"arn:aws:cognito-idp:us-east-1:1:userpool/../x":             "",
		"arn:aws:cognito-idp:evil.example/:1:userpool/x":            "",
		"arn:aws:cognito-idp:us-east-1:1:userpool/x?":               "",
		"${stageVariables.x}":                                       "",
	} {
		if got, err := issuerOf(arn); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", arn, got, err)
		}
	}
	p, err := NewPools(PoolOptions{Issuers: map[string]string{poolARN: "http://127.0.0.1:9229/local"}})
	if err != nil {
		t.Fatal(err)
	}
	if set, err := p.set(poolARN); err != nil || set.issuer != "http://127.0.0.1:9229/local" || set.location != "http://127.0.0.1:9229/local/.well-known/jwks.json" {
		t.Errorf("%+v, %v", set, err)
	}
	if set, err := DefaultPools(nil).set(poolARN); err != nil || set.location != poolID+"/.well-known/jwks.json" {
		t.Errorf("%+v, %v", set, err)
	}
	for _, bad := range []PoolOptions{{Issuers: map[string]string{"x": "https://a"}}, {Keys: map[string]string{"x": "f"}}, {Issuers: map[string]string{poolARN: "local"}}} {
		if _, err := NewPools(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// Key sets that are refused or passed over. Source: RFC 7517, RFC 7518.
func TestJWKS(t *testing.T) {
	good := string(jwks(map[string]*rsa.PrivateKey{"k1": keyring()[0]}))
	for _, c := range []struct {
		name, set string
		keys      int
	}{
		{"a key", good, 1},
		{"a key for encryption", strings.Replace(good, `"sig"`, `"enc"`, 1), 0},
		{"a key for another algorithm", strings.Replace(good, `"RS256"`, `"RS512"`, 1), 0},
		{"a key of another type", strings.Replace(good, `"RSA"`, `"oct"`, 1), 0},
		{"a key without an id", strings.Replace(good, `"k1"`, `""`, 1), 0},
		{"an exponent of 1", strings.Replace(good, `"AQAB"`, `"AQ"`, 1), 0},
		{"a short modulus", strings.Replace(good, `"n":"`, `"n":"AQAB","x":"`, 1), 0},
		{"the same id twice", strings.Replace(good, `]`, `,`+good[len(`{"keys":[`):len(good)-1], 1), 0},
		{"no keys", `{"keys":[]}`, 0},
		{"no set", `[]`, 0},
		{"garbage", `{"keys":`, 0},
		{"too much", good + strings.Repeat(" ", maxJWKS), 0},
	} {
		if keys, err := parseJWKS([]byte(c.set)); len(keys) != c.keys || (err == nil) != (c.keys > 0) {
			t.Errorf("%s: %d keys, %v", c.name, len(keys), err)
		}
	}
}

// No token makes the gateway fail, and none that was not signed is let in.
func FuzzToken(f *testing.F) {
	i := newIssuer(f)
	r := newRoom(f, i)
	a := r.compile(definition())
	good := signed(f, idToken(), 0, "k1")
	for _, token := range []string{good, "", "a.b.c", good[:20], strings.Replace(good, ".", "..", 1)} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		x := exchange("Authorization", token)
		if got := answer(t, a, x); got == "allow" && withoutScheme(token) != good {
			t.Fatalf("%q was let in", token)
		}
	})
}

func BenchmarkVerified(b *testing.B) {
	a := newRoom(b, newIssuer(b)).compile(definition())
	x := exchange("Authorization", signed(b, idToken(), 0, "k1"))
	x.Trace = nil
	b.ReportAllocs()
	for b.Loop() {
		if got, err := a.Authorize(b.Context(), x, nil); err != nil {
			b.Fatal(got, err)
		}
	}
}
