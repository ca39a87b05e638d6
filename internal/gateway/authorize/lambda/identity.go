package lambda

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"postern/internal/apidef"
	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// source is one expression of an identity source.
type source struct {
	expression string
	kind       apidef.Source
	location   string
	name       string
	// variable is the value of a stage variable, which a compiled stage knows.
	variable string
}

func compileSources(def *apidef.Authorizer, variables map[string]string) ([]source, error) {
	var list []source
	for _, expression := range def.IdentitySources() {
		e, fault := apidef.ParseExpression(expression)
		if fault != 0 {
			return nil, fmt.Errorf("Invalid request identity source expression: %s", expression) //nolint:staticcheck // AWS's words
		}
		list = append(list, source{
			expression: expression, kind: e.Source, location: e.Location, name: e.Name, variable: variables[e.Name],
		})
	}
	return list, nil
}

// value is the source's value, as the event shows it: the last where a header or parameter repeats.
func (s *source) value(x *message.Exchange) string {
	switch {
	case s.kind == apidef.StageVariable:
		return s.variable
	case s.kind == apidef.ContextVariable:
		value, _ := mapping.ContextVariable(x, s.name)
		return value
	case s.location == apidef.InQueryString:
		value, _ := x.Query.Get(s.name)
		return value
	case s.location == apidef.InHeader:
		value, _ := x.Request.Header.GetFold(s.name)
		return value
	}
	return ""
}

// identified tells whether the request has the identity that the authorizer wants. Without one the function is not
// called. An authorizer that caches nothing leaves it to the function, unless it wants a token.
//
// A validation expression must be found in the token, anchored as it is written (inferred from the guide's "^x-[a-z]+").
// Source: API reference, CreateAuthorizer, identitySource and identityValidationExpression.
func (a *Authorizer) identified(x *message.Exchange) bool {
	if !a.token && a.ttl == 0 {
		return true
	}
	for i := range a.sources {
		if a.sources[i].value(x) == "" {
			return false
		}
	}
	if a.pattern == nil {
		return len(a.sources) > 0
	}
	found, err := a.pattern.Find(a.sources[0].value(x), 0)
	return err == nil && found != nil
}

// Key names a result: a digest of the authorizer's scope and of the caller's identity. No token can be read from it.
type Key [sha256.Size]byte

// key is the key of the caller's result. Every value of a source counts, also those that the event shows second: else
// one caller could have another's result by sending both identities.
func (a *Authorizer) key(x *message.Exchange) Key {
	buffer := make([]byte, 0, 2048)
	buffer = append(buffer, a.scope[:]...)
	for i := range a.sources {
		s := &a.sources[i]
		switch s.location {
		case apidef.InHeader:
			buffer = appendValues(buffer, x.Request.Header, s.name, message.EqualFold)
		case apidef.InQueryString:
			buffer = appendValues(buffer, x.Query, s.name, func(a, b string) bool { return a == b })
		default:
			buffer = appendValue(buffer, s.value(x))
		}
		buffer = append(buffer, 0xff, 0xff, 0xff, 0xff) // longer than any value
	}
	return sha256.Sum256(buffer)
}

func appendValues(dst []byte, from message.Pairs, name string, equal func(a, b string) bool) []byte {
	for i := range from {
		if equal(from[i].Name, name) {
			dst = appendValue(dst, from[i].Value)
		}
	}
	return dst
}

func appendValue(dst []byte, value string) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(value))) //nolint:gosec // a request is shorter
	return append(dst, value...)
}
