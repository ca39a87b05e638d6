package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

const credentialsFile = `
- accessKeyId: AKIDADMIN
  secretAccessKey: admin-secret
  account: "111111111111"
- accessKeyId: AKIDREADER
  secretAccessKey: reader-secret
  account: 000000000222
  name: reader
  policy:
    Version: 2012-10-17
    Statement:
      - Effect: Allow
        Action: apigateway:GET
        Resource: arn:aws:apigateway:*::/*
      - Effect: Deny
        Action: apigateway:*
        Resource:
          - arn:aws:apigateway:*::/restapis/secret
          - arn:aws:apigateway:*::/restapis/secret/*
- accessKeyId: ASIADEPLOY
  secretAccessKey: deploy-secret
  sessionToken: a/token+with=signs
  expiration: 2026-02-01T00:00:00Z
  account: "111111111111"
  arn: arn:aws:sts::111111111111:assumed-role/deploy/ci
  policy: |
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["apigateway:POST", "apigateway:PUT"],
      "Resource": "arn:aws:apigateway:eu-west-1::/restapis/*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}}
- accessKeyId: AKIDTAGS
  secretAccessKey: tags-secret
  account: "111111111111"
  arn: arn:aws:iam::111111111111:user/team/alice
  policy:
    Version: "2012-10-17"
    Statement:
      Effect: Allow
      Action: apigateway:*
      Resource: arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F${aws:username}
`

var credentialsClock = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func testCredentials(t testing.TB) *Credentials {
	t.Helper()
	c, err := parseCredentials([]byte(credentialsFile), func() time.Time { return credentialsClock })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signedCall is a call of the AWS API as it arrives, signed by the AWS SDK for Go.
func signedCall(t testing.TB, method, target string, cred aws.Credentials, region, service string) *message.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost:4566"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	empty := sha256.Sum256(nil)
	err = v4.NewSigner().SignHTTP(t.Context(), cred, r, hex.EncodeToString(empty[:]), service, region, credentialsClock)
	if err != nil {
		t.Fatal(err)
	}
	req := &message.Request{Method: method, Target: target, Host: r.Host, RemoteAddr: netip.MustParseAddrPort("192.0.2.7:1234")}
	req.Path, req.RawQuery, _ = strings.Cut(target, "?")
	for name, values := range r.Header {
		for _, value := range values {
			req.Header.Add(name, value)
		}
	}
	return req
}

var (
	admin    = aws.Credentials{AccessKeyID: "AKIDADMIN", SecretAccessKey: "admin-secret"}
	reader   = aws.Credentials{AccessKeyID: "AKIDREADER", SecretAccessKey: "reader-secret"}
	deployer = aws.Credentials{AccessKeyID: "ASIADEPLOY", SecretAccessKey: "deploy-secret", SessionToken: "a/token+with=signs"}
	tagger   = aws.Credentials{AccessKeyID: "AKIDTAGS", SecretAccessKey: "tags-secret"}
)

// Who may do what. Source of the refusals' texts: IAM user guide, "Troubleshoot access denied error messages"; of actions
// and resources: service authorization reference, "API Gateway Management".
func TestAuthenticate(t *testing.T) {
	const explicitly = " with an explicit deny in an identity-based policy"
	readerMay := func(what string) string {
		return "AccessDeniedException: User: arn:aws:iam::000000000222:user/reader is not authorized to perform: " + what
	}
	deployerMay := func(what string) string {
		return "AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/deploy/ci is not authorized to perform: " + what
	}
	for _, c := range []struct {
		name           string
		cred           aws.Credentials
		method, target string
		region         string
		service        string // apigateway when empty
		change         func(*message.Request)
		want           string // the ARN, or the error
	}{
		{
			name: "a key without a policy may do everything", cred: admin, method: "DELETE", target: "/restapis/abc",
			region: "us-east-1", want: "arn:aws:iam::111111111111:root",
		},
		{
			name: "allowed", cred: reader, method: "GET", target: "/restapis?limit=5", region: "eu-west-1",
			want: "arn:aws:iam::000000000222:user/reader",
		},
		{
			name: "not allowed", cred: reader, method: "PUT", target: "/restapis/abc", region: "us-east-1",
			want: readerMay("apigateway:PUT on resource: arn:aws:apigateway:us-east-1::/restapis/abc"),
		},
		{
			name: "another partition", cred: reader, method: "GET", target: "/restapis/abc", region: "cn-north-1",
			want: readerMay("apigateway:GET on resource: arn:aws-cn:apigateway:cn-north-1::/restapis/abc"),
		},
		{
			name: "denied", cred: reader, method: "GET", target: "/restapis/secret", region: "us-east-1",
			want: readerMay("apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis/secret" + explicitly),
		},
		{
			name: "denied in other letters", cred: reader, method: "GET", target: "/restapis/%73ecre%74/stages", region: "us-east-1",
			want: readerMay("apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis/secret/stages" + explicitly),
		},
		{
			name: "denied with slashes at the end", cred: reader, method: "GET", target: "/restapis/secret//", region: "us-east-1",
			want: readerMay("apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis/secret" + explicitly),
		},
		{
			name: "a role's session", cred: deployer, method: "POST", target: "/restapis/abc/deployments", region: "eu-west-1",
			want: "arn:aws:sts::111111111111:assumed-role/deploy/ci",
		},
		{
			name: "a role's session in another region", cred: deployer, method: "POST", target: "/restapis/abc/deployments", region: "us-east-1",
			want: deployerMay("apigateway:POST on resource: arn:aws:apigateway:us-east-1::/restapis/abc/deployments"),
		},
		{
			name: "a role's session from elsewhere", cred: deployer, method: "POST", target: "/restapis/abc/deployments", region: "eu-west-1",
			change: func(r *message.Request) { r.RemoteAddr = netip.MustParseAddrPort("198.51.100.1:1") },
			want:   deployerMay("apigateway:POST on resource: arn:aws:apigateway:eu-west-1::/restapis/abc/deployments"),
		},
		{
			name: "an address beside the policy's in IPv6 form", cred: deployer, method: "PUT", target: "/restapis/abc", region: "eu-west-1",
			change: func(r *message.Request) { r.RemoteAddr = netip.MustParseAddrPort("[::ffff:192.0.2.8]:1") },
			want:   "arn:aws:sts::111111111111:assumed-role/deploy/ci",
		},
		{
			name: "an ARN in the path", cred: tagger, method: "GET", target: "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Falice",
			region: "us-east-1", want: "arn:aws:iam::111111111111:user/team/alice",
		},
		{
			name: "an ARN in the path, colons as they are", cred: tagger, method: "GET", target: "/tags/arn:aws:apigateway:us-east-1::%2frestapis%2falice",
			region: "us-east-1", want: "arn:aws:iam::111111111111:user/team/alice",
		},
		{
			name: "not signed", method: "GET", target: "/restapis", region: "us-east-1", cred: admin,
			change: func(r *message.Request) { r.Header.DelFold("Authorization") },
			want:   "MissingAuthenticationTokenException: Missing Authentication Token",
		},
		{
			name: "an unknown key", method: "GET", target: "/restapis", region: "us-east-1",
			cred: aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"},
			want: "UnrecognizedClientException: The security token included in the request is invalid.",
		},
		{
			name: "another secret", method: "GET", target: "/restapis", region: "us-east-1",
			cred: aws.Credentials{AccessKeyID: "AKIDADMIN", SecretAccessKey: "test"},
			want: "InvalidSignatureException: The request signature we calculated does not match",
		},
		{
			name: "another session token", method: "POST", target: "/restapis/abc", region: "eu-west-1",
			cred: aws.Credentials{AccessKeyID: "ASIADEPLOY", SecretAccessKey: "deploy-secret", SessionToken: "x"},
			want: "UnrecognizedClientException: The security token included in the request is invalid.",
		},
		{
			name: "another service's policy does not speak of it", cred: reader, method: "GET", target: "/", region: "us-east-1", service: "iam",
			want: readerMay("iam:GET on resource: arn:aws:iam:us-east-1::/"),
		},
		{
			name: "the call was changed", cred: admin, method: "GET", target: "/restapis/abc", region: "us-east-1",
			change: func(r *message.Request) { r.Method = "DELETE" },
			want:   "InvalidSignatureException: The request signature we calculated does not match",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.service == "" {
				c.service = "apigateway"
			}
			req := signedCall(t, c.method, c.target, c.cred, c.region, c.service)
			if c.change != nil {
				c.change(req)
			}
			target, ok := wire.TargetOf(req)
			if !ok {
				t.Fatal("no AWS call")
			}
			caller, err := testCredentials(t).Authenticate(req, target)
			got := caller.ARN
			if refusal, ok := errors.AsType[*awserr.Error](err); ok {
				got = refusal.Error()
			}
			if got != c.want && (err == nil || !strings.HasPrefix(got, c.want) || strings.HasPrefix(c.want, "Access")) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if err == nil && (caller.AccessKeyID != c.cred.AccessKeyID || len(caller.Account) != 12) {
				t.Errorf("%+v", caller)
			}
		})
	}
}

// A call that names one scope to the dispatcher and another to the signature gets nowhere.
func TestAuthenticateHoldsToTarget(t *testing.T) {
	req := signedCall(t, "GET", "/restapis", admin, "us-east-1", "apigateway")
	for _, target := range []wire.Target{
		{Service: "apigateway", Region: "eu-west-1"}, {Service: "iam", Region: "us-east-1"}, {},
	} {
		if _, err := testCredentials(t).Authenticate(req, target); err == nil {
			t.Errorf("accepted for %+v", target)
		}
	}
}

func TestCallers(t *testing.T) {
	want := map[string]Caller{
		"AKIDADMIN":  {AccessKeyID: "AKIDADMIN", Account: "111111111111", ARN: "arn:aws:iam::111111111111:root"},
		"AKIDREADER": {AccessKeyID: "AKIDREADER", Account: "000000000222", ARN: "arn:aws:iam::000000000222:user/reader", Name: "reader"},
		"ASIADEPLOY": {AccessKeyID: "ASIADEPLOY", Account: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/deploy/ci"},
		"AKIDTAGS":   {AccessKeyID: "AKIDTAGS", Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/team/alice", Name: "alice"},
	}
	got := map[string]Caller{}
	types := map[string]string{}
	for id, key := range testCredentials(t).keys {
		got[id] = key.caller
		types[id] = principalType(key.caller)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"AKIDADMIN": "Account", "AKIDREADER": "User", "ASIADEPLOY": "AssumedRole", "AKIDTAGS": "User"}, types); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a credentials file must not say. Nothing is guessed: a key that could do more than was meant is worse than none.
func TestRefusedCredentials(t *testing.T) {
	const key = "- accessKeyId: AKID\n  secretAccessKey: s\n  account: \"111111111111\"\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "there is no entry"},
		{"an empty list", "[]", "there is no entry"},
		{"no list", "accessKeyId: x", "cannot unmarshal"},
		{"no YAML", "- {", "yaml: "},
		{"two documents", key + "---\n" + key, "there is more than one YAML document"},
		{"an unknown name", key + "  Policy: {}\n", "field Policy not found"},
		{"a name twice", key + "  account: \"111111111111\"\n", `mapping key "account" already defined`},
		{"a key twice", key + key, "entry 2 (AKID): an earlier entry has the same accessKeyId"},
		{"no access key", "- secretAccessKey: s\n  account: \"111111111111\"\n", "entry 1 (): accessKeyId must be"},
		{"an access key with a slash", strings.Replace(key, "AKID", "A/B", 1), "accessKeyId must be"},
		{"no secret", "- accessKeyId: AKID\n  account: \"111111111111\"\n", "entry 1 (AKID): secretAccessKey is missing"},
		{"no account", "- accessKeyId: AKID\n  secretAccessKey: s\n", `entry 1 (AKID): account must be 12 digits, not ""`},
		{"a short account", strings.Replace(key, "111111111111", "111", 1), `account must be 12 digits, not "111"`},
		{"an expiration without a token", key + "  expiration: 2026-01-01T00:00:00Z\n", "expiration goes with sessionToken"},
		{"an expiration that is no date", key + "  sessionToken: t\n  expiration: soon\n", `cannot parse "soon"`},
		{"two names", key + "  name: a\n  arn: arn:aws:iam::111111111111:user/a\n", "name and arn exclude each other"},
		{"a name with a slash", key + "  name: a/b\n", "name must be"},
		{"another account's ARN", key + "  arn: arn:aws:iam::222222222222:user/a\n", "arn must name a user or a role's session of account 111111111111"},
		{"another service's ARN", key + "  arn: arn:aws:lambda::111111111111:user/a\n", "arn must name"},
		{"an empty policy", key + "  policy:\n", "entry 1 (AKID): policy: is empty; leave it out to allow everything"},
		{"an empty text as policy", key + "  policy: \"\"\n", "policy: the document is not JSON"},
		{"a policy without statements", key + "  policy: {Version: 2012-10-17}\n", "policy: Statement: is missing"},
		{"a policy with a misspelt element", key + "  policy: {Version: 2012-10-17, Statement: [{Efect: Deny}]}\n", `policy: Statement[0]: has no element "Efect"`},
		{"a policy with an element twice", key + "  policy: {Statement: [], Statement: []}\n", "twice"},
		{"a policy with an alias", key + "  policy: {Statement: &a [*a]}\n", "an alias cannot stand in a policy"},
		{
			"a policy with a principal", key + "  policy: {Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}}\n",
			"must not name a principal",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseCredentials([]byte(c.text), time.Now)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestLoadCredentials(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if _, err := LoadCredentials(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte(credentialsFile), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadCredentials(path)
	if err != nil || len(c.Warnings) != 0 || len(c.keys) != 4 {
		t.Fatalf("%v, %+v", err, c)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err = LoadCredentials(path)
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "chmod 600") {
		t.Errorf("%v, %+v", err, c)
	}
	if err := os.WriteFile(path, make([]byte, maxCredentialsFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = LoadCredentials(path); err == nil || !strings.Contains(err.Error(), "bytes, 1048576 are allowed") {
		t.Errorf("a file that is too large: %v", err)
	}
}

// What the dispatcher does with a call.
func TestAdmit(t *testing.T) {
	c := testCredentials(t)
	for _, row := range []struct {
		name        string
		credentials *Credentials
		cred        aws.Credentials
		account     string // of the call afterwards; empty when it is refused
		status      int
		errorType   string
		body        string
	}{
		{name: "no credentials file", cred: aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, account: "000000000000"},
		{name: "a good call is on its key's account", credentials: c, cred: admin, account: "111111111111"},
		{
			name: "an unknown key", credentials: c, cred: aws.Credentials{AccessKeyID: "123456789012", SecretAccessKey: "test"},
			status: 403, errorType: "UnrecognizedClientException", body: `{"message":"The security token included in the request is invalid."}`,
		},
		{
			name: "not allowed", credentials: c, cred: reader, status: 403, errorType: "AccessDeniedException",
			body: `{"message":"User: arn:aws:iam::000000000222:user/reader is not authorized to perform: apigateway:DELETE on resource: arn:aws:apigateway:us-east-1::/restapis/abc"}`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := signedCall(t, "DELETE", "/restapis/abc", row.cred, "us-east-1", "apigateway")
			target, _ := wire.TargetOf(req)
			call, resp := &wire.Call{Account: "000000000000", RequestID: "r"}, &message.Response{}
			if got := row.credentials.admit(call, target, req, resp); got != (row.account != "") {
				t.Fatalf("admitted: %t, %s", got, resp.Body)
			}
			if row.account != "" {
				if call.Account != row.account || resp.Status != 0 {
					t.Errorf("account %s, status %d", call.Account, resp.Status)
				}
				return
			}
			errorType, _ := resp.Header.GetFold("x-amzn-ErrorType")
			id, _ := resp.Header.GetFold("x-amzn-RequestId")
			if resp.Status != row.status || errorType != row.errorType || id != "r" || string(resp.Body) != row.body {
				t.Errorf("%d %s %s %s", resp.Status, errorType, id, resp.Body)
			}
		})
	}
}
