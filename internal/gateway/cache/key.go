package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// Keys makes the keys of one method's requests: of the cache namespace, the verb, and the values of the cache key
// parameters, and of nothing else that a client sends. Values are told apart however they are cut or repeated, and an
// absent parameter is a value of its own.
//
// Source: developer guide, "Use method or integration parameters as cache keys to index cached responses". That verbs do
// not share entries is inferred: an answer to a GET is none to a POST.
type Keys struct {
	// prefix holds the namespace.
	prefix     []byte
	parameters []parameter
	// mapped are the mappings of those parameters that are integration parameters; nil when there are none.
	mapped *mapping.RequestParameters
}

// parameter is a cache key parameter. It lies in the integration request when mapped is set.
type parameter struct {
	text     string // as declared
	location string
	name     string
	mapped   bool
}

// CompileKeys compiles the cache key of an integration. apart is what keeps its entries from those of others that have the
// same namespace: a canary's from the stage's.
func CompileKeys(in *apidef.Integration, apart string) (*Keys, error) {
	k := &Keys{prefix: appendText(appendText(nil, in.CacheNamespace), apart)}
	mappings := map[string]string{}
	for _, text := range in.CacheKeyParameters {
		e, fault := apidef.ParseExpression(text)
		if fault != 0 {
			return nil, fmt.Errorf("cache key parameter %s: no mapping expression", text)
		}
		p := parameter{text: text, location: single(e.Location), name: e.Name}
		// What is not mapped is what a proxied client sent under the name.
		if expression, ok := in.RequestParameters[text]; ok && e.Source == apidef.IntegrationRequest {
			mappings[text], p.mapped = expression, true
		}
		k.parameters = append(k.parameters, p)
	}
	slices.SortFunc(k.parameters, func(a, b parameter) int { return strings.Compare(a.text, b.text) })
	var err error
	if k.mapped, err = mapping.CompileRequestParameters(mappings); err != nil {
		return nil, fmt.Errorf("cache key: %w", err)
	}
	return k, nil
}

// single is a location without regard to how many values it gives: a key has all of them.
func single(location string) string {
	switch location {
	case apidef.InMultiValueQueryString:
		return apidef.InQueryString
	case apidef.InMultiValueHeader:
		return apidef.InHeader
	}
	return location
}

// Of makes the key of a request. It fails when a parameter is mapped from a body that is not JSON; then nothing is found
// in the cache, and the integration says what is wrong.
func (k *Keys) Of(x *message.Exchange) (Key, error) {
	out := &x.IntegrationRequest
	if k.mapped != nil {
		err := k.mapped.Apply(x)
		defer out.Reset()
		if err != nil {
			return Key{}, err
		}
	}
	b := append(out.Buffer[:0], k.prefix...)
	b = appendText(b, x.Request.Method)
	for i := range k.parameters {
		b = k.parameters[i].append(b, x)
	}
	out.Buffer = b
	return sha256.Sum256(b), nil
}

// append adds the parameter's name and all its values, each behind its length and in their order.
func (p *parameter) append(b []byte, x *message.Exchange) []byte {
	b = appendText(b, p.text)
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, 0)
	count := uint32(0)
	values := p.values(x)
	for i := range values {
		// Headers are found in any case; but a mapping reads the declared spelling only, so that others are told apart.
		if values[i].Name == p.name {
			b = append(b, 0)
		} else if p.location == apidef.InHeader && message.EqualFold(values[i].Name, p.name) {
			b = append(b, 1)
		} else {
			continue
		}
		b = appendText(b, values[i].Value)
		count++
	}
	binary.LittleEndian.PutUint32(b[at:], count)
	return b
}

func (p *parameter) values(x *message.Exchange) message.Pairs {
	switch p.location {
	case apidef.InPath:
		if p.mapped {
			return x.IntegrationRequest.Path
		}
		return x.PathParameters
	case apidef.InQueryString:
		if p.mapped {
			return x.IntegrationRequest.Query
		}
		return x.Query
	}
	if p.mapped {
		return x.IntegrationRequest.Header
	}
	return x.Request.Header
}

func appendText(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s))) //nolint:gosec // requests are bounded
	return append(b, s...)
}
