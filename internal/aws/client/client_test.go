package client

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/sigv4"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// wire is a Transport that notes what it is sent, and answers what the test says.
type wire struct {
	mu     sync.Mutex
	sent   []*http1.UpstreamRequest
	answer func(req *http1.UpstreamRequest, resp *message.Response) error
}

func (w *wire) Do(req *http1.UpstreamRequest, _ time.Time, resp *message.Response) error {
	w.mu.Lock()
	clone := *req
	w.sent = append(w.sent, &clone)
	w.mu.Unlock()
	resp.Status = 200
	if w.answer != nil {
		return w.answer(req, resp)
	}
	return nil
}

// keyring are the keys of the tests, for all that want any.
type keyring map[string]sigv4.Key

func (k keyring) SigningKey(id string) (sigv4.Key, bool) {
	key, ok := k[id]
	return key, ok
}

var keys = keyring{"OWN": {Secret: "own"}, "CALLER": {Secret: "caller", SessionToken: "t"}, "ROLE": {Secret: "role", SessionToken: "r"}}

type own struct{ id string }

func (o own) Retrieve(context.Context, bool) (aws.Credentials, error) {
	if o.id == "" {
		return aws.Credentials{}, errNoCredentials
	}
	return aws.Credentials{AccessKeyID: o.id, SecretAccessKey: keys[o.id].Secret}, nil
}

type roles map[string]error

func (r roles) Assume(_ context.Context, role, service, session string) (aws.Credentials, bool, error) {
	err, known := r[role]
	if service != "apigateway.amazonaws.com" || session != "BackplaneAssumeRoleSession" {
		return aws.Credentials{}, true, errors.New("not API Gateway")
	}
	return aws.Credentials{AccessKeyID: "ROLE", SecretAccessKey: keys["ROLE"].Secret, SessionToken: "r"}, known, err
}

func endpoints(t *testing.T, texts ...string) Endpoints {
	t.Helper()
	e, err := ParseEndpoints(texts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func call(service, method, path, query string) *awsservice.Call {
	return &awsservice.Call{
		Partition: "aws", Region: "eu-west-1", Service: service, Method: method, Path: path, RawQuery: query,
		Header: message.Pairs{{Name: "Accept", Value: "application/json"}, {Name: "x-amzn-apigateway-api-id", Value: "abc"}},
		Body:   []byte("body"), Deadline: time.Now().Add(time.Hour),
	}
}

// verified is whose key signed what was sent, "" for no signature. The check is that of Postern's own front door.
func verified(t *testing.T, req *http1.UpstreamRequest, service, region string) string {
	t.Helper()
	path, query, _ := strings.Cut(req.Target, "?")
	if _, ok := req.Header.GetFold("Authorization"); !ok {
		return ""
	}
	verifier := sigv4.NewVerifier(keys, sigv4.Options{Now: func() time.Time { return noon }})
	signature, err := verifier.Verify(&message.Request{
		Method: req.Method, Target: req.Target, Path: path, RawQuery: query, Host: req.Host,
		Header: append(message.Pairs{{Name: "Host", Value: req.Host}}, req.Header...), Body: req.Body, RemoteAddr: netip.AddrPort{},
	}, sigv4.Scope{Service: service, Region: region})
	if err != nil {
		t.Errorf("%s %s: the signature is bad: %v", req.Method, req.Target, err)
	}
	return signature.AccessKeyID
}

// Where calls go and how they are signed. Source: AWS general reference, "AWS service endpoints".
func TestCallsReachTheirEndpoint(t *testing.T) {
	tests := []struct {
		name      string
		endpoints []string
		change    func(c *awsservice.Call)
		call      *awsservice.Call
		want      string // METHOD address host target
		signed    string // service region
	}{
		{"a regional service", nil, nil, call("sqs", "POST", "/1/q", ""), "POST https://sqs.eu-west-1.amazonaws.com sqs.eu-west-1.amazonaws.com /1/q", "sqs eu-west-1"},
		{"a query is sent as it was signed", nil, nil, call("ssm", "GET", "/", "Name=%2Fa&Action=X"), "GET https://ssm.eu-west-1.amazonaws.com ssm.eu-west-1.amazonaws.com /?Action=X&Name=%2Fa", "ssm eu-west-1"},
		{"a path that is encoded", nil, nil, call("execute-api", "GET", "/a%20b/c", ""), "GET https://execute-api.eu-west-1.amazonaws.com execute-api.eu-west-1.amazonaws.com /a%20b/c", "execute-api eu-west-1"},
		{"another signing name", nil, nil, call("email", "POST", "/", ""), "POST https://email.eu-west-1.amazonaws.com email.eu-west-1.amazonaws.com /", "ses eu-west-1"},
		{"a global service", nil, nil, call("iam", "POST", "/", ""), "POST https://iam.amazonaws.com iam.amazonaws.com /", "iam us-east-1"},
		{"another partition", nil, func(c *awsservice.Call) { c.Partition, c.Region = "aws-cn", "cn-north-1" }, call("sqs", "POST", "/", ""), "POST https://sqs.cn-north-1.amazonaws.com.cn sqs.cn-north-1.amazonaws.com.cn /", "sqs cn-north-1"},
		{"a subdomain", nil, func(c *awsservice.Call) { c.Subdomain = "data" }, call("iot", "POST", "/", ""), "POST https://data.iot.eu-west-1.amazonaws.com data.iot.eu-west-1.amazonaws.com /", "iotdata eu-west-1"},
		{"an endpoint for all", []string{"http://127.0.0.1:5000"}, nil, call("sqs", "POST", "/q", ""), "POST http://127.0.0.1:5000 127.0.0.1:5000 /q", "sqs eu-west-1"},
		{"an endpoint with a path", []string{"sqs=https://aws.local/base/"}, nil, call("sqs", "POST", "/q", ""), "POST https://aws.local aws.local /base/q", "sqs eu-west-1"},
		{"an endpoint for another service", []string{"sns=http://127.0.0.1:5000"}, nil, call("sqs", "POST", "/q", ""), "POST https://sqs.eu-west-1.amazonaws.com sqs.eu-west-1.amazonaws.com /q", "sqs eu-west-1"},
		{"AWS itself", []string{"http://127.0.0.1:5000", "sqs=aws"}, nil, call("sqs", "POST", "/q", ""), "POST https://sqs.eu-west-1.amazonaws.com sqs.eu-west-1.amazonaws.com /q", "sqs eu-west-1"},
		{"a subdomain on an endpoint", []string{"http://127.0.0.1:5000"}, func(c *awsservice.Call) { c.Subdomain = "api1" }, call("execute-api", "GET", "/s", ""), "GET http://127.0.0.1:5000 api1.execute-api.eu-west-1.amazonaws.com /s", "execute-api eu-west-1"},
		{"a mapped Host", nil, func(c *awsservice.Call) { c.Header.Add("Host", "h") }, call("sqs", "POST", "/", ""), "POST https://sqs.eu-west-1.amazonaws.com h /", "sqs eu-west-1"},
	}
	for _, tt := range tests {
		w := &wire{}
		c := New(Options{Transport: w, Endpoints: endpoints(t, tt.endpoints...), Own: own{"OWN"}, Now: func() time.Time { return noon }})
		if tt.change != nil {
			tt.change(tt.call)
		}
		if err := c.Do(t.Context(), tt.call, &message.Response{}); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		req := w.sent[0]
		got := req.Method + " " + req.Address.String() + " " + req.Host + " " + req.Target
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		service, region, _ := strings.Cut(tt.signed, " ")
		if who := verified(t, req, service, region); who != "OWN" {
			t.Errorf("%s: signed by %q", tt.name, who)
		}
	}
}

// S3 signs a path as it is sent, and wants the body's hash. Source: IAM user guide, "Create a signed AWS API request".
func TestS3IsToldTheHashOfTheBody(t *testing.T) {
	w := &wire{}
	c := New(Options{Transport: w, Own: own{"OWN"}, Now: func() time.Time { return noon }})
	if err := c.Do(t.Context(), call("s3", "PUT", "/b/a%20b", ""), &message.Response{}); err != nil {
		t.Fatal(err)
	}
	if hash, _ := w.sent[0].Header.GetFold("X-Amz-Content-Sha256"); hash != "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5" {
		t.Errorf("X-Amz-Content-Sha256 is %q", hash)
	}
}

// In whose name a call is made. Source: API Gateway API reference, Integration, credentials.
func TestPrincipals(t *testing.T) {
	const role = "arn:aws:iam::111111111111:role/r"
	sts := func(status int) func(*http1.UpstreamRequest, *message.Response) error {
		return func(req *http1.UpstreamRequest, resp *message.Response) error {
			if !strings.HasPrefix(req.Host, "sts.") {
				return nil
			}
			resp.Status = status
			resp.Body = []byte(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>` +
				`<AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>role</SecretAccessKey><SessionToken>r</SessionToken>` +
				`<Expiration>2026-01-31T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
			return nil
		}
	}
	tests := []struct {
		name      string
		principal integration.Principal
		options   Options
		answer    func(*http1.UpstreamRequest, *message.Response) error
		want      string // who signed, "refused" when nobody could
	}{
		{"nobody, with keys of its own", integration.Principal{}, Options{Own: own{"OWN"}}, nil, "OWN"},
		{"nobody, without", integration.Principal{}, Options{Own: own{}}, nil, ""},
		{"a role that is kept here", integration.Principal{Role: role}, Options{Roles: roles{role: nil}}, nil, "ROLE"},
		{"a role kept here that refuses", integration.Principal{Role: role}, Options{Own: own{"OWN"}, Roles: roles{role: errors.New("no trust")}}, sts(200), "refused"},
		{"a role that STS gives", integration.Principal{Role: role}, Options{Own: own{"OWN"}, Roles: roles{}}, sts(200), "ROLE"},
		{"a role that STS refuses", integration.Principal{Role: role}, Options{Own: own{"OWN"}}, sts(403), "refused"},
		{"a role, and no keys to ask STS with", integration.Principal{Role: role}, Options{Own: own{}}, sts(200), "refused"},
		{"what is no role", integration.Principal{Role: "arn:aws:iam::1:user/u"}, Options{Own: own{"OWN"}}, sts(200), "refused"},
		{"the caller", integration.Principal{Caller: &message.Identity{AccessKey: "CALLER"}}, Options{Own: own{"OWN"}, Callers: keys}, nil, "CALLER"},
		{"a caller whose keys are not known", integration.Principal{Caller: &message.Identity{AccessKey: "X"}}, Options{Own: own{"OWN"}, Callers: keys}, nil, "refused"},
		{"a caller who did not sign", integration.Principal{Caller: &message.Identity{}}, Options{Own: own{"OWN"}, Callers: keys}, nil, "refused"},
	}
	for _, tt := range tests {
		w := &wire{answer: tt.answer}
		tt.options.Transport, tt.options.Now = w, func() time.Time { return noon }
		in := call("sqs", "POST", "/", "")
		in.Principal = tt.principal
		err := New(tt.options).Do(t.Context(), in, &message.Response{})
		if refused, ok := errors.AsType[*integration.RoleError](err); ok {
			if tt.want != "refused" || tt.principal.Caller == nil && refused.Role != tt.principal.Role {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil || tt.want == "refused" {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			continue
		}
		if who := verified(t, w.sent[len(w.sent)-1], "sqs", "eu-west-1"); who != tt.want {
			t.Errorf("%s: signed by %q, want %q", tt.name, who, tt.want)
		}
	}
}

// An endpoint that stands in AWS's place gets a signature even from a process without keys: it tells the service by it.
func TestStandInsAreSignedForAnyhow(t *testing.T) {
	w := &wire{}
	c := New(Options{Transport: w, Endpoints: endpoints(t, "http://127.0.0.1:5000"), Own: own{}, Now: func() time.Time { return noon }})
	if err := c.Do(t.Context(), call("sqs", "POST", "/", ""), &message.Response{}); err != nil {
		t.Fatal(err)
	}
	if value, _ := w.sent[0].Header.GetFold("Authorization"); !strings.Contains(value, "Credential=test/20260131/eu-west-1/sqs/aws4_request") {
		t.Errorf("Authorization is %q", value)
	}
}

// localService answers sts and logs in the process.
type localService struct{ got []*message.Request }

func (l *localService) Has(service string) bool { return service == "logs" || service == "sts" }

func (l *localService) Serve(_ context.Context, req *message.Request, resp *message.Response) {
	l.got = append(l.got, req)
	resp.Status = 201
}

func TestServicesOfThisProcess(t *testing.T) {
	w, local := &wire{}, &localService{}
	c := New(Options{Transport: w, Local: local, Own: own{"OWN"}, Roles: roles{"arn:aws:iam::1:role/r": nil}, Endpoints: endpoints(t, "events=http://127.0.0.1:1")})
	for _, service := range []string{"logs", "sqs", "events"} {
		in := call(service, "POST", "/p", "b=1&a=2")
		in.Principal.Role = "arn:aws:iam::1:role/r"
		if err := c.Do(t.Context(), in, &message.Response{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(local.got) != 1 || len(w.sent) != 2 {
		t.Fatalf("%d calls were answered here and %d sent, want 1 and 2", len(local.got), len(w.sent))
	}
	got := local.got[0]
	authorization, _ := got.Header.GetFold("Authorization")
	if got.Host != "logs.eu-west-1.amazonaws.com" || got.Path != "/p" || got.RawQuery != "a=2&b=1" || !strings.Contains(authorization, "Credential=ROLE/") {
		t.Errorf("%s %s?%s, Authorization %q", got.Host, got.Path, got.RawQuery, authorization)
	}
	if err := c.Do(t.Context(), call("logs", "POST", "/", ""), &message.Response{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := local.got[1].Header.GetFold("Authorization"); ok {
		t.Error("a call without a role was signed with the process's own keys, which are AWS's")
	}
}

func TestEndpointsThatCannotBe(t *testing.T) {
	for _, texts := range [][]string{
		{"127.0.0.1:5000"},
		{"ftp://h"},
		{"sqs="},
		{"http://h:0"},
		{"http://h:99999"},
		{"http://u:p@h"},
		{"http://h/?a=b"},
		{"aws"},
		{"sqs=http://a", "sqs=http://b"},
	} {
		if _, err := ParseEndpoints(texts); err == nil {
			t.Errorf("%q is taken", texts)
		}
	}
}
