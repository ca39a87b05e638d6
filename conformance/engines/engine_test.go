package engines

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire/wiretest"
	"postern/internal/server"
)

const (
	account = "123456789012"
	region  = "us-east-1"
	// patience bounds every wait for a state: that of a resource that never settles.
	patience = 30 * time.Second
	// pause is between two readings of what has not settled; the engines take seconds.
	pause = 10 * time.Millisecond
)

// engine drives one program against a Postern of its own.
type engine struct {
	t    *testing.T
	ctx  context.Context
	addr string

	gateway   *apigateway.Client
	functions *lambda.Client
	roles     *iam.Client
	balancers *elb.Client

	made []*resource
}

// resource is one resource of a program, and what the engine calls for it.
type resource struct {
	address string
	create  func() error
	read    func() (any, error)
	remove  func() error
	// demands are the members that an engine takes for granted; "Role.Arn" is a member of a member.
	demands []string
	// gone tells the answer to a reading of what is deleted; nil for what an engine does not look for again.
	gone func(error) bool

	state any
}

// start runs a Postern and makes the clients, which do not retry: an engine's sequence meets no error but those expected.
func start(t *testing.T) *engine {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	srv, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: account, Region: region,
		Grace: 5 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	config := wiretest.Config("http://"+srv.Addr(), region)
	return &engine{
		t: t, ctx: ctx, addr: srv.Addr(),
		gateway: apigateway.NewFromConfig(config), functions: lambda.NewFromConfig(config),
		roles: iam.NewFromConfig(config), balancers: elb.NewFromConfig(config),
	}
}

// apply makes a resource and reads it into the state.
func (e *engine) apply(r resource) {
	e.t.Helper()
	if err := r.create(); err != nil {
		e.t.Fatalf("create %s: %v", r.address, err)
	}
	r.state = e.reading(&r)
	e.made = append(e.made, &r)
}

// plan reads every resource again: nothing may have changed by itself. An import does the same by the id alone.
func (e *engine) plan() {
	e.t.Helper()
	for _, r := range e.made {
		if diff := cmp.Diff(r.state, e.reading(r)); diff != "" {
			e.t.Errorf("%s drifted (-state +read):\n%s", r.address, diff)
		}
	}
}

// change changes a resource, and reads the state that then holds.
func (e *engine) change(address string, change func() error) {
	e.t.Helper()
	for _, r := range e.made {
		if r.address != address {
			continue
		}
		if err := change(); err != nil {
			e.t.Fatalf("change %s: %v", address, err)
		}
		next := e.reading(r)
		if cmp.Equal(r.state, next) {
			e.t.Errorf("%s is as it was", address)
		}
		r.state = next
	}
}

// destroy deletes what was made, the last first.
func (e *engine) destroy() {
	e.t.Helper()
	for len(e.made) > 0 {
		r := e.made[len(e.made)-1]
		e.made = e.made[:len(e.made)-1]
		if err := r.remove(); err != nil {
			e.t.Fatalf("delete %s: %v", r.address, err)
		}
		if r.gone == nil {
			continue
		}
		e.await(r.address+" to go", func() (bool, error) {
			_, err := r.read()
			if err == nil || r.gone(err) {
				return err != nil, nil
			}
			return false, err
		})
	}
}

// reading reads a resource as JSON has it, with all that an engine demands.
func (e *engine) reading(r *resource) any {
	e.t.Helper()
	answer, err := r.read()
	if err != nil {
		e.t.Fatalf("read %s: %v", r.address, err)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		e.t.Fatal(err)
	}
	var state any
	if err := json.Unmarshal(text, &state); err != nil {
		e.t.Fatal(err)
	}
	for _, path := range r.demands {
		if !holds(state, path) {
			e.t.Errorf("read %s: no %s: %s", r.address, path, text)
		}
	}
	return state
}

// holds tells whether there is a value at a path; an empty object is one.
func holds(state any, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := state.(map[string]any)
		state = object[name]
	}
	list, isList := state.([]any)
	return state != nil && state != "" && (!isList || len(list) > 0)
}

// await asks until the answer is yes.
func (e *engine) await(what string, settled func() (bool, error)) {
	e.t.Helper()
	ctx, stop := context.WithTimeout(e.ctx, patience)
	defer stop()
	for {
		yes, err := settled()
		if err != nil {
			e.t.Fatalf("wait for %s: %v", what, err)
		}
		if yes {
			return
		}
		select {
		case <-ctx.Done():
			e.t.Fatalf("wait for %s: %v", what, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// is tells whether an error is of the SDK's type T.
func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// failed drops the answer of a call of which only the error matters.
func failed[T any](_ T, err error) error { return err }

// ec2 posts a form to EC2, whose SDK is too large for the calls that an engine makes there.
func (e *engine) ec2(form url.Values) (answer string, err error) {
	form.Set("Version", "2016-11-15")
	request, err := http.NewRequestWithContext(e.ctx, http.MethodPost, "http://"+e.addr+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Host = "ec2." + region + ".amazonaws.com"
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	status, answer, err := send(request)
	if err == nil && status != http.StatusOK {
		err = errors.New(answer)
	}
	return answer, err
}

func send(request *http.Request) (status int, body string, err error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}
