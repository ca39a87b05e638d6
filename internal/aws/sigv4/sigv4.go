// Package sigv4 verifies AWS Signature Version 4.
//
// What comes in: a request as it arrived, the service that it reached, and a way to look up secrets by access key. What
// goes out: the Signature, so whose key signed the request and for which day, region and service, or the *awserr.Error
// that AWS answers. It never signs, never decides what a caller may do, and never tells secrets apart in a time that
// depends on them.
//
// A signature covers the verb, the path, the whole query, the host, every x-amz-* header, the other headers that the
// client chose, and the payload. It has no nonce: as at AWS, the same request is good again until its time is up.
//
// Source: IAM user guide, "AWS Signature Version 4 for API requests" and "Create a signed AWS API request".
package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"postern/internal/aws/awserr"
	"postern/internal/gateway/message"
)

const algorithm = "AWS4-HMAC-SHA256"

// DefaultSkew is how far a request's date may be from the clock, either way.
// Source: API Gateway's own refusals, "... (20201027T130007Z - 5 min.)".
const DefaultSkew = 5 * time.Minute

// Key is what an access key signs with.
type Key struct {
	Secret string
	// SessionToken is empty for long-term keys. A request must carry exactly this token.
	SessionToken string
	// Expires is when a temporary key stops being good; zero means never.
	Expires time.Time
}

// Keys looks secrets up. It is called by many requests at once.
type Keys interface {
	// SigningKey gives the key with this id; ok is false when there is none.
	SigningKey(accessKeyID string) (key Key, ok bool)
}

// Scope is where a request arrived.
type Scope struct {
	// Service is the signing name, "apigateway", "execute-api".
	Service string
	// Region is the endpoint's; empty accepts whichever the request was signed for.
	Region string
}

// Signature is what a good signature proves.
type Signature struct {
	AccessKeyID string
	Region      string
	Service     string
	// Time is the request's own, X-Amz-Date.
	Time time.Time
	// Presigned is true when the signature stood in the query string.
	Presigned bool
}

// Options of a Verifier.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Skew bounds how old, or how far ahead, a request's date may be; 0 means DefaultSkew. A presigned request with
	// X-Amz-Expires may be as old as that says.
	Skew time.Duration
}

// Verifier verifies requests. It may be used by many at once.
type Verifier struct {
	keys    Keys
	now     func() time.Time
	skew    time.Duration
	derived derivedKeys
}

// NewVerifier gives a verifier of requests signed with one of keys.
func NewVerifier(keys Keys, o Options) *Verifier {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Skew == 0 {
		o.Skew = DefaultSkew
	}
	return &Verifier{keys: keys, now: o.Now, skew: o.Skew}
}

// Verify checks the request's signature, in the order that AWS's services check it: the parts are there, the date is
// current, the host and what else must be signed is, the algorithm and the credential scope are right, the access key
// is known, the signature is the one that its secret makes, the session token is the key's.
// Every error is an *awserr.Error with the code MissingAuthenticationToken, IncompleteSignature, InvalidSignature,
// UnrecognizedClient or ExpiredToken.
// Source: the order, observed at DynamoDB, is public in the sources of dynalite.
func (v *Verifier) Verify(req *message.Request, scope Scope) (Signature, error) {
	return v.VerifyBy(v.keys, req, scope)
}

// VerifyBy is Verify with other keys than the verifier's own, for callers who want to know whose key was found.
func (v *Verifier) VerifyBy(keys Keys, req *message.Request, scope Scope) (Signature, error) {
	c, err := claimOf(req)
	if err != nil {
		return Signature{}, err
	}
	now := v.now().UTC()
	at, err := c.current(now, v.skew)
	if err != nil {
		return Signature{}, err
	}
	if err := c.checkSignedHeaders(req); err != nil {
		return Signature{}, err
	}
	if c.algorithm != algorithm {
		return Signature{}, awserr.IncompleteSignature.Errorf("Unsupported AWS 'algorithm': '%s' (only AWS4-HMAC-SHA256 for now). ", c.algorithm)
	}
	cred, err := parseCredential(c.credential)
	if err != nil {
		return Signature{}, err
	}
	if err := cred.check(scope, at); err != nil {
		return Signature{}, err
	}
	key, ok := keys.SigningKey(cred.accessKeyID)
	if !ok {
		return Signature{}, awserr.UnrecognizedClient.Errorf("The security token included in the request is invalid.")
	}
	if err := v.compare(req, c, cred, at, key.Secret); err != nil {
		return Signature{}, err
	}
	if err := checkToken(c, key, now); err != nil {
		return Signature{}, err
	}
	return Signature{cred.accessKeyID, cred.region, cred.service, at, c.presigned}, nil
}

// compare makes the signature that the request should have. A path that is not in its shortest form may be signed as it
// stands (the SDKs for Go and Java) or in its shortest form (the guide, the SDK for Python).
func (v *Verifier) compare(req *message.Request, c *claim, cred credential, at time.Time, secret string) error {
	payload, err := payloadHash(req, cred.service)
	if err != nil {
		return err
	}
	key, cached := v.derived.key(secret, cred)
	asSent := canonicalRequest(req, c, req.Path, payload)
	toSign := stringToSign(asSent, cred, at)
	good := sameSignature(key, toSign, c.signature)
	if shortest := shortestPath(req.Path); shortest != req.Path {
		other := stringToSign(canonicalRequest(req, c, shortest, payload), cred, at)
		good |= sameSignature(key, other, c.signature)
	}
	if good != 1 {
		return awserr.InvalidSignature.Errorf("The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."+
			"\n\nThe Canonical String for this request should have been\n'%s'\n\nThe String-to-Sign should have been\n'%s'\n", asSent, toSign)
	}
	// Only what was signed by somebody with the secret is remembered, so that nobody else can push keys out.
	if !cached {
		v.derived.remember(secret, cred, key)
	}
	return nil
}

// sameSignature is 1 when signature is that of toSign, in hexadecimal.
func sameSignature(key [sha256.Size]byte, toSign []byte, signature string) int {
	mac := hmacSHA256(key[:], toSign)
	var want [2 * sha256.Size]byte
	hex.Encode(want[:], mac[:])
	return subtle.ConstantTimeCompare(want[:], []byte(signature))
}

// checkToken checks the session token that came with a good signature.
func checkToken(c *claim, key Key, now time.Time) error {
	if subtle.ConstantTimeCompare([]byte(c.token), []byte(key.SessionToken)) != 1 {
		return awserr.UnrecognizedClient.Errorf("The security token included in the request is invalid.")
	}
	if !key.Expires.IsZero() && !now.Before(key.Expires) {
		return awserr.ExpiredToken.Errorf("The security token included in the request is expired")
	}
	return nil
}
