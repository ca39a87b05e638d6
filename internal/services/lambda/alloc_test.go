package lambda_test

import (
	"context"
	"testing"

	"postern/internal/services/lambda"
)

// A warm function costs the event, the answer, their ids and three lines of the log; whom a policy lets in costs less.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	l := newLambda(t, lambda.Options{Logs: new(groups)})
	create(t, l, "pets", "def handler(e, c): return e")
	const function, source = "arn:aws:lambda:us-east-1:000000000000:function:pets", "arn:aws:execute-api:us-east-1:000000000000:a/b/GET/"
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		limit float64
		run   func() error
	}{
		{"Invoke", 14, func() error {
			_, err := l.Functions().Invoke(ctx, &lambda.Invocation{Function: function, Payload: []byte(`{"a":1}`), PayloadIsJSON: true, TraceID: "Root=1-2-3"})
			return err
		}},
		{"Permits", 6, func() error {
			_, err := l.Functions().Permits(ctx, function, "apigateway.amazonaws.com", source, "000000000000")
			return err
		}},
	} {
		if err := c.run(); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(200, func() { _ = c.run() }); n > c.limit {
			t.Errorf("%s: %v allocations, want at most %v", c.name, n, c.limit)
		}
	}
}
