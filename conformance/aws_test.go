package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// standIn answers in AWS's place for the dialogues of integrations/: functions by their names, and for every other
// service what a dialogue said is answered next. STS gives keys of every role but one whose name ends in "unassumable".
type standIn struct {
	*httptest.Server
	// done ends functions that sleep.
	done chan struct{}

	mu        sync.Mutex
	functions map[string]string // what they do, by name
	events    map[string][]byte // the last event of each
	answers   map[string]string // by the API that calls
	calls     map[string]*received
}

// received is a call of a service.
type received struct {
	line   string
	header http.Header
	body   []byte
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	s := &standIn{
		done: make(chan struct{}), functions: map[string]string{}, events: map[string][]byte{},
		answers: map[string]string{}, calls: map[string]*received{},
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() { close(s.done); s.Close() })
	return s
}

// ServeHTTP implements http.Handler.
func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if _, rest, ok := strings.Cut(r.URL.Path, "/functions/"); ok {
		function, operation, _ := strings.Cut(rest, "/")
		s.invoke(w, r, strings.Split(function, ":"), operation, body)
		return
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") == "AssumeRole" {
		assumeRole(w, form.Get("RoleArn"))
		return
	}
	api := r.Header.Get("x-amzn-apigateway-api-id")
	header := r.Header.Clone()
	header.Set("Host", r.Host)
	s.mu.Lock()
	s.calls[api] = &received{r.Method + " " + r.RequestURI, header, body}
	answer, ok := s.answers[api]
	s.mu.Unlock()
	if !ok {
		answer = "200\nContent-Type: application/json\n\n{}"
	}
	head, text, _ := strings.Cut(strings.TrimSuffix(answer, "\n"), "\n\n")
	lines := strings.Split(head, "\n")
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Set(name, value)
	}
	if raw, ok := bytesOf(text); ok {
		text = raw
	}
	status, _ := strconv.Atoi(lines[0])
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func assumeRole(w http.ResponseWriter, role string) {
	w.Header().Set("Content-Type", "text/xml")
	if strings.HasSuffix(role, "unassumable") {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>`)
		return
	}
	fmt.Fprint(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>`+
		`<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`+
		`</Credentials></AssumeRoleResult></AssumeRoleResponse>`)
}

const invocationID = "6d29d9b0-0a3a-4c3c-a1b9-2c4a1c5d9d11"

// invoke runs a function: what it was said to do is its answer, or
//
//	echo             the event it got
//	error TEXT       the function fails with this errorMessage
//	status N BODY    Lambda refuses with this status
//	sleep            no answer
//	stream "A" "B"   these pieces, for a streaming invocation
//	stream-error "A" these pieces, and then the function fails
//
// The parts of an ARN are arn, aws, lambda, region, account, function, name, qualifier.
func (s *standIn) invoke(w http.ResponseWriter, r *http.Request, parts []string, operation string, event []byte) {
	if len(parts) < 7 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	name := strings.Join(parts[6:], ":")
	s.mu.Lock()
	does, ok := s.functions[name]
	s.events[name] = event
	s.mu.Unlock()
	word, rest, _ := strings.Cut(does, " ")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("x-amzn-RequestId", invocationID)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, `{"Type":"User","Message":"Function not found: `+strings.Join(parts, ":")+`"}`)
	case r.Header.Get("X-Amz-Invocation-Type") == "Event":
		w.WriteHeader(http.StatusAccepted)
	case !json.Valid(event):
		refuse(w, http.StatusBadRequest, `{"Type":"User","message":"Could not parse request body into json: Unrecognized token 'not'"}`)
	case word == "echo":
		_, _ = w.Write(event)
	case word == "error" && operation == "invocations":
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answerJSON(w, http.StatusOK, map[string]any{
			"errorMessage": rest, "errorType": "Exception", "requestId": invocationID, "stackTrace": []string{},
		})
	case word == "status":
		code, body, _ := strings.Cut(rest, " ")
		status, _ := strconv.Atoi(code)
		refuse(w, status, body)
	case word == "sleep":
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
	case operation == "response-streaming-invocations":
		stream(w, does)
	default:
		_, _ = io.WriteString(w, does)
	}
}

func refuse(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

var quotedPieces = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// stream answers in the events of InvokeWithResponseStream.
func stream(w http.ResponseWriter, does string) {
	w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	encoder := eventstream.NewEncoder()
	event := func(kind string, payload []byte) {
		var m eventstream.Message
		m.Headers.Set(":message-type", eventstream.StringValue("event"))
		m.Headers.Set(":event-type", eventstream.StringValue(kind))
		m.Payload = payload
		_ = encoder.Encode(w, m)
		w.(http.Flusher).Flush()
	}
	end := []byte("{}")
	word, text, _ := strings.Cut(does, " ")
	if word == "stream" || word == "stream-error" {
		for _, piece := range quotedPieces.FindAllString(text, -1) {
			payload, _ := strconv.Unquote(piece)
			event("PayloadChunk", []byte(payload))
		}
	}
	if word == "error" || word == "stream-error" {
		end, _ = json.Marshal(map[string]string{"ErrorCode": "Unhandled", "ErrorDetails": `{"errorMessage":"` + text + `"}`})
	}
	event("InvokeComplete", end)
}

// function says what a function does from here on.
func (s *standIn) function(name, does string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.functions[name] = strings.TrimSuffix(does, "\n")
}

// answer says what the services called by an API answer from here on.
func (s *standIn) answer(api, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[api] = text
}

// event says what is wrong with the event that a function got last, or "".
func (d *dialogue) event(name, want string) string {
	d.aws.mu.Lock()
	got, ok := d.aws.events[name]
	d.aws.mu.Unlock()
	if !ok {
		return "the function " + name + " was not invoked"
	}
	return d.compareBody(strings.TrimSuffix(want, "\n"), got)
}

// received says what is wrong with the last call of a service by the dialogue's API, or "".
func (d *dialogue) received(text string) string {
	api := fmt.Sprint(d.bound["api"])
	d.aws.mu.Lock()
	got := d.aws.calls[api]
	d.aws.mu.Unlock()
	if got == nil {
		return "no service was called"
	}
	head, body, hasBody := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	if want := d.fill(lines[0]); want != got.line {
		return fmt.Sprintf("the call was %s, want %s", got.line, want)
	}
	if problem := d.compareHeader(lines[1:], got.header); problem != "" {
		return problem
	}
	if !hasBody {
		return ""
	}
	return d.compareBody(strings.TrimSuffix(body, "\n"), got.body)
}

// bytesOf reads a body that is given as go:"a string in Go's form", for bytes that are no text.
func bytesOf(text string) (string, bool) {
	quoted, ok := strings.CutPrefix(text, "go:")
	if !ok {
		return "", false
	}
	raw, err := strconv.Unquote(quoted)
	return raw, err == nil
}

// compareHeader says which of the header lines wanted is missing, or there though it must not be.
func (d *dialogue) compareHeader(lines []string, header http.Header) string {
	for _, line := range lines {
		if absent, ok := strings.CutPrefix(line, "!"); ok {
			if values := header.Values(absent); len(values) > 0 {
				return fmt.Sprintf("header %s is there: %q", absent, values)
			}
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		have := strings.Join(header.Values(name), ", ")
		if start, ok := strings.CutSuffix(value, "..."); ok {
			if !strings.HasPrefix(have, d.fill(start)) {
				return fmt.Sprintf("header %s is %q, want it to start with %q", name, have, d.fill(start))
			}
			continue
		}
		if problem := d.match(value, have); problem != "" {
			return fmt.Sprintf("header %s: %s", name, problem)
		}
	}
	return ""
}

// log says which line is missing, in its order, in the execution log that TestInvokeMethod answered, or "".
func (d *dialogue) log(text string, answer []byte) string {
	var invocation struct{ Log string }
	if err := json.Unmarshal(answer, &invocation); err != nil {
		return err.Error()
	}
	rest := invocation.Log
	for line := range strings.SplitSeq(strings.TrimSuffix(d.fill(text), "\n"), "\n") {
		_, after, ok := strings.Cut(rest, line)
		if !ok {
			return fmt.Sprintf("no line %q in what follows of\n%s", line, rest)
		}
		rest = after
	}
	return ""
}
