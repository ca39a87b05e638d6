package gateway

import (
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
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
)

func checkLimits(req *message.Request) error {
	if len(req.Body) > MaxBody {
		return gatewayresponse.RequestTooLarge
	}
	if len(req.Path)+len(req.RawQuery) > MaxTarget {
		return gatewayresponse.URITooLong
	}
	size := 0
	for i := range req.Header {
		size += len(req.Header[i].Name) + len(req.Header[i].Value) + len(": \r\n")
	}
	if size > MaxHeader {
		return gatewayresponse.HeadersTooLarge
	}
	return nil
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
		err = gatewayresponse.HeadersTooLarge
	}
	g.fail(x, nil, err)
	resp.Header.Add("x-amzn-RequestId", x.RequestID)
	resp.Header.Add("x-amz-apigw-id", x.ExtendedRequestID)
}
