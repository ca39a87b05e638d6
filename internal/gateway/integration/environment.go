package integration

import "postern/internal/apidef"

// Environment is what an integration is compiled with, besides its method: the stage's side of it.
type Environment struct {
	APIID string
	// Variables are the stage variables, with a canary's overrides applied.
	Variables map[string]string
	Binary    BinaryMediaTypes
	// ClientCertificateID names the certificate that the stage presents to backends, "" for none.
	ClientCertificateID string
}

// Timeout is how long an integration may take. Milliseconds; 29,000 when it is not set.
// Source: API Gateway API reference, Integration, timeoutInMillis.
func Timeout(in *apidef.Integration) int {
	if in.TimeoutInMillis > 0 {
		return in.TimeoutInMillis
	}
	return 29000
}
