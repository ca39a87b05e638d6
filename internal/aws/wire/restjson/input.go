package restjson

import (
	"net/url"
	"strconv"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire/jsonwire"
	"postern/internal/gateway/message"
)

// maxParameters is how many parameters a path may have.
const maxParameters = 8

// Input is a request on its way into an operation's input. What cannot be read is kept for Err.
type Input struct {
	request    *message.Request
	parameters [maxParameters]string
	count      int
	query      message.Pairs
	queryRead  bool
	err        error
}

// Err is the first thing that could not be read, a SerializationException; nil when all is well.
func (in *Input) Err() error { return in.err }

// URI is the path's parameter number i, decoded. An impossible encoding stays as it is.
func (in *Input) URI(i int) string {
	segment := in.parameters[i]
	if !strings.Contains(segment, "%") {
		return segment
	}
	if decoded, err := url.PathUnescape(segment); err == nil {
		return decoded
	}
	return segment
}

// Header is a header's value, nil when the request does not have it.
func (in *Input) Header(name string) *string {
	value, ok := in.request.Header.GetFold(name)
	if !ok {
		return nil
	}
	return &value
}

// Blob is the whole body, nil when it is empty. It shares the request's memory.
func (in *Input) Blob() []byte {
	if len(in.request.Body) == 0 {
		return nil
	}
	return in.request.Body
}

// Body reads the JSON body into x. A body that is empty or null has no members.
func Body[T any](in *Input, x *T, read func(*jsonwire.Reader, *T)) {
	text := string(in.request.Body)
	if strings.TrimLeft(text, " \t\r\n") == "" {
		return
	}
	r := jsonwire.NewReader(text)
	read(r, x)
	r.End()
	if in.err == nil {
		in.err = r.Err()
	}
}

// Query is a query parameter, nil when the request does not have it.
func (in *Input) Query(name string) *string {
	value, ok := in.pairs().Get(name)
	if !ok {
		return nil
	}
	return &value
}

// QueryList is every value of a repeated query parameter.
func (in *Input) QueryList(name string) []string { return in.pairs().Values(name) }

// QueryMap is every query parameter that the operation gives no other meaning; nil when there is none. A presigned
// request's X-Amz- parameters belong to its signature.
func (in *Input) QueryMap(except ...string) map[string]string {
	var values map[string]string
next:
	for _, pair := range in.pairs() {
		for _, name := range except {
			if pair.Name == name {
				continue next
			}
		}
		if strings.HasPrefix(pair.Name, "X-Amz-") {
			continue
		}
		if values == nil {
			values = map[string]string{}
		}
		values[pair.Name] = pair.Value
	}
	return values
}

// QueryBool is a query parameter that is true or false.
func (in *Input) QueryBool(name string) *bool {
	switch text := in.Query(name); {
	case text == nil || *text == "":
		return nil
	case strings.EqualFold(*text, "true"):
		return new(true)
	case strings.EqualFold(*text, "false"):
		return new(false)
	default:
		in.refuse("Boolean")
		return nil
	}
}

// QueryInt is a query parameter that is an integer of 32 bits.
func (in *Input) QueryInt(name string) *int {
	text := in.Query(name)
	if text == nil || *text == "" {
		return nil
	}
	n, err := strconv.ParseInt(*text, 10, 32)
	if err != nil {
		in.refuse("Integer")
		return nil
	}
	return new(int(n))
}

// refuse notes a query parameter of the wrong type, in the words of the body's mismatches (inferred).
func (in *Input) refuse(to string) {
	if in.err == nil {
		in.err = awserr.Serialization.Errorf("class java.lang.String can not be converted to an %s", to)
	}
}

// hasQuery tells whether the request has a parameter, "mode=import".
func (in *Input) hasQuery(parameter string) bool {
	name, value, _ := strings.Cut(parameter, "=")
	got, ok := in.pairs().Get(name)
	return ok && got == value
}

// pairs is the query string, decoded once.
func (in *Input) pairs() message.Pairs {
	if in.queryRead {
		return in.query
	}
	in.queryRead = true
	for rest := in.request.RawQuery; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		in.query.Add(unescape(name), unescape(value))
	}
	return in.query
}

func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}
