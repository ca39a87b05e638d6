package gateway

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/program"
)

// The limits on a request, in bytes. Source: developer guide, "Quotas for configuring and running a REST API in API
// Gateway"; the answers to long targets and headers are inferred.
const (
	// MaxBody is the largest request body.
	MaxBody = 10485760
	// MaxHeader bounds all header lines together. The guide's editions say 10240 and, lately, 20480.
	MaxHeader = 10240
	// MaxTarget bounds path and query.
	MaxTarget = 10240

	// What edge-optimized and private APIs take is less.
	maxTargetEdge    = 8192
	maxTargetPrivate = 8192
	maxHeaderPrivate = 8000
)

func checkLimits(req *message.Request) error {
	if len(req.Body) > MaxBody {
		return gatewayresponse.RequestTooLarge
	}
	if err := checkTarget(req, MaxTarget); err != nil {
		return err
	}
	return checkHeader(req, MaxHeader)
}

func checkTarget(req *message.Request, most int) error {
	if len(req.Path)+len(req.RawQuery) > most {
		return gatewayresponse.URITooLong
	}
	return nil
}

func checkHeader(req *message.Request, most int) error {
	size := 0
	for i := range req.Header {
		size += len(req.Header[i].Name) + len(req.Header[i].Value) + len(": \r\n")
	}
	if size > most {
		return gatewayresponse.HeadersTooLarge(most)
	}
	return nil
}

// endpointLimits are the steps that bound what the API's endpoint takes, where that is less than what any takes.
func endpointLimits(d *program.Definition) []Step {
	switch d.Snapshot.RestAPI.EndpointType() {
	case apidef.Edge:
		return []Step{func(_ context.Context, x *message.Exchange) error { return checkTarget(x.Request, maxTargetEdge) }}
	case apidef.Private:
		return []Step{
			func(_ context.Context, x *message.Exchange) error { return checkTarget(x.Request, maxTargetPrivate) },
			func(_ context.Context, x *message.Exchange) error { return checkHeader(x.Request, maxHeaderPrivate) },
		}
	default:
		return nil
	}
}

// Refuse answers a request that a listener did not even read to its end, as Serve answers what is too large: status is
// 413 for the body, 414 for the target and 431 for the header lines.
func (g *Gateway) Refuse(req *message.Request, resp *message.Response, status int) {
	x := &message.Exchange{Request: req, Response: resp}
	identify(x)
	err := gatewayresponse.RequestTooLarge
	switch status {
	case 414:
		err = gatewayresponse.URITooLong
	case 431:
		err = gatewayresponse.HeadersTooLarge(MaxHeader)
	}
	g.fail(x, nil, err)
	resp.Header.Add("x-amzn-RequestId", x.RequestID)
	resp.Header.Add("x-amz-apigw-id", x.ExtendedRequestID)
}
