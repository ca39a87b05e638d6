package iam

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/policy"
)

const (
	stage  = "arn:aws:execute-api:us-east-1:111111111111:api1/prod"
	host   = "api1.execute-api.us-east-1.amazonaws.com"
	secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// people are the identities of the tests.
type people map[string]*Identity

func (p people) Identity(_ context.Context, accessKeyID string) *Identity { return p[accessKeyID] }

func mustParse(document string) *iampolicy.Policy {
	p, err := iampolicy.Parse([]byte(document), iampolicy.IdentityPolicy)
	if err != nil {
		panic(err)
	}
	return p
}

func may(resource string) *iampolicy.Policy {
	return mustParse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"` + resource + `"}}`)
}

func everybody() people {
	return people{
		"AKIDALICE": {
			Key: sigv4.Key{Secret: secret}, Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/alice", UserID: "AIDAALICE",
			UserName: "alice", Type: "User", OrgID: "o-1", Policy: may(stage + "/GET/pets*"),
		},
		"AKIDNOBODY": {Key: sigv4.Key{Secret: secret}, Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/nobody", UserID: "AIDANOBODY", Type: "User"},
		"AKIDROOT":   {Key: sigv4.Key{Secret: secret}, Account: "111111111111", ARN: "arn:aws:iam::111111111111:root", UserID: "111111111111", Type: "Account", Policy: Everything{}},
		"AKIDOTHER":  {Key: sigv4.Key{Secret: secret}, Account: "222222222222", ARN: "arn:aws:iam::222222222222:user/bob", UserID: "AIDABOB", Type: "User", Policy: Everything{}},
		"ASIASESSION": {
			Key: sigv4.Key{Secret: secret, SessionToken: "token", Expires: noon.Add(time.Hour)}, Account: "111111111111",
			ARN: "arn:aws:sts::111111111111:assumed-role/reader/s1", RoleARN: "arn:aws:iam::111111111111:role/reader", UserID: "AROAREADER:s1",
			Type: "AssumedRole", Issued: noon.Add(-time.Minute), MFA: noon.Add(-time.Minute), Tags: map[string]string{"Team": "cats"},
			Policy: mustParse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:*","Resource":"*","Condition":{
				"StringEquals":{"aws:PrincipalTag/team":"cats","aws:PrincipalType":"AssumedRole","aws:userid":"AROAREADER:s1","aws:PrincipalAccount":"111111111111"},
				"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/reader"},"Bool":{"aws:MultiFactorAuthPresent":"true"},
				"NumericEquals":{"aws:MultiFactorAuthAge":"60"},"DateEquals":{"aws:TokenIssueTime":"2026-01-31T11:59:00Z"}}}}`),
		},
		"ASIAPOOL": {
			Key: sigv4.Key{Secret: secret, SessionToken: "token"}, Account: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/guest/CognitoIdentityCredentials",
			UserID: "AROAGUEST:CognitoIdentityCredentials", Type: "AssumedRole", Policy: Everything{},
			Cognito: &Cognito{"graph.facebook.com", "authenticated", "us-east-1:1", "us-east-1:2"},
		},
	}
}

// signing says how a request is signed.
type signing struct {
	key, secret, token, service, region string
	at                                  time.Time
	presign                             bool
}

// signed lets the AWS SDK for Go sign a request.
func signed(t testing.TB, verb, target, body string, how signing) *message.Exchange {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, "https://"+host+"/prod"+target, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	credentials := aws.Credentials{AccessKeyID: how.key, SecretAccessKey: how.secret, SessionToken: how.token}
	signer := v4.NewSigner()
	if how.presign {
		uri, _, err := signer.PresignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), how.service, how.region, how.at)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = url.Parse(uri); err != nil {
			t.Fatal(err)
		}
		r.Header = nil
	} else if err := signer.SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), how.service, how.region, how.at); err != nil {
		t.Fatal(err)
	}
	req := &message.Request{Method: verb, Target: r.URL.RequestURI(), Host: host, Body: []byte(body)}
	req.Path, req.RawQuery, _ = strings.Cut(req.Target, "?")
	req.Header.Add("Host", host)
	for name, values := range r.Header {
		req.Header.Add(name, values[0])
	}
	if body != "" {
		req.Header.SetFold("Content-Length", "5")
	}
	return &message.Exchange{
		Request: req, Response: &message.Response{}, AccountID: "111111111111", Region: "us-east-1", APIID: "api1", Stage: "prod",
		Path: strings.TrimPrefix(req.Path, "/prod"), SourceIP: "192.0.2.7",
	}
}

func how(change ...func(*signing)) signing {
	s := signing{key: "AKIDALICE", secret: secret, service: "execute-api", region: "us-east-1", at: noon}
	for _, c := range change {
		c(&s)
	}
	return s
}

func key(id string) func(*signing) { return func(s *signing) { s.key = id } }

func session(id string) func(*signing) { return func(s *signing) { s.key, s.token = id, "token" } }

func authorizeAt(t testing.TB, who Identities, at time.Time, x *message.Exchange) (string, error) {
	t.Helper()
	a := New(Options{Identities: who, Now: func() time.Time { return at }})
	c, err := policy.NewCall(x, stage, at)
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := a.Authorize(t.Context(), x, c)
	if err != nil {
		return "", err
	}
	return verdict.Decision.String(), nil
}

// Signed calls, and what may be done to them. Sources: knowledge center, "HTTP 403 errors"; public reports of the texts
// (mhart/aws4 issue 118 for skew, aws-sdk-js issue 2372 for the strings); developer guide, "Control access for invoking an
// API", for the resources.
func TestSignedCalls(t *testing.T) {
	const (
		mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
			"signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'"
		invalidToken = "The security token included in the request is invalid."
	)
	remove := func(name string) func(*message.Exchange) {
		return func(x *message.Exchange) { x.Request.Header.DelFold(name) }
	}
	set := func(name, value string) func(*message.Exchange) {
		return func(x *message.Exchange) { x.Request.Header.SetFold(name, value) }
	}
	edit := func(old, by string) func(*message.Exchange) {
		return func(x *message.Exchange) {
			value, _ := x.Request.Header.GetFold("Authorization")
			x.Request.Header.SetFold("Authorization", strings.Replace(value, old, by, 1))
		}
	}
	for _, c := range []struct {
		name               string
		verb, target, body string // GET /pets when empty
		how                signing
		late               time.Duration
		attack             func(*message.Exchange)
		want               string // the decision, or how the message starts
		errorType          string
	}{
		// Good calls.
		{name: "a user's own policy", how: how(), want: "allow"},
		{name: "presigned", how: how(func(s *signing) { s.presign = true }), want: "allow"},
		{name: "an escaped path", target: "/pets/a%20b%2Fc", how: how(), want: "allow"},
		{name: "a query", target: "/pets?b=2&a=1&a=%20x", how: how(), want: "allow"},
		{name: "a body", verb: "GET", target: "/pets", body: "hello", how: how(), want: "allow"},
		{name: "replayed while it is current", how: how(), late: 5 * time.Minute, want: "allow"},
		{name: "a method that the policy does not name", target: "/dogs", how: how(), want: "implicit deny"},
		{name: "a verb that the policy does not name", verb: "POST", how: how(), want: "implicit deny"},
		{name: "a path that leads elsewhere", target: "/pets/%2e%2e/dogs", how: how(), want: "implicit deny"},
		{name: "a user without a policy", how: how(key("AKIDNOBODY")), want: "implicit deny"},
		{name: "root", how: how(key("AKIDROOT")), want: "allow"},
		{name: "a session, by what it is", how: how(session("ASIASESSION")), want: "allow"},
		{name: "a body that was decoded is signed as sent", target: "/pets", body: "hello", how: how(), attack: func(x *message.Exchange) {
			x.Request.SentBody, x.Request.Body = x.Request.Body, []byte("decoded")
		}, want: "allow"},
		{name: "a verb that was overridden is signed as sent", verb: "POST", how: how(), attack: func(x *message.Exchange) {
			x.Request.SentMethod, x.Request.Method = "POST", "GET"
		}, want: "allow"},

		// No signature.
		{name: "unsigned", how: how(), attack: remove("Authorization"), want: "Missing Authentication Token", errorType: "MISSING_AUTHENTICATION_TOKEN"},
		{name: "a bearer token", how: how(), attack: set("Authorization", "Bearer x"), want: "Invalid key=value pair (missing equal-sign) in Authorization header", errorType: "DEFAULT_4XX"},
		{name: "another scheme", how: how(), attack: set("Authorization", "Bearer"), want: "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=Bearer", errorType: "DEFAULT_4XX"},
		{name: "no date", how: how(), attack: remove("X-Amz-Date"), want: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 ", errorType: "DEFAULT_4XX"},
		{name: "half a presigned call", how: how(), attack: func(x *message.Exchange) {
			remove("Authorization")(x)
			x.Request.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
		}, want: "AWS query-string parameters must include 'X-Amz-Credential'.", errorType: "DEFAULT_4XX"},
		{name: "signed in both places", how: how(), attack: func(x *message.Exchange) { x.Request.RawQuery = "X-Amz-Signature=x" }, want: "Found both", errorType: "INVALID_SIGNATURE"},

		// A signature for something else.
		{name: "a wrong secret", how: how(func(s *signing) { s.secret = "wrong" }), want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another verb", how: how(), attack: func(x *message.Exchange) { x.Request.Method = "DELETE" }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another path", how: how(), attack: func(x *message.Exchange) { x.Request.Path = "/prod/pets/7" }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another stage", how: how(), attack: func(x *message.Exchange) { x.Request.Path = "/test/pets" }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another query", target: "/pets?limit=1", how: how(), attack: func(x *message.Exchange) { x.Request.RawQuery = "limit=100" }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another body", body: "hello", how: how(), attack: func(x *message.Exchange) { x.Request.Body = []byte("hullo") }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "another API", how: how(), attack: func(x *message.Exchange) { x.Request.Host = "api2.execute-api.us-east-1.amazonaws.com" }, want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "a token that was not signed", how: how(), attack: set("X-Amz-Security-Token", "x"), want: "'x-amz-security-token' must be a 'SignedHeader'", errorType: "INVALID_SIGNATURE"},
		{name: "another key under the signature", how: how(func(s *signing) { s.secret = "wrong" }), attack: edit("AKIDALICE", "AKIDROOT"), want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "signed for another service", how: how(func(s *signing) { s.service = "apigateway" }), want: "Credential should be scoped to correct service: 'execute-api'. ", errorType: "INVALID_SIGNATURE"},
		{name: "signed for another service and region", how: how(func(s *signing) { s.service, s.region = "s3", "eu-west-1" }), want: "Credential should be scoped to a valid region, not 'eu-west-1'. Credential should be scoped to correct service: 'execute-api'. ", errorType: "INVALID_SIGNATURE"},
		{name: "the scope edited", how: how(func(s *signing) { s.service = "s3" }), attack: edit("/s3/", "/execute-api/"), want: mismatch, errorType: "INVALID_SIGNATURE"},

		// Time.
		{name: "ten minutes old", how: how(), late: 10 * time.Minute, want: "Signature expired: 20260131T120000Z is now earlier than 20260131T120500Z (20260131T121000Z - 5 min.)", errorType: "INVALID_SIGNATURE"},
		{name: "ten minutes ahead", how: how(), late: -10 * time.Minute, want: "Signature not yet current: ", errorType: "INVALID_SIGNATURE"},
		{name: "old, with a new date", how: how(), late: 10 * time.Minute, attack: set("X-Amz-Date", "20260131T121000Z"), want: mismatch, errorType: "INVALID_SIGNATURE"},
		{name: "presigned, too old", how: how(func(s *signing) { s.presign = true }), late: 16 * time.Minute, want: "Signature expired: ", errorType: "INVALID_SIGNATURE"},

		// Who.
		{name: "an unknown key", how: how(key("AKIDUNKNOWN")), want: invalidToken, errorType: "DEFAULT_4XX"},
		{name: "a session without its token", how: how(key("ASIASESSION")), want: invalidToken, errorType: "DEFAULT_4XX"},
		{name: "a session with another token", how: how(key("ASIASESSION"), func(s *signing) { s.token = "other" }), want: invalidToken, errorType: "DEFAULT_4XX"},
		{name: "a user with a token", how: how(func(s *signing) { s.token = "token" }), want: invalidToken, errorType: "DEFAULT_4XX"},
		{name: "a session that is over", how: how(session("ASIASESSION"), func(s *signing) { s.at = noon.Add(time.Hour) }), late: time.Hour, want: "The security token included in the request is expired", errorType: "EXPIRED_TOKEN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.verb == "" {
				c.verb = "GET"
			}
			if c.target == "" {
				c.target = "/pets"
			}
			x := signed(t, c.verb, c.target, c.body, c.how)
			if c.attack != nil {
				c.attack(x)
			}
			got, err := authorizeAt(t, everybody(), noon.Add(c.late), x)
			errorType := ""
			if e, ok := errors.AsType[*gatewayresponse.Error](err); ok {
				got, errorType = e.Error(), e.Type()
			}
			if !strings.HasPrefix(got, c.want) || errorType != c.errorType {
				t.Errorf("%s %s, want %s %s", errorType, got, c.errorType, c.want)
			}
			if err != nil && x.Identity != (message.Identity{}) {
				t.Errorf("a caller who was refused is shown as %+v", x.Identity)
			}
		})
	}
}

// Without keys nobody gets in, and the operator is told why.
func TestWithoutIdentities(t *testing.T) {
	var log bytes.Buffer
	a := New(Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&log, nil))})
	x := signed(t, "GET", "/pets", "", how())
	c, err := policy.NewCall(x, stage, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authorize(context.Background(), x, c); !errors.Is(err, gatewayresponse.UnrecognizedClient) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(log.String(), "no access keys are known here; name them with --credentials") {
		t.Errorf("the log says %q", log.String())
	}
	// A key without a secret is no key: its secret would be known to everybody.
	if _, err := authorizeAt(t, people{"AKIDALICE": {Policy: Everything{}}}, noon, signed(t, "GET", "/pets", "", how(func(s *signing) { s.secret = "" }))); !errors.Is(err, gatewayresponse.UnrecognizedClient) {
		t.Errorf("a key without a secret: %v", err)
	}
}

// What is shown of the caller. Source: developer guide, "Variables for data transformations for API Gateway".
func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		key  string
		how  signing
		want message.Identity
	}{
		{"AKIDALICE", how(), message.Identity{
			AccountID: "111111111111", AccessKey: "AKIDALICE", Caller: "AIDAALICE", User: "AIDAALICE",
			UserARN: "arn:aws:iam::111111111111:user/alice", PrincipalOrgID: "o-1",
		}},
		{"ASIAPOOL", how(session("ASIAPOOL")), message.Identity{
			AccountID: "111111111111", AccessKey: "ASIAPOOL", Caller: "AROAGUEST:CognitoIdentityCredentials", User: "AROAGUEST:CognitoIdentityCredentials",
			UserARN:                       "arn:aws:sts::111111111111:assumed-role/guest/CognitoIdentityCredentials",
			CognitoAuthenticationProvider: "graph.facebook.com", CognitoAuthenticationType: "authenticated",
			CognitoIdentityID: "us-east-1:1", CognitoIdentityPoolID: "us-east-1:2",
		}},
	} {
		x := signed(t, "GET", "/pets", "", c.how)
		if _, err := authorizeAt(t, everybody(), noon, x); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, x.Identity); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.key, diff)
		}
	}
}
