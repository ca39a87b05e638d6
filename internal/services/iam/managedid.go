package iam

import (
	"crypto/sha256"
	"encoding/base32"
)

// managedID is the unique id of one of AWS's policies: not AWS's own, but the same on every Postern.
func managedID(of string) string {
	sum := sha256.Sum256([]byte(of))
	return policyPrefix + base32.StdEncoding.EncodeToString(sum[:])[:uniqueIDLength]
}
