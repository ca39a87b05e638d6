package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/client"
	"postern/internal/aws/iampolicy"
	gateway "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
	"postern/internal/services/lambda"
)

// localFunctions are the functions that run here, for the gateway; those that an endpoint was named for, and those
// that are called in the caller's own name, go the way of an AWS call.
type localFunctions struct {
	server    *Server
	functions *lambda.Functions
	calls     *client.Functions
	endpoints client.Endpoints
	roles     *roleDecisions
}

var _ gateway.Functions = (*localFunctions)(nil)

// gatewayService is in whose name functions are invoked when the integration has no role.
const gatewayService = "apigateway.amazonaws.com"

// elsewhere tells whether an invocation goes the way of an AWS call. Where somebody only said where all services are, a
// function that is here runs here.
func (f *localFunctions) elsewhere(ctx context.Context, in *gateway.Invocation) bool {
	if in.Principal.Caller != nil {
		return true
	}
	name := in.FunctionARN
	if i := strings.Index(name, ":function:"); i >= 0 {
		name, _, _ = strings.Cut(name[i+len(":function:"):], ":")
	}
	if f.endpoints.NamesFunctions(name) {
		return true
	}
	if _, named := f.endpoints.OfFunction(name); !named {
		return false
	}
	here, err := f.functions.Exists(ctx, in.FunctionARN)
	return err == nil && !here
}

// Invoke implements gateway.Functions.
func (f *localFunctions) Invoke(ctx context.Context, in *gateway.Invocation) (gateway.Result, error) {
	if f.elsewhere(ctx, in) {
		return f.calls.Invoke(ctx, in)
	}
	if err := f.permitted(ctx, in); err != nil {
		return gateway.Result{}, err
	}
	call := invocationOf(in)
	result, err := f.functions.Invoke(ctx, &call)
	if err != nil {
		return refusedResult(err)
	}
	out := gateway.Result{
		Status: result.Status, FunctionError: result.FunctionError, Payload: result.Payload, RequestID: result.RequestID,
		Header: make(message.Pairs, 0, 4),
	}
	out.Header.Add("Content-Type", "application/json")
	out.Header.Add("X-Amz-Executed-Version", result.ExecutedVersion)
	if result.FunctionError != "" {
		out.Header.Add("X-Amz-Function-Error", result.FunctionError)
	}
	if result.LogResult != "" {
		out.Header.Add("X-Amz-Log-Result", result.LogResult)
	}
	return out, nil
}

func invocationOf(in *gateway.Invocation) lambda.Invocation {
	return lambda.Invocation{
		Function: in.FunctionARN, Account: in.SourceAccount, Payload: in.Payload, PayloadIsJSON: in.PayloadIsJSON,
		Type: lambda.InvocationType(in.Type), Tail: in.LogType == "Tail", ClientContext: in.ClientContext, TraceID: in.TraceID,
	}
}

// refusedResult is a refusal of Lambda's as the gateway knows it. It has a request id as any answer of Lambda has.
func refusedResult(err error) (gateway.Result, error) {
	refusal, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		return gateway.Result{}, err
	}
	if refusal.Code.Name == "ResourceNotFoundException" {
		return gateway.Result{}, gateway.ErrNoFunction
	}
	body, err := json.Marshal(map[string]string{"message": refusal.Message})
	return gateway.Result{
		Status: refusal.Code.Status, Payload: body, RequestID: uuid.NewString(),
		Header: message.Pairs{{Name: "Content-Type", Value: "application/json"}, {Name: "x-amzn-ErrorType", Value: refusal.Code.Name}},
	}, err
}

// permitted asks the function's policy, or those of the role.
func (f *localFunctions) permitted(ctx context.Context, in *gateway.Invocation) error {
	if in.Principal.Role != "" {
		return f.roles.permitted(ctx, in.Principal.Role, in.FunctionARN)
	}
	permitted, err := f.functions.Permits(ctx, in.FunctionARN, gatewayService, in.SourceARN, in.SourceAccount)
	switch {
	case err != nil:
		_, err = refusedResult(err)
		return err
	case !permitted:
		return gateway.ErrPermission
	}
	return nil
}

// InvokeStream implements gateway.Functions.
func (f *localFunctions) InvokeStream(ctx context.Context, in *gateway.Invocation) (*gateway.Stream, error) {
	if f.elsewhere(ctx, in) {
		return f.calls.InvokeStream(ctx, in)
	}
	if err := f.permitted(ctx, in); err != nil {
		return nil, err
	}
	call := invocationOf(in)
	stream, err := f.functions.InvokeStream(ctx, &call)
	if err != nil {
		result, err := refusedResult(err)
		if err != nil {
			return nil, err
		}
		return &gateway.Stream{
			Status: result.Status, RequestID: result.RequestID, Header: result.Header, Body: io.NopCloser(bytes.NewReader(result.Payload)),
		}, nil
	}
	body := &streamBody{stream: stream, idle: in.StreamIdle}
	body.stop = context.AfterFunc(ctx, func() { body.cut(ctx.Err()) })
	return &gateway.Stream{
		Status: 200, RequestID: stream.RequestID, ContentType: stream.ContentType, Body: body,
		Header: message.Pairs{{Name: "X-Amz-Executed-Version", Value: stream.ExecutedVersion}},
	}, nil
}

// streamBody is what a function streams, until its context ends or it pauses for too long.
type streamBody struct {
	stream *lambda.Stream
	idle   time.Duration
	stop   func() bool

	mu  sync.Mutex
	why error
}

// Read implements io.Reader.
func (b *streamBody) Read(p []byte) (int, error) {
	if b.idle > 0 {
		timer := time.AfterFunc(b.idle, func() { b.cut(context.DeadlineExceeded) })
		defer timer.Stop()
	}
	n, err := b.stream.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.why != nil {
		return n, b.why
	}
	if failure, ok := errors.AsType[*lambda.FunctionError](err); ok {
		return n, functionError(failure)
	}
	return n, err
}

// functionError is a failure in the middle of a stream as the gateway knows it.
func functionError(e *lambda.FunctionError) error {
	var details struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if json.Unmarshal([]byte(e.Details), &details) != nil || details.ErrorMessage == "" {
		details.ErrorMessage = e.Details
	}
	return &gateway.FunctionError{Type: e.Code, Message: details.ErrorMessage}
}

// cut ends the stream for a reason of its own.
func (b *streamBody) cut(why error) {
	b.mu.Lock()
	if b.why == nil {
		b.why = why
	}
	b.mu.Unlock()
	_ = b.stream.Close()
}

// Close implements io.Closer.
func (b *streamBody) Close() error {
	b.stop()
	return b.stream.Close()
}

// roleDecisions remembers for a moment which roles may invoke which functions: to ask costs several look-ups, and a
// request has no time for them. AWS takes seconds, too, until a change of a policy is known everywhere.
type roleDecisions struct {
	server *Server
	mu     sync.RWMutex
	known  map[roleDecision]decided
}

type roleDecision struct{ role, function string }

type decided struct {
	err   error
	until time.Time
}

const (
	decisionsLast = 2 * time.Second
	maxDecisions  = 10000
)

// permitted refuses a role that API Gateway may not assume, and one that may not invoke the function.
func (r *roleDecisions) permitted(ctx context.Context, role, function string) error {
	asked := roleDecision{role, function}
	r.mu.RLock()
	d, ok := r.known[asked]
	r.mu.RUnlock()
	now := time.Now()
	if ok && now.Before(d.until) {
		return d.err
	}
	err := r.decide(ctx, role, function)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= maxDecisions {
		clear(r.known)
	}
	r.known[asked] = decided{err, now.Add(decisionsLast)}
	return err
}

func (r *roleDecisions) decide(ctx context.Context, role, function string) error {
	directory := r.server.principals.iam
	trusted, err := directory.Trusts(ctx, role, gatewayService)
	if err != nil {
		return &gateway.RoleError{Role: role, Err: err}
	}
	if !trusted {
		return &gateway.RoleError{Role: role, Err: errors.New("the role does not trust " + gatewayService)}
	}
	// A function of another account must permit the role itself, too.
	if f, err := arn.Parse(function); err == nil {
		if a, err := arn.Parse(role); err == nil && a.Account != f.Account {
			return gateway.ErrPermission
		}
	}
	allowed, err := directory.Allows(ctx, role, "lambda:InvokeFunction", function, iampolicy.Values(nil))
	if err != nil {
		return err
	}
	if !allowed {
		return gateway.ErrPermission
	}
	return nil
}
