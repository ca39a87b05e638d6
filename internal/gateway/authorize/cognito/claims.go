package cognito

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"postern/internal/gateway/authorize/jsonobject"
	"postern/internal/gateway/message"
)

// claims are those of a token, all of them as texts in the token's order, and apart those that are checked.
type claims struct {
	texts              message.Pairs
	issuer, use, scope string
	audience           []string
	expires, notBefore *jwt.NumericDate
}

var _ jwt.Claims = (*claims)(nil)

// GetExpirationTime implements jwt.Claims, as do the methods below.
func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.expires, nil }

// GetIssuedAt gives nothing: a clock that is a little behind the pool's is no reason to refuse.
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil } //nolint:nilnil // jwt's word for "not there"

// GetNotBefore gives nbf.
func (c *claims) GetNotBefore() (*jwt.NumericDate, error) { return c.notBefore, nil }

// GetIssuer gives iss.
func (c *claims) GetIssuer() (string, error) { return c.issuer, nil }

// GetSubject gives nothing: no subject is asked for.
func (c *claims) GetSubject() (string, error) { return "", nil }

// GetAudience gives aud.
func (c *claims) GetAudience() (jwt.ClaimStrings, error) { return c.audience, nil }

// UnmarshalJSON reads the payload of a token. A claim that stands twice makes it none: which of the two was meant cannot
// be told.
func (c *claims) UnmarshalJSON(payload []byte) error {
	seen := map[string]bool{}
	return jsonobject.Members(payload, func(name string, value json.RawMessage) error {
		if seen[name] {
			return errors.New("a claim stands twice")
		}
		seen[name] = true
		if err := c.check(name, value); err != nil {
			return err
		}
		c.texts.Add(name, text(name, value))
		return nil
	})
}

// check keeps the claims that decide about the token; each must be of the type that it has to be.
func (c *claims) check(name string, value json.RawMessage) (err error) {
	switch name {
	case "iss":
		return json.Unmarshal(value, &c.issuer)
	case "token_use":
		return json.Unmarshal(value, &c.use)
	case "scope":
		return json.Unmarshal(value, &c.scope)
	case "aud":
		var list jwt.ClaimStrings
		err = json.Unmarshal(value, &list)
		c.audience = list
	case "exp":
		c.expires, err = date(value)
	case "nbf":
		c.notBefore, err = date(value)
	}
	return err
}

func date(value json.RawMessage) (*jwt.NumericDate, error) {
	d := new(jwt.NumericDate)
	return d, json.Unmarshal(value, d)
}

// text is a claim as $context.authorizer.claims shows it: exp and iat as Java prints a date, lists with commas between,
// objects as JSON, and everything else as it is written.
// Source: captured events (exp, iat, cognito:groups, identities).
func text(name string, value json.RawMessage) string {
	switch {
	case name == "exp" || name == "iat":
		if seconds, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			return time.Unix(seconds, 0).UTC().Format("Mon Jan 02 15:04:05 UTC 2006")
		}
	case len(value) > 0 && value[0] == '[':
		var items []json.RawMessage
		if json.Unmarshal(value, &items) == nil {
			texts := make([]string, len(items))
			for i, item := range items {
				texts[i] = text("", item)
			}
			return strings.Join(texts, ",")
		}
	}
	return scalar(value)
}

func scalar(value json.RawMessage) string {
	if len(value) > 0 && value[0] == '"' {
		var s string
		if json.Unmarshal(value, &s) == nil {
			return s
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return string(value)
	}
	return compact.String()
}
