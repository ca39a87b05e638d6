package operations

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"postern/internal/server"
)

// TestOperations plays every step through the AWS SDK for Go, and through the AWS CLI where it is installed.
func TestOperations(t *testing.T) {
	scripts := readScripts(t)
	runner := startCLI(t)
	for _, s := range scripts {
		t.Run("sdk/"+s.name, func(t *testing.T) {
			t.Parallel()
			s.play(t, newSDK(start(t, s.quotas)))
		})
		t.Run("cli/"+s.name, func(t *testing.T) {
			if runner == nil {
				t.Skip("no AWS CLI is installed")
			}
			s.play(t, newCLI(t, runner, start(t, s.quotas)))
		})
	}
}

// start runs a Postern of its own on a free port.
func start(t *testing.T, quotas map[string]int) (addr string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	srv, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: "111111111111", Region: "us-east-1", Quotas: quotas,
		Grace: 5 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
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
	return srv.Addr()
}

func (s script) play(t *testing.T, c caller) {
	t.Helper()
	bound := bindings{}
	for _, step := range s.steps {
		input, _ := bound.fill(step.input).(map[string]any)
		answer, err := c.call(step.operation, input)
		if problem := step.check(bound, answer, err); problem != "" {
			t.Fatalf("%s.steps:%d: %s: %s", s.name, step.line, step.operation, problem)
		}
	}
}

// check says in what the outcome differs from the step's, or "".
func (s step) check(bound bindings, answer map[string]any, err error) string {
	refused, ok := errors.AsType[refusal](err)
	switch {
	case err != nil && !ok:
		return err.Error()
	case s.code == "" && err != nil:
		return "refused: " + err.Error()
	case s.code == "":
		return bound.match(s.answer, answer)
	case err == nil:
		return "answered " + toJSON(answer) + ", want " + s.code
	case refused.code != s.code:
		return refused.Error() + ", want " + s.code + ": " + s.message
	}
	if problem := bound.match(s.message, refused.message); problem != "" {
		return s.code + ": " + problem
	}
	return ""
}
