package cognito

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"postern/internal/gateway/message"
	"postern/java/regex"
)

// token is a token whose signature, issuer and time were found good. It never changes.
type token struct {
	authorizer message.Authorizer
	use        string
	scopes     []string
	audience   []string
	expires    time.Time
}

func newToken(c *claims) *token {
	return &token{
		authorizer: message.Authorizer{Claims: c.texts}, use: c.use, scopes: strings.Fields(c.scope),
		audience: c.audience, expires: c.expires.Time,
	}
}

func (t *token) hasScope(wanted []string) bool {
	return slices.ContainsFunc(wanted, func(scope string) bool { return slices.Contains(t.scopes, scope) })
}

func (t *token) isFor(audience *regex.Regexp) bool {
	return slices.ContainsFunc(t.audience, func(aud string) bool {
		ok, err := audience.Matches(aud)
		return err == nil && ok
	})
}

// weight is about how much memory a token takes, in bytes.
func (t *token) weight() uint32 {
	n := 512
	for _, c := range t.authorizer.Claims {
		n += 64 + len(c.Name) + len(c.Value)
	}
	return uint32(n) //nolint:gosec // a token is no longer than a header
}

// scope tells the tokens of one authorizer from those of others.
type scope [sha256.Size]byte

// scopeOf is a digest of the stage and of all that makes a token good: other pools or a flush make another scope.
func scopeOf(s Settings, a *Authorizer) scope {
	h := sha256.New()
	parts := []string{s.APIID, s.Stage, s.Authorizer.ID, strconv.FormatInt(s.Generation, 10), strconv.Itoa(s.Authorizer.TTL())}
	for issuer, set := range a.issuers {
		parts = append(parts, issuer+" "+set.location)
	}
	slices.Sort(parts[5:])
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return scope(h.Sum(nil))
}

// key is the digest of a token under a scope.
func (s *scope) key(token string) [sha256.Size]byte {
	buffer := make([]byte, 0, 4096)
	buffer = append(buffer, s[:]...)
	return sha256.Sum256(append(buffer, token...))
}

// DefaultVerifiedSize is how much memory a node spends on tokens that were found good, in bytes.
const DefaultVerifiedSize = 16 << 20

// Verified keeps tokens that were found good, so that a caller's next request costs no public-key operation. A token is
// kept by its digest, for the authorizer's TTL and no longer than it lives.
type Verified struct {
	entries *otter.Cache[[sha256.Size]byte, verified]
}

type verified struct {
	token *token
	ttl   time.Duration
}

// NewVerified makes a cache of about size bytes, DefaultVerifiedSize for 0.
func NewVerified(size uint64) *Verified {
	return &Verified{otter.Must(&otter.Options[[sha256.Size]byte, verified]{
		MaximumWeight:    cmp.Or(size, DefaultVerifiedSize),
		Weigher:          func(_ [sha256.Size]byte, v verified) uint32 { return v.token.weight() },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[[sha256.Size]byte, verified]) time.Duration { return e.Value.ttl }),
	})}
}

func (v *Verified) get(key [sha256.Size]byte) (*token, bool) {
	if v == nil {
		return nil, false
	}
	e, ok := v.entries.GetIfPresent(key)
	return e.token, ok
}

func (v *Verified) put(key [sha256.Size]byte, t *token, ttl time.Duration) {
	if v != nil && ttl > 0 {
		v.entries.Set(key, verified{t, ttl})
	}
}
