package http1

import (
	"bytes"
	"cmp"
	"errors"
	"strings"

	"postern/internal/gateway/message"
)

// errIncomplete says that more bytes must arrive.
var errIncomplete = errors.New("the head is incomplete")

// requestLimits bound a request's head, in bytes.
type requestLimits struct {
	target int // the request target
	header int // all field lines with their line ends
}

// parseRequest reads the head at the start of b into req and f and returns its length. The first seen bytes of b were
// tried before. It returns errIncomplete or a *refused; req then holds what was read so far.
func parseRequest(b []byte, seen int, limits requestLimits, req *message.Request, f *fields) (int, error) {
	size := headEnd(b, seen)
	if size == 0 {
		return 0, partialRequest(b, limits, req)
	}
	head := b[:size]
	line := bytes.IndexByte(head, '\r')
	text := string(head)
	tooLong := requestLine(text[:line], limits, req)
	if tooLong == nil && size-line-4 > limits.header {
		tooLong = errHeaderTooLarge
	}
	switch {
	case tooLong != nil && !errors.Is(tooLong, errTargetTooLong) && !errors.Is(tooLong, errHeaderTooLarge):
		return 0, tooLong
	case head[line+1] != '\n':
		return 0, malformed("the request line ends without LF")
	}
	var err error
	req.Header, err = scanFields(head, text, line+2, req.Header, f, false)
	switch {
	case tooLong != nil:
		// Whom the request was for decides how the refusal looks.
		req.Host = cmp.Or(req.Host, f.host)
		return 0, tooLong
	case err != nil:
		return 0, err
	}
	return size, checkRequest(req, f)
}

var (
	errTargetTooLong  = &refused{TargetTooLong, "the request target is too long"}
	errHeaderTooLarge = &refused{HeaderTooLarge, "the header is too large"}
)

// partialRequest judges a head that has not all arrived, so that what can never become valid is not waited for.
func partialRequest(b []byte, limits requestLimits, req *message.Request) error {
	if len(b) == 0 {
		return errIncomplete
	}
	if !tokenChars[b[0]] {
		return malformed("the method is no token")
	}
	if bareLF(b) {
		return malformed("a line of the head ends without CR")
	}
	line := bytes.IndexByte(b, '\r')
	if line < 0 {
		if target := bytes.IndexByte(b, ' ') + 1; len(b)-target > limits.target+len(" HTTP/1.1") {
			return errTargetTooLong
		}
		return errIncomplete
	}
	if len(b)-line-2 > limits.header+2 {
		if err := requestLine(string(b[:line]), limits, req); err != nil {
			return err
		}
		req.Host = cmp.Or(req.Host, arrivedHost(b, line+2))
		return errHeaderTooLarge
	}
	return errIncomplete
}

// arrivedHost is the Host among the whole field lines of a head that has not all arrived; they begin at an offset. Whom the
// request was for decides how the refusal looks.
func arrivedHost(b []byte, at int) string {
	lines := b[:bytes.LastIndex(b, []byte("\r\n"))+2]
	var f fields
	if _, err := scanFields(lines, string(lines), at, nil, &f, false); err != nil {
		return ""
	}
	return f.host
}

// ValidRequest reports whether a request that came by another way than HTTP/1.1 has a method, a target in origin or asterisk
// form and a host that could have come by it.
func ValidRequest(method, target, host string) bool {
	origin := strings.HasPrefix(target, "/") || target == "*" && method == "OPTIONS"
	return token(method) && origin && validTarget(target) && strings.IndexByte(target, '#') < 0 && host != "" && hostChars.all(host)
}

// requestLine reads "METHOD target HTTP/1.1". RFC 9112, 3.
func requestLine(line string, limits requestLimits, req *message.Request) error {
	method := strings.IndexByte(line, ' ')
	if method < 0 || !token(line[:method]) {
		return malformed("the method is no token")
	}
	rest := line[method+1:]
	end := strings.IndexByte(rest, ' ')
	if end < 0 {
		if len(rest) > limits.target {
			return errTargetTooLong
		}
		return malformed("the request line has no version")
	}
	req.Method = line[:method]
	if err := version(rest[end+1:], req); err != nil {
		return err
	}
	if err := target(rest[:end], req); err != nil {
		return err
	}
	if end > limits.target {
		return errTargetTooLong
	}
	return nil
}

// version reads the HTTP version. A minor version above ours is served as 1.1. RFC 9110, 2.5.
func version(text string, req *message.Request) error {
	switch {
	case text == "HTTP/1.1":
		req.Proto = "HTTP/1.1"
	case text == "HTTP/1.0":
		req.Proto = "HTTP/1.0"
	case len(text) != len("HTTP/1.1") || text[:5] != "HTTP/" || text[6] != '.' || !digit(text[5]) || !digit(text[7]):
		return malformed("the request line has no version")
	case text[5] == '1':
		req.Proto = "HTTP/1.1"
	default:
		return &refused{UnknownVersion, "the HTTP version is unknown"}
	}
	return nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// target reads the request target in its origin, absolute or asterisk form; authority form belongs to CONNECT, which
// a gateway does not serve. Bytes above 0x7f are let through as clients send them. RFC 9112, 3.2.
func target(t string, req *message.Request) error {
	if t == "" {
		return malformed("the request target is empty")
	}
	if !validTarget(t) {
		return malformed("the request target holds a control character")
	}
	if strings.IndexByte(t, '#') >= 0 {
		return malformed("the request target holds a fragment")
	}
	req.Target = t
	req.Path, req.RawQuery, _ = strings.Cut(t, "?")
	switch {
	case t[0] == '/':
		return nil
	case t == "*" && req.Method == "OPTIONS":
		return nil
	default:
		return absoluteTarget(req)
	}
}

// absoluteTarget turns "http://host/path" into Host and an origin-form target. The Host header is ignored then.
// RFC 9112, 3.2.2.
func absoluteTarget(req *message.Request) error {
	scheme := strings.Index(req.Path, "://")
	if scheme < 0 || !message.EqualFold(req.Path[:scheme], "http") && !message.EqualFold(req.Path[:scheme], "https") {
		return malformed("the request target is neither a path nor an http URL")
	}
	after := req.Target[scheme+3:]
	end := strings.IndexAny(after, "/?")
	if end < 0 {
		end = len(after)
	}
	host := after[:end]
	if host == "" || !hostChars.all(host) {
		return malformed("the request target has no valid host")
	}
	req.Host = host
	req.Target = after[end:]
	switch {
	case req.Target == "":
		req.Target, req.Path, req.RawQuery = "/", "/", ""
	case req.Target[0] == '?':
		req.Path, req.Target = "/", "/"+req.Target
	default:
		req.Path = req.Path[scheme+3+end:]
	}
	return nil
}

// checkRequest judges what the field lines say together.
func checkRequest(req *message.Request, f *fields) error {
	if f.hosts > 1 {
		return malformed("Host is given twice") // RFC 9112, 3.2
	}
	if f.hosts == 0 && req.Proto == "HTTP/1.1" {
		return malformed("Host is missing") // RFC 9112, 3.2
	}
	if !hostChars.all(f.host) {
		return malformed("Host is invalid") // RFC 9112, 3.2
	}
	if req.Host == "" {
		req.Host = f.host
	}
	if f.lengths > 1 {
		return malformed("Content-Length is given twice") // RFC 9112, 6.3
	}
	if f.codings > 0 {
		if err := checkCoding(req, f); err != nil {
			return err
		}
	}
	if f.expect != "" && !message.EqualFold(f.expect, "100-continue") {
		return &refused{UnmetExpectation, "the expectation is unknown"} // RFC 9110, 10.1.1
	}
	return nil
}

// checkCoding lets through exactly one "chunked". RFC 9112, 6.1 and 6.3.
func checkCoding(req *message.Request, f *fields) error {
	switch {
	case f.lengths > 0:
		return malformed("Transfer-Encoding together with Content-Length")
	case req.Proto != "HTTP/1.1":
		return malformed("Transfer-Encoding in HTTP/1.0")
	case f.codings > 1:
		return malformed("Transfer-Encoding is given twice")
	case message.EqualFold(f.coding, "chunked"):
		return nil
	case strings.HasSuffix(strings.ToLower(f.coding), "chunked"):
		return &refused{UnknownCoding, "the transfer coding is unknown"}
	default:
		return malformed("the last transfer coding is not chunked")
	}
}
