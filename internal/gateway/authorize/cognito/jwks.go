package cognito

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

const (
	// maxJWKS bounds a set of keys, in bytes.
	maxJWKS = 256 << 10
	// minModulus is the shortest key that RS256 may have, in bits. Source: RFC 7518, section 3.3.
	minModulus = 2048
)

// parseJWKS reads a JSON Web Key Set and gives its keys for RS256 by their ids. Keys for other uses are passed over.
// Source: RFC 7517; Cognito developer guide, "Verifying JSON Web Tokens".
func parseJWKS(document []byte) (map[string]*rsa.PublicKey, error) {
	if len(document) > maxJWKS {
		return nil, fmt.Errorf("the key set has more than %d bytes", maxJWKS)
	}
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	keys := make(map[string]*rsa.PublicKey, len(set.Keys))
	for i := range set.Keys {
		k := &set.Keys[i]
		if !k.signs() {
			continue
		}
		key, err := k.public()
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.ID, err)
		}
		if keys[k.ID] != nil {
			return nil, fmt.Errorf("two keys have the id %q", k.ID)
		}
		keys[k.ID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key for RS256")
	}
	return keys, nil
}

type jwk struct {
	Type      string `json:"kty"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	Modulus   string `json:"n"`
	Exponent  string `json:"e"`
}

func (k *jwk) signs() bool {
	return k.Type == "RSA" && k.ID != "" && (k.Use == "" || k.Use == "sig") && (k.Algorithm == "" || k.Algorithm == "RS256")
}

func (k *jwk) public() (*rsa.PublicKey, error) {
	n, errN := base64.RawURLEncoding.DecodeString(k.Modulus)
	e, errE := base64.RawURLEncoding.DecodeString(k.Exponent)
	if err := errors.Join(errN, errE); err != nil {
		return nil, err
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	if key.N.BitLen() < minModulus || key.N.BitLen() > 16384 {
		return nil, fmt.Errorf("a modulus of %d bits", key.N.BitLen())
	}
	exponent := new(big.Int).SetBytes(e)
	if !exponent.IsInt64() || exponent.Int64() < 3 || exponent.Int64() > 1<<31-1 || exponent.Bit(0) == 0 {
		return nil, errors.New("an exponent that no key has")
	}
	key.E = int(exponent.Int64())
	return key, nil
}
