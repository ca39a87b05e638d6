package gateway

import (
	"context"
	"slices"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
	"postern/internal/gateway/program"
)

// edge is what CloudFront does to a request before an edge-optimized API sees it.
func edge(d *program.Definition) []Step {
	if !slices.Contains(d.Snapshot.RestAPI.EndpointConfiguration.Types, apidef.Edge) {
		return nil
	}
	return []Step{edgeNames}
}

// edgeNames spells the headers Authorization and User-Agent, however the client wrote them; the letters of other names stay.
// Recorded AWS answer: a Lambda proxy event of an edge-optimized API whose client sent authorization, user-Agent and tEsT-HEADeR.
func edgeNames(_ context.Context, x *message.Exchange) error {
	for i := range x.Request.Header {
		switch name := &x.Request.Header[i].Name; {
		case message.EqualFold(*name, "Authorization"):
			*name = "Authorization"
		case message.EqualFold(*name, "User-Agent"):
			*name = "User-Agent"
		}
	}
	return nil
}
