package integration

import "postern/internal/apidef"

// Environment is what an integration is compiled with, besides its method: the stage's side of it.
type Environment struct {
	// AccountID and Region are the API's.
	AccountID, Region string
	APIID             string
	// Variables are the stage variables, with a canary's overrides applied.
	Variables map[string]string
	Binary    BinaryMediaTypes
	// ClientCertificateID names the certificate that the stage presents to backends, "" for none. ClientCertificate is it,
	// nil also when it is not there.
	ClientCertificateID string
	ClientCertificate   *apidef.ClientCertificate
	// EdgeOptimized tells that the API's endpoint is an edge's, which shortens how long a stream may pause.
	EdgeOptimized bool
}

// Timeout is how long an integration may take. Milliseconds; when it is not set, 29,000, or 300,000 for one that streams.
// Sources: API Gateway API reference, Integration, timeoutInMillis; developer guide, "Stream the integration response for
// your proxy integrations in API Gateway".
func Timeout(in *apidef.Integration) int {
	switch {
	case in.TimeoutInMillis > 0:
		return in.TimeoutInMillis
	case in.ResponseTransferMode == apidef.Stream:
		return 300000
	}
	return 29000
}
