package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"sync"
)

func hmacSHA256(key, data []byte) (mac [sha256.Size]byte) {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	h.Sum(mac[:0])
	return mac
}

// derive makes the key that signs for one day, region and service.
// Source: IAM user guide, "Create a signed AWS API request", step 4.
func derive(secret string, c credential) [sha256.Size]byte {
	key := hmacSHA256([]byte("AWS4"+secret), []byte(c.date))
	for _, part := range []string{c.region, c.service, terminator} {
		key = hmacSHA256(key[:], []byte(part))
	}
	return key
}

// maxDerived bounds each of the two generations of derivedKeys.
const maxDerived = 512

// derivedKeys remembers signing keys: they change once a day, and making one costs four times what a signature does. It
// holds two generations; when the young one is full the old one goes.
type derivedKeys struct {
	mu         sync.RWMutex
	young, old map[derivedKey][sha256.Size]byte
}

// derivedKey holds the secret, not its id: a key whose secret was replaced is another key.
type derivedKey struct{ secret, date, region, service string }

// key gives the signing key, and whether it was remembered.
func (d *derivedKeys) key(secret string, c credential) (key [sha256.Size]byte, cached bool) {
	of := derivedKey{secret, c.date, c.region, c.service}
	d.mu.RLock()
	key, young := d.young[of]
	old := false
	if !young {
		key, old = d.old[of]
	}
	d.mu.RUnlock()
	if young || old {
		// What only the old generation has is remembered anew.
		return key, young
	}
	return derive(secret, c), false
}

// remember keeps a signing key.
func (d *derivedKeys) remember(secret string, c credential, key [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.young == nil || len(d.young) >= maxDerived {
		d.young, d.old = make(map[derivedKey][sha256.Size]byte), d.young
	}
	// Clones, since the credential is a part of the request's head, all of which would be kept.
	d.young[derivedKey{secret, strings.Clone(c.date), strings.Clone(c.region), strings.Clone(c.service)}] = key
}
