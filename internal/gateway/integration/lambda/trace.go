package lambda

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// callTrace is the trace id of a call of Lambda, which has a parent and says whether it is sampled; the function's event
// still has the shorter one. Source: recorded AWS answer (TestInvokeMethod), its "lineage" left out; inferred where a
// client sent Root alone.
func callTrace(id string) string {
	parent, sampled := strings.Contains(id, ";Parent="), strings.Contains(id, ";Sampled=")
	if parent && sampled {
		return id
	}
	b := make([]byte, 0, len(id)+len(";Parent=0123456789abcdef;Sampled=0"))
	b = append(b, id...)
	if !parent {
		b = append(b, ";Parent="...)
		var span [8]byte
		binary.BigEndian.PutUint64(span[:], rand.Uint64())
		b = hex.AppendEncode(b, span[:])
	}
	if !sampled {
		b = append(b, ";Sampled=0"...)
	}
	return string(b)
}

// sending writes what Lambda is sent to the execution log, as AWS shows the call of Lambda's own endpoint.
// Source: recorded AWS answer (TestInvokeMethod).
func (f *function) sending(x *message.Exchange, in *Invocation) {
	if !x.Trace.On() {
		return
	}
	header := message.Pairs{
		{Name: "x-amzn-lambda-integration-tag", Value: in.RequestID},
		{Name: "X-Amz-Date", Value: time.Now().UTC().Format("20060102T150405Z")},
		{Name: "x-amzn-apigateway-api-id", Value: f.apiID},
		{Name: "Accept", Value: "application/json"},
		{Name: "User-Agent", Value: f.userAgent},
	}
	if in.Type != "" {
		header.Add("X-Amz-Invocation-Type", string(in.Type))
	}
	header.Add("X-Amz-Source-Arn", in.SourceARN)
	header.Add("X-Amzn-Trace-Id", in.TraceID)
	// A function that is sent nothing gets {}, and the log shows nothing (recorded AWS answer).
	observe.Sending(x, f.url(in), header, x.IntegrationRequest.Body)
}

// url is where AWS would invoke the function.
func (f *function) url(in *Invocation) string {
	version, end := "2015-03-31", "/invocations"
	if f.streaming {
		version, end = "2021-11-15", "/response-streaming-invocations"
	}
	return "https://lambda." + f.region + ".amazonaws.com/" + version + "/functions/" + in.FunctionARN + end
}

// received writes what Lambda answered to the execution log.
func (f *function) received(x *message.Exchange, r *Result, latency time.Duration) {
	if !x.Trace.On() {
		return
	}
	header := message.Pairs{
		{Name: "Date", Value: time.Now().UTC().Format(http.TimeFormat)},
		{Name: "Content-Type", Value: "application/json"},
		{Name: "Content-Length", Value: strconv.Itoa(len(r.Payload))},
		{Name: "Connection", Value: "keep-alive"},
		{Name: "x-amzn-RequestId", Value: r.RequestID},
		{Name: "x-amzn-Remapped-Content-Length", Value: "0"},
	}
	if r.FunctionError != "" {
		header.Add("X-Amz-Function-Error", r.FunctionError)
	}
	for _, h := range r.Header {
		if _, ok := header.GetFold(h.Name); !ok {
			header = append(header, h)
		}
	}
	// Lambda answers the trace id with names in lower case (recorded AWS answer).
	header.Add("X-Amzn-Trace-Id", strings.ToLower(x.TraceID))
	observe.Received(x, r.Status, header, r.Payload, latency)
}
