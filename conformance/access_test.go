package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/golang-jwt/jwt/v5"

	"postern/internal/server"
)

// callers are the keys that the dialogues of access/ are signed with. admin may do everything, alice call GET /pets, bob
// nothing of his own; stranger may do everything in another account.
const callers = `
- {accessKeyId: AKIDADMIN, secretAccessKey: secret-admin, account: "111111111111"}
- accessKeyId: AKIDALICE
  secretAccessKey: secret-alice
  account: "111111111111"
  name: alice
  policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: execute-api:Invoke, Resource: "arn:aws:execute-api:us-east-1:111111111111:*/dev/GET/pets"}]}
- accessKeyId: AKIDBOB
  secretAccessKey: secret-bob
  account: "111111111111"
  name: bob
  policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: s3:GetObject, Resource: "*"}]}
- {accessKeyId: AKIDSTRANGER, secretAccessKey: secret-stranger, account: "222222222222", name: stranger}
`

// userPool is the pool whose tokens the dialogues may show.
const (
	userPool = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_Pool1"
	issuer   = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool1"
)

// guarded is a Postern that knows its callers, and what shows a dialogue's.
type guarded struct {
	addr   string
	tokens map[string]string
}

// startGuarded runs the Postern of the dialogues of access/.
func startGuarded(t *testing.T, endpoint string) *guarded {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	credentials, keys := filepath.Join(dir, "credentials.yaml"), filepath.Join(dir, "jwks.json")
	for file, text := range map[string]string{credentials: callers, keys: keySet(key)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: "111111111111", Region: "us-east-1", Credentials: credentials,
		Access: server.AccessOptions{
			UserPoolKeys: map[string]string{userPool: keys}, VPCEndpoints: map[string]string{"vpce-1@vpc-1": "127.0.0.0/8"},
			AuthorizerTimeout: 500 * time.Millisecond,
		},
		AWSEndpoints: []string{endpoint}, Grace: 5 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return &guarded{srv.Addr(), tokens(t, key)}
}

func keySet(key *rsa.PrivateKey) string {
	return fmt.Sprintf(`{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"k1","n":%q,"e":%q}]}`,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
}

// tokens are those of the user pool, by the names that dialogues give them.
func tokens(t *testing.T, key *rsa.PrivateKey) map[string]string {
	t.Helper()
	now := time.Now()
	id := jwt.MapClaims{
		"sub": "11111111-2222", "aud": "client1", "token_use": "id", "iss": issuer, "cognito:username": "alice", "custom:role": "admin",
		"cognito:groups": []string{"a", "b"}, "email_verified": true, "exp": now.Add(time.Hour).Unix(),
	}
	access := jwt.MapClaims{"sub": "11111111-2222", "token_use": "access", "iss": issuer, "scope": "pets/read openid", "exp": now.Add(time.Hour).Unix()}
	expired := jwt.MapClaims{"sub": "11111111-2222", "token_use": "id", "iss": issuer, "exp": now.Add(-time.Hour).Unix()}
	sign := func(method jwt.SigningMethod, claims jwt.MapClaims, with any) string {
		token := jwt.NewWithClaims(method, claims)
		token.Header["kid"] = "k1"
		text, err := token.SignedString(with)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	return map[string]string{
		"idToken": sign(jwt.SigningMethodRS256, id, key), "accessToken": sign(jwt.SigningMethodRS256, access, key),
		"expiredToken": sign(jwt.SigningMethodRS256, expired, key),
		"noneToken":    sign(jwt.SigningMethodNone, id, jwt.UnsafeAllowNoneSignatureType),
		"hmacToken":    sign(jwt.SigningMethodHS256, id, []byte(keySet(key))),
	}
}

// signed takes the line "Sign: NAME [how]" out of a request's header lines and signs the request: how is "presigned",
// "late" (ten minutes ago), "wrong" (with another secret) or a service's name. Calls of the control plane are admin's
// unless they say otherwise.
func (d *dialogue) signed(method, target, host, body string, lines []string) (signedTarget string, header []string) {
	d.t.Helper()
	name, how := "", ""
	for _, line := range lines {
		if by, ok := strings.CutPrefix(line, "Sign: "); ok {
			name, how, _ = strings.Cut(by, " ")
			continue
		}
		header = append(header, line)
	}
	service := "execute-api"
	if strings.HasPrefix(host, "apigateway.") {
		service = "apigateway"
		if name == "" && d.guarded {
			name = "admin"
		}
	}
	if name == "" {
		return target, header
	}
	secret, at := "secret-"+name, time.Now()
	switch how {
	case "late":
		at = at.Add(-10 * time.Minute)
	case "wrong":
		secret = "wrong"
	case "", "presigned":
	default:
		service = how
	}
	r, err := http.NewRequestWithContext(context.Background(), method, "http://"+host+target, bytes.NewReader([]byte(body)))
	if err != nil {
		d.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	credentials := aws.Credentials{AccessKeyID: "AKID" + strings.ToUpper(name), SecretAccessKey: secret}
	signer := v4.NewSigner()
	if how == "presigned" {
		uri, _, err := signer.PresignHTTP(d.t.Context(), credentials, r, hash, service, "us-east-1", at)
		if err != nil {
			d.t.Fatal(err)
		}
		return strings.TrimPrefix(uri, "http://"+host), header
	}
	if err := signer.SignHTTP(d.t.Context(), credentials, r, hash, service, "us-east-1", at); err != nil {
		d.t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "X-Amz-Date"} {
		header = append(header, name+": "+r.Header.Get(name))
	}
	return target, header
}
