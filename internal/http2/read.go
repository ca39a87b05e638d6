package http2

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// read fills x.req. It returns why the request is refused, or an error when the client is gone.
func (x *exchange) read() (http1.Refusal, error) {
	r, of := x.r, x.server.of
	x.req.Method, x.req.Proto, x.req.Host = r.Method, "HTTP/2.0", r.Host
	if remote, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		x.req.RemoteAddr = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	}
	x.req.Target = r.RequestURI
	x.req.Path, x.req.RawQuery, _ = strings.Cut(r.RequestURI, "?")
	size := x.readHeader()
	switch {
	case !http1.ValidRequest(r.Method, r.RequestURI, r.Host), !x.oneHost():
		return http1.Malformed, nil
	case len(r.RequestURI) > of.MaxTarget:
		return http1.TargetTooLong, nil
	case size > of.MaxHeader:
		return http1.HeaderTooLarge, nil
	case r.Header.Get("Expect") != "": // but for 100-continue, which net/http sees to
		return http1.UnmetExpectation, nil
	}
	return x.readBody()
}

// readHeader makes the header's list, and returns its size as HTTP/1.1 would have it, in bytes. net/http does not tell the
// order of the fields, so that they are sorted; their names are in lower case, as they were sent, but for two that API
// Gateway writes anew (Lambda developer guide: Tutorial: Using Lambda with API Gateway, the event of a browser's request).
func (x *exchange) readHeader() (size int) {
	add := func(name, value string) {
		x.req.Header.Add(name, value)
		size += len(name) + len(": ") + len(value) + len("\r\n")
	}
	if x.req.Host != "" {
		add("Host", x.req.Host)
	}
	for name, values := range x.r.Header {
		if name == "Host" {
			continue
		}
		if name != "User-Agent" {
			name = strings.ToLower(name)
		}
		for _, value := range values {
			add(name, value)
		}
	}
	slices.SortStableFunc(x.req.Header, func(a, b message.Pair) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return size
}

// oneHost reports whether what the client says of the host is one thing: a field may stand beside :authority, and then is the
// same. RFC 9113, 8.3.1.
func (x *exchange) oneHost() bool {
	fields := x.r.Header["Host"]
	return len(fields) == 0 || len(fields) == 1 && fields[0] == x.r.Host
}

// firstRead is how much memory a body gets at first, in bytes; more follows as it arrives.
const firstRead = 4 << 10

// readBody reads the body into memory that grows with what arrives, not with what was announced.
func (x *exchange) readBody() (http1.Refusal, error) {
	if x.r.ContentLength == 0 {
		return 0, nil
	}
	limit := int64(http1.DefaultMaxBody)
	if ask := x.server.of.MaxBody; ask != nil {
		limit = ask(&x.req)
	}
	if x.r.ContentLength > limit {
		return http1.BodyTooLarge, nil
	}
	body := slices.Grow(x.body[:0], firstRead)
	for {
		x.pace(len(body))
		if len(body) == cap(body) {
			body = slices.Grow(body, len(body))
		}
		n, err := x.r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		x.body, x.req.Body = body, body
		switch {
		case int64(len(body)) > limit:
			return http1.BodyTooLarge, nil
		case err == io.EOF:
			_ = x.control.SetReadDeadline(time.Time{})
			return 0, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return http1.Slow, nil
		case err != nil:
			return 0, err
		}
	}
}

// pace sets the deadline of a body of which received bytes are there.
func (x *exchange) pace(received int) {
	of := x.server.of
	_ = x.control.SetReadDeadline(x.begun.Add(of.BodyTimeout + time.Duration(received/of.MinBodyRate)*time.Second))
}
