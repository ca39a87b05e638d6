package lambda

import (
	"crypto/sha256"
	"encoding/hex"

	"postern/internal/aws/arn"
)

// runtimeVersionARN names the runtime that a version runs on. AWS names a build of its own; ours is named by the
// runtime's identifier.
func runtimeVersionARN(at ref, v *version) string {
	sum := sha256.Sum256([]byte(v.Runtime))
	return "arn:" + arn.Partition(at.scope.Region) + ":lambda:" + at.scope.Region + "::runtime:" + hex.EncodeToString(sum[:])
}

// retired tells whether AWS lets nobody make functions of a runtime any more. Here they are made, and run by the
// interpreter at hand.
// Source: Lambda developer guide, "Deprecated runtimes".
func retired(runtime string) bool {
	switch runtime {
	case "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",
		"nodejs16.x", "nodejs18.x", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "provided", "go1.x",
		"java8", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "ruby2.5", "ruby2.7":
		return true
	}
	return false
}
