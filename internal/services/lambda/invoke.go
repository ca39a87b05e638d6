package lambda

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"postern/internal/aws/iampolicy"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store"
)

// Invoke calls a function and, for RequestResponse, waits for its answer. When ctx ends first it returns ctx's error,
// and the function goes on to its end. A function that fails is no error: see Result.FunctionError. Errors are
// *awserr.Error with AWS's codes: ResourceNotFoundException, TooManyRequestsException, RequestTooLargeException,
// InvalidRequestContentException ...
func (f *Functions) Invoke(ctx context.Context, in *Invocation) (*Result, error) {
	a, err := f.accept(ctx, in)
	if err != nil {
		return nil, err
	}
	switch in.Type {
	case DryRun:
		return &Result{Status: 204, ExecutedVersion: a.version.version.Number, RequestID: a.event.RequestID}, nil
	case Event:
		if err := f.queue.add(a.at, a.event); err != nil {
			return nil, err
		}
		return &Result{Status: 202, ExecutedVersion: a.version.version.Number, RequestID: a.event.RequestID}, nil
	default:
		return f.run(ctx, a.at, a.live, a.version, a.event)
	}
}

// accepted is an invocation that nothing has refused yet: which function it calls, and with what.
type accepted struct {
	at      ref
	live    *live
	version *liveVersion
	event   *runtime.Event
}

func (f *Functions) accept(ctx context.Context, in *Invocation) (a accepted, err error) {
	if a.at, err = parseRef(store.Scope{Account: in.Account, Region: in.Region}, in.Function, in.Qualifier); err != nil {
		return a, err
	}
	if a.live, a.version, err = f.resolve(ctx, a.at); err != nil {
		return a, err
	}
	if err = checkPayload(in); err != nil {
		return a, err
	}
	a.event, err = eventOf(in, a.at, a.live)
	return a, err
}

// run runs an event and waits.
func (f *Functions) run(ctx context.Context, at ref, l *live, v *liveVersion, event *runtime.Event) (*Result, error) {
	shared, err := f.enter(l)
	if err != nil {
		return nil, err
	}
	defer f.leave(l, shared)
	for {
		var payload, tail []byte
		pool, err := f.pool(ctx, l, v)
		if err == nil {
			payload, tail, err = pool.Invoke(ctx, event)
		}
		if errors.Is(err, runtime.ErrRetired) {
			// The function was changed in this moment: what it is now runs.
			next, nextVersion, lost := f.again(ctx, at, v)
			if lost != nil {
				return nil, lost
			}
			l, v = next, nextVersion
			continue
		}
		result := &Result{Status: 200, Payload: payload, ExecutedVersion: v.version.Number, RequestID: event.RequestID}
		if event.Tail {
			result.LogResult = base64.StdEncoding.EncodeToString(tail)
		}
		if failure, ok := errors.AsType[*runtime.Failure](err); ok {
			result.FunctionError, result.Payload = "Unhandled", failure.Payload
			return result, nil
		}
		if err != nil {
			return nil, refused(l, err)
		}
		return result, nil
	}
}

// again resolves a function whose processes were retired.
func (f *Functions) again(ctx context.Context, at ref, stale *liveVersion) (*live, *liveVersion, error) {
	l, v, err := f.resolve(ctx, at)
	if err == nil && v == stale {
		return nil, nil, model.ServiceException.Errorf("The server is closing.")
	}
	return l, v, err
}

// InvokeStream calls a function and gives its answer as it arrives. It returns when the answer begins; what can refuse
// an invocation before that is as with Invoke. The caller closes the stream.
func (f *Functions) InvokeStream(ctx context.Context, in *Invocation) (*Stream, error) {
	a, err := f.accept(ctx, in)
	if err != nil {
		return nil, err
	}
	l, v, event := a.live, a.version, a.event
	shared, err := f.enter(l)
	if err != nil {
		return nil, err
	}
	leave := sync.OnceFunc(func() { f.leave(a.live, shared) }) // the one that was entered, whatever runs then
	for {
		var stream *runtime.Stream
		pool, err := f.pool(ctx, l, v)
		if err == nil {
			stream, err = pool.Stream(ctx, event)
		}
		if errors.Is(err, runtime.ErrRetired) {
			next, nextVersion, lost := f.again(ctx, a.at, v)
			if lost != nil {
				leave()
				return nil, lost
			}
			l, v = next, nextVersion
			continue
		}
		if failure, ok := errors.AsType[*runtime.Failure](err); ok {
			stream, err = runtime.FailedStream(failure), nil
		}
		if err != nil {
			leave()
			return nil, refused(l, err)
		}
		return &Stream{
			ExecutedVersion: v.version.Number, ContentType: contentType(stream), RequestID: event.RequestID,
			stream: stream, leave: leave,
		}, nil
	}
}

func contentType(s *runtime.Stream) string {
	if s.ContentType == "" {
		return "application/octet-stream"
	}
	return s.ContentType
}

// refused words why a function was not run.
func refused(l *live, err error) error {
	switch {
	case errors.Is(err, runtime.ErrRateExceeded):
		return throttled("ConcurrentInvocationLimitExceeded")
	case errors.Is(err, runtime.ErrUnsupported):
		return model.InvalidRuntimeException.Errorf("Postern cannot run this function: %s", err)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("run function %s: %w", l.name, err)
}

// resolve finds what a caller means, and chooses between the two versions of an alias.
func (f *Functions) resolve(ctx context.Context, at ref) (*live, *liveVersion, error) {
	l, err := f.find(ctx, at.key())
	if err != nil {
		return nil, nil, err
	}
	if l == nil {
		return nil, nil, errNoFunction(at)
	}
	number := at.qualifier
	if number == "" {
		number = latest
	}
	if a := l.aliases[number]; a != nil {
		number = a.version
		if a.second != "" && rand.Float64() < a.weight { // a share of traffic is no secret
			number = a.second
		}
	}
	v := l.versions[number]
	if v == nil {
		return nil, nil, errNoFunction(at)
	}
	return l, v, nil
}

// eventOf makes the event that the function's process gets.
func eventOf(in *Invocation, at ref, l *live) (*runtime.Event, error) {
	e := &runtime.Event{RequestID: in.RequestID, ARN: l.arn, Payload: in.Payload, TraceID: in.TraceID, Tail: in.Tail}
	if len(e.Payload) == 0 {
		e.Payload = []byte("{}")
	}
	if e.RequestID == "" {
		e.RequestID = newRequestID()
	}
	if at.qualifier != "" {
		e.ARN += ":" + at.qualifier
	}
	if e.TraceID == "" || strings.IndexByte(e.TraceID, '\n') >= 0 || strings.IndexByte(e.TraceID, '\r') >= 0 {
		e.TraceID = newTrace()
	}
	if in.ClientContext != "" {
		var err error
		if e.ClientContext, err = clientContext(in.ClientContext); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Permits tells whether the function's resource policy lets a service invoke the function, on behalf of a resource (an
// API's method: "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/prod/GET/pets") of an account.
// functionARN may end with a qualifier, whose own policy counts then. ResourceNotFoundException: no such function.
func (f *Functions) Permits(ctx context.Context, functionARN, principal, sourceARN, sourceAccount string) (bool, error) {
	at, err := parseRef(store.Scope{}, functionARN, "")
	if err != nil {
		return false, err
	}
	l, _, err := f.resolve(ctx, at)
	if err != nil {
		return false, err
	}
	p := l.policies[policyQualifier(at.qualifier)]
	if p == nil {
		return false, nil
	}
	decision := p.Evaluate(&iampolicy.Request{
		Action: "lambda:InvokeFunction", Resource: at.arn(), Principal: &iampolicy.Principal{Service: principal},
		Context: caller{sourceARN, sourceAccount},
	})
	return decision == iampolicy.Allow, nil
}

// caller is in whose name a service calls: the condition keys of a function's policy.
type caller struct{ arn, account string }

// Values implements iampolicy.Context.
func (s caller) Values(key string) []string {
	switch {
	case key == "aws:sourcearn" && s.arn != "":
		return []string{s.arn}
	case key == "aws:sourceaccount" && s.account != "":
		return []string{s.account}
	}
	return nil
}

// Exists tells whether there is a function, and the version or alias, under an ARN.
func (f *Functions) Exists(ctx context.Context, functionARN string) (bool, error) {
	at, err := parseRef(store.Scope{}, functionARN, "")
	if err != nil {
		return false, nil //nolint:nilerr // nothing is under what is no ARN
	}
	l, err := f.find(ctx, at.key())
	if err != nil || l == nil {
		return false, err
	}
	if at.qualifier == "" {
		return true, nil
	}
	return l.versions[at.qualifier] != nil || l.aliases[at.qualifier] != nil, nil
}
