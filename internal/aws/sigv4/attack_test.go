package sigv4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

const (
	mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access " +
		"Key and signing method. Consult the service documentation for details.\n\nThe Canonical String"
	invalidToken = "The security token included in the request is invalid."
)

// edit replaces text in the Authorization header.
func edit(old, by string) func(*message.Request) {
	return func(r *message.Request) {
		value, _ := r.Header.GetFold("Authorization")
		r.Header.SetFold("Authorization", strings.Replace(value, old, by, 1))
	}
}

func authorization(value string) func(*message.Request) {
	return func(r *message.Request) { r.Header.SetFold("Authorization", value) }
}

func header(name, value string) func(*message.Request) {
	return func(r *message.Request) { r.Header.SetFold(name, value) }
}

func without(name string) func(*message.Request) {
	return func(r *message.Request) { r.Header.DelFold(name) }
}

// editQuery replaces text in the query.
func editQuery(old, by string) func(*message.Request) {
	return func(r *message.Request) { r.RawQuery = strings.Replace(r.RawQuery, old, by, 1) }
}

// What an attacker may do to a good request, and what AWS answers. Texts: public reports of AWS's answers, as the
// comments of headerClaim and Verify name them; those of API Gateway: knowledge center, "HTTP 403 errors".
func TestRefused(t *testing.T) {
	const incomplete = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
		"Authorization header requires 'SignedHeaders' parameter. "
	for _, c := range []struct {
		name    string
		presign bool
		keyID   string        // keyID when empty
		expires string        // X-Amz-Expires of a presigned request
		late    time.Duration // how long after it was signed the request arrives
		scope   Scope         // control when empty
		attack  func(*message.Request)
		code    awserr.Code // zero: verified
		message string      // how the message starts
	}{
		// Good requests.
		{name: "unchanged"},
		{name: "presigned, unchanged", presign: true},
		{name: "temporary key", keyID: tempKeyID},
		{name: "temporary key, presigned", keyID: tempKeyID, presign: true},
		{name: "replayed while it is current", late: 5 * time.Minute},
		{name: "signed ahead of the clock", late: -5 * time.Minute},
		{name: "presigned for an hour, 59 minutes old", presign: true, expires: "3600", late: 59 * time.Minute},
		{name: "the endpoint's own region", scope: Scope{"apigateway", "eu-west-1"}},
		{name: "blanks instead of commas", attack: edit(", ", " ")},
		{name: "commas without blanks", attack: func(r *message.Request) { edit(", ", ",")(r); edit(", ", ",")(r) }},
		{name: "a header that is not signed is free", attack: header("Accept-Language", "de")},
		{name: "CloudFront's header", attack: header("X-Amz-Cf-Id", "abc")},
		{name: "case of header names does not count", attack: func(r *message.Request) {
			date, _ := r.Header.GetFold("X-Amz-Date")
			r.Header.DelFold("X-Amz-Date")
			r.Header.Add("x-AMZ-date", "  "+date+" ")
		}},

		// No signature, or half of one.
		{
			name: "no Authorization", attack: without("Authorization"),
			code: awserr.MissingAuthenticationToken, message: "Missing Authentication Token",
		},
		{
			name: "an empty Authorization", attack: authorization(" "),
			code: awserr.MissingAuthenticationToken, message: "Missing Authentication Token",
		},
		{
			name: "another scheme", attack: authorization("Bearer"), code: awserr.IncompleteSignature,
			message: incomplete + "Authorization=Bearer",
		},
		{
			name: "another scheme and no date", attack: func(r *message.Request) { authorization("Basic eDp5=")(r); without("X-Amz-Date")(r) },
			code: awserr.IncompleteSignature,
			message: incomplete + "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
				"Authorization=Basic eDp5=",
		},
		{
			name: "a bearer token", attack: authorization("Bearer abc"), code: awserr.IncompleteSignature,
			message: "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '",
		},
		{
			name: "no signature", attack: edit("Signature=", "Sig="), code: awserr.IncompleteSignature,
			message: "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=",
		},
		{name: "an empty signature", attack: func(r *message.Request) {
			value, _ := r.Header.GetFold("Authorization")
			r.Header.SetFold("Authorization", value[:strings.Index(value, "Signature=")+len("Signature=")])
		}, code: awserr.IncompleteSignature, message: "Authorization header requires 'Signature' parameter. "},
		{
			name: "two credentials", attack: edit("Credential=", "Credential=AKIDEXAMPLE/20260131/eu-west-1/iam/aws4_request, Credential="),
			code: awserr.IncompleteSignature, message: "Authorization header has more than one 'Credential' parameter. ",
		},
		{
			name: "two Authorization headers", attack: func(r *message.Request) { r.Header.Add("authorization", "AWS4-HMAC-SHA256 Credential=x") },
			code: awserr.IncompleteSignature, message: "Found more than one 'Authorization' HTTP header.",
		},
		{
			name: "signed twice over", attack: editQuery("limit", "X-Amz-Algorithm=AWS4-HMAC-SHA256&limit"), code: awserr.InvalidSignature,
			message: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
		},
		{
			name: "another algorithm", attack: edit("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), code: awserr.IncompleteSignature,
			message: "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
		},
		{
			name: "presigned without its parts", presign: true, attack: func(r *message.Request) { r.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x" },
			code: awserr.IncompleteSignature, message: "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include " +
				"'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
		},
		{
			name: "presigned, a parameter twice", presign: true, attack: editQuery("X-Amz-Date=", "X-Amz-Date=20260131T120000Z&X-Amz-Dat%65="),
			code: awserr.IncompleteSignature, message: "AWS query-string parameters must include 'X-Amz-Date' once.",
		},

		// Time.
		{
			name: "replayed later", late: 10 * time.Minute, code: awserr.InvalidSignature,
			message: "Signature expired: 20260131T120000Z is now earlier than 20260131T120500Z (20260131T121000Z - 5 min.)",
		},
		{
			name: "from the future", late: -6 * time.Minute, code: awserr.InvalidSignature,
			message: "Signature not yet current: 20260131T120000Z is still later than 20260131T115900Z (20260131T115400Z + 5 min.)",
		},
		{
			name: "a replay with a new date", late: 10 * time.Minute, attack: header("X-Amz-Date", "20260131T121000Z"),
			code: awserr.InvalidSignature, message: mismatch,
		},
		{
			name: "a date of another format", attack: header("X-Amz-Date", "2026-01-31"), code: awserr.IncompleteSignature,
			message: "Date must be in ISO-8601 'basic format'. Got '2026-01-31'. See http://en.wikipedia.org/wiki/ISO_8601",
		},
		{
			name: "presigned, too old", presign: true, expires: "90", late: 2 * time.Minute, code: awserr.InvalidSignature,
			message: "Signature expired: 20260131T120000Z is now earlier than 20260131T120030Z (20260131T120200Z - 90 sec.)",
		},
		{
			name: "presigned, lengthened", presign: true, expires: "90", late: 2 * time.Minute, attack: editQuery("X-Amz-Expires=90", "X-Amz-Expires=9000"),
			code: awserr.InvalidSignature, message: mismatch,
		},
		{
			name: "presigned without X-Amz-Expires is good as long as a header", presign: true, late: 10 * time.Minute,
			code: awserr.InvalidSignature, message: "Signature expired: ",
		},
		{
			name: "presigned for more than a week", presign: true, expires: "604801", code: awserr.IncompleteSignature,
			message: "X-Amz-Expires must be less than a week",
		},
		{name: "presigned for no time", presign: true, expires: "0", code: awserr.IncompleteSignature, message: "X-Amz-Expires must be non-negative"},
		{
			name: "presigned for less than no time", presign: true, expires: "-5", code: awserr.IncompleteSignature,
			message: "X-Amz-Expires should be a number",
		},

		// Scope.
		{
			name: "another region", scope: Scope{"apigateway", "us-east-1"}, code: awserr.InvalidSignature,
			message: "Credential should be scoped to a valid region, not 'eu-west-1'. ",
		},
		{
			name: "another service and region", scope: Scope{"execute-api", "us-east-1"}, code: awserr.InvalidSignature,
			message: "Credential should be scoped to a valid region, not 'eu-west-1'. Credential should be scoped to correct service: 'execute-api'. ",
		},
		{
			name: "no region", attack: edit("/eu-west-1/", "//"), code: awserr.InvalidSignature,
			message: "Credential should be scoped to a valid region, not ''. ",
		},
		{name: "moved to another region", attack: edit("/eu-west-1/", "/us-east-1/"), code: awserr.InvalidSignature, message: mismatch},
		{
			name: "another terminator", attack: edit("aws4_request", "aws4"), code: awserr.InvalidSignature,
			message: "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'. ",
		},
		{
			name: "another day", attack: edit("/20260131/", "/20260130/"), code: awserr.InvalidSignature,
			message: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260130' != '20260131', from '20260131T120000Z'.",
		},
		{
			name: "a scope that is cut short", attack: edit("/apigateway/", "/"), code: awserr.IncompleteSignature,
			message: "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20260131/eu-west-1/aws4_request'",
		},

		// Who.
		{name: "an unknown key", attack: edit("AKIDEXAMPLE", "AKIDUNKNOWN"), code: awserr.UnrecognizedClient, message: invalidToken},
		{name: "somebody else's key", attack: edit("AKIDEXAMPLE", tempKeyID), code: awserr.InvalidSignature, message: mismatch},
		{name: "a temporary key without its token", keyID: tempKeyID, attack: func(r *message.Request) {
			without("X-Amz-Security-Token")(r)
			edit(";x-amz-security-token", "")(r)
		}, code: awserr.InvalidSignature, message: mismatch},
		{
			name: "a temporary key with another token", keyID: tempKeyID, attack: header("X-Amz-Security-Token", "other"),
			code: awserr.InvalidSignature, message: mismatch,
		},
		{
			name: "a token that is not signed", attack: header("X-Amz-Security-Token", token), code: awserr.InvalidSignature,
			message: "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{
			name: "an expired key", keyID: "ASIAEXPIRED", code: awserr.ExpiredToken,
			message: "The security token included in the request is expired",
		},

		// What.
		{name: "another verb", attack: func(r *message.Request) { r.Method = "DELETE" }, code: awserr.InvalidSignature, message: mismatch},
		{name: "another path", attack: func(r *message.Request) { r.Path = "/restapis/other" }, code: awserr.InvalidSignature, message: mismatch},
		{name: "an encoded slash decoded", attack: func(r *message.Request) { r.Path = "/tags/arn:aws/b" }, code: awserr.InvalidSignature, message: mismatch},
		{name: "another letter encoded", attack: func(r *message.Request) { r.Path = "/%74ags/arn%3Aaws%2Fb" }, code: awserr.InvalidSignature, message: mismatch},
		{
			name: "another host", attack: func(r *message.Request) { r.Host = "apigateway.us-east-1.amazonaws.com" },
			code: awserr.InvalidSignature, message: mismatch,
		},
		{name: "another parameter", attack: editQuery("limit=5", "limit=6"), code: awserr.InvalidSignature, message: mismatch},
		{name: "one parameter more", attack: editQuery("limit=5", "limit=5&mode=overwrite"), code: awserr.InvalidSignature, message: mismatch},
		{name: "one parameter less", attack: func(r *message.Request) { r.RawQuery = "" }, code: awserr.InvalidSignature, message: mismatch},
		{
			name: "presigned, one parameter more", presign: true, attack: editQuery("limit=5", "limit=5&mode=overwrite"),
			code: awserr.InvalidSignature, message: mismatch,
		},
		{name: "another signed header", attack: header("Content-Type", "text/plain"), code: awserr.InvalidSignature, message: mismatch},
		{
			name: "a signed header twice", attack: func(r *message.Request) { r.Header.Add("Content-Type", "text/plain") },
			code: awserr.InvalidSignature, message: mismatch,
		},
		{name: "a signed header less", attack: without("Content-Type"), code: awserr.InvalidSignature, message: mismatch},
		{
			name: "the host taken out of the list", attack: edit("host;", ""), code: awserr.InvalidSignature,
			message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{name: "a header taken out of the list", attack: edit("content-type;", ""), code: awserr.InvalidSignature, message: mismatch},
		{
			name: "an x-amz header slipped in", attack: header("X-Amz-Invocation-Type", "Event"), code: awserr.InvalidSignature,
			message: "'x-amz-invocation-type' must be a 'SignedHeader' in the AWS Authorization.",
		},
		{name: "another body", attack: func(r *message.Request) { r.Body = []byte(`{"name":"evil"}`) }, code: awserr.InvalidSignature, message: mismatch},
		{name: "no body", attack: func(r *message.Request) { r.Body = nil }, code: awserr.InvalidSignature, message: mismatch},
		{name: "a signature in upper case", attack: func(r *message.Request) {
			value, _ := r.Header.GetFold("Authorization")
			head, signature, _ := strings.Cut(value, "Signature=")
			r.Header.SetFold("Authorization", head+"Signature="+strings.ToUpper(signature))
		}, code: awserr.InvalidSignature, message: mismatch},
		{name: "a signature that is cut short", attack: func(r *message.Request) {
			value, _ := r.Header.GetFold("Authorization")
			r.Header.SetFold("Authorization", value[:len(value)-1])
		}, code: awserr.InvalidSignature, message: mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := goodRequest(t, signing{c.keyID, "eu-west-1", "apigateway", noon, c.presign}, c.expires)
			if c.attack != nil {
				c.attack(req)
			}
			if c.scope == (Scope{}) {
				c.scope = control
			}
			_, err := verifierAt(noon.Add(c.late)).Verify(req, c.scope)
			if code(err) != c.code || err != nil && !strings.HasPrefix(func() *awserr.Error {
				target := &awserr.Error{}
				_ = errors.As(err, &target)
				return target
			}().Message, c.message) {
				t.Errorf("got %v\nwant %s: %s", err, c.code.Name, c.message)
			}
		})
	}
}

func goodRequest(t testing.TB, s signing, expires string) *message.Request {
	t.Helper()
	const body = `{"name":"pets"}`
	query := "?limit=5&position=a%2Bb+c"
	if expires != "" {
		query += "&X-Amz-Expires=" + expires
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST",
		"http://apigateway.eu-west-1.amazonaws.com/tags/arn%3Aaws%2Fb"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if s.keyID == "" {
		s.keyID = keyID
	}
	return signed(t, r, []byte(body), s)
}

// The payload's hash in a header must be true; what is S3's alone is refused by name.
// Source: S3 API reference, "Authenticating Requests: Using the Authorization Header", for the values.
func TestPayloadHash(t *testing.T) {
	const body, right = "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	for _, c := range []struct{ said, want string }{
		{right, ""},
		{"", "The provided 'x-amz-content-sha256' header does not match what was computed."},
		{strings.Repeat("0", 64), "The provided 'x-amz-content-sha256' header does not match what was computed."},
		{"UNSIGNED-PAYLOAD", "The service 'apigateway' does not support the X-Amz-Content-Sha256 'UNSIGNED-PAYLOAD'. Sign the hash of the whole payload."},
		{
			"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
			"The service 'apigateway' does not support the X-Amz-Content-Sha256 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'. Sign the hash of the whole payload.",
		},
	} {
		r, _ := http.NewRequestWithContext(t.Context(), "PUT", "http://localhost/restapis", strings.NewReader(body))
		r.Header.Set("X-Amz-Content-Sha256", c.said)
		req := signed(t, r, []byte(body), signing{keyID, "eu-west-1", "apigateway", noon, false})
		_, err := verifierAt(noon).Verify(req, control)
		if c.want == "" && err != nil || c.want != "" && (err == nil || func() *awserr.Error {
			target := &awserr.Error{}
			_ = errors.As(err, &target)
			return target
		}().Message != c.want) {
			t.Errorf("%q: %v, want %q", c.said, err, c.want)
		}
	}
}

// The mismatch shows the client what was expected. Source: public report, aws-sdk-js issue 2372.
func TestMismatchShowsCanonicalRequest(t *testing.T) {
	r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://localhost/restapis?limit=5", nil)
	req := signed(t, r, nil, signing{keyID, "eu-west-1", "apigateway", noon, false})
	req.RawQuery = "limit=6"
	_, err := verifierAt(noon).Verify(req, control)
	const want = "\n\nThe Canonical String for this request should have been\n'GET\n/restapis\nlimit=6\nhost:localhost\n" +
		"x-amz-date:20260131T120000Z\n\nhost;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\n" +
		"The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260131T120000Z\n20260131/eu-west-1/apigateway/aws4_request\n"
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("GET", "/restapis", "a=b", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=ab", "20260131T120000Z", "")
	f.Add("GET", "//a/../%2f", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260131%2Fr%2Fapigateway%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Expires=5", "", "", "a")
	f.Add("", "", "%&&=&+%2", "Bearer x", "Sat, 31 Jan 2026 12:00:00 GMT", "\x00")
	v := verifierAt(noon)
	f.Fuzz(func(t *testing.T, method, path, query, authorization, date, body string) {
		req := &message.Request{Method: method, Path: path, RawQuery: query, Host: "h", Body: []byte(body)}
		if authorization != "" {
			req.Header.Add("Authorization", authorization)
		}
		req.Header.Add("X-Amz-Date", date)
		if _, err := v.Verify(req, control); err == nil || code(err).Status == 0 {
			t.Fatalf("nobody signed this: %v", err)
		}
		if again := shortestPath(shortestPath(path)); again != shortestPath(path) {
			t.Fatalf("%q is not the shortest form of %q", shortestPath(path), path)
		}
		once := string(appendCanonicalQuery(nil, query, false))
		if twice := string(appendCanonicalQuery(nil, once, false)); twice != once {
			t.Fatalf("%q became %q and then %q", query, once, twice)
		}
	})
}
