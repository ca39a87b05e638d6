// Command lambda measures what it costs to invoke a warm Python function, beside the least that the Lambda Runtime API
// allows: the same bootstrap served by one goroutine that does nothing else (bare.go).
//
//	go run ./bench/lambda
//
// Short rounds of each are taken in turn, so that a noisy machine is noisy for all. What is printed: the median time and
// the CPU time of this program for one invocation, in microseconds, and the median of how a round's time stands to that
// of the bare loop in the same turn. The bare loop runs over TCP, as on AWS; Postern's bootstraps have a pair of sockets.
package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda"
	"postern/internal/services/lambda/runtime"
	"postern/internal/store/memory"
)

const (
	rounds     = 80
	perRound   = 300
	account    = "000000000000"
	region     = "us-east-1"
	sourceARN  = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/prod/GET/pets"
	traceID    = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0"
	functionID = "arn:aws:lambda:us-east-1:000000000000:function:pets"
	handler    = "import json\ndef handler(event, context):\n    return {\"statusCode\": 200, \"headers\": {\"a\": \"b\"}, \"body\": json.dumps(event[\"path\"])}\n"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("bench", slog.String("error", err.Error()))
		os.Exit(1)
	}
}

// contestant is one way to invoke the function.
type contestant struct {
	name   string
	invoke func(ctx context.Context, event []byte) error
	took   []time.Duration
	cpu    time.Duration
}

func run(ctx context.Context) error {
	event := []byte(proxyEvent())
	bare, err := newBare(ctx, handler)
	if err != nil {
		return fmt.Errorf("bare loop: %w", err)
	}
	defer bare.close()
	service, err := newService(ctx)
	if err != nil {
		return fmt.Errorf("lambda: %w", err)
	}
	defer func() { _ = service.Close() }()
	functions := service.Functions()
	contestants := []*contestant{
		{name: "bare Runtime API loop", invoke: bare.invoke},
		{name: "Functions.Invoke", invoke: viaFunctions(functions)},
		{name: "Permits and Functions.Invoke", invoke: func(ctx context.Context, event []byte) error {
			if ok, err := functions.Permits(ctx, functionID, "apigateway.amazonaws.com", sourceARN, account); !ok {
				return fmt.Errorf("not permitted: %w", err)
			}
			_, err := functions.Invoke(ctx, &lambda.Invocation{Function: functionID, Payload: event, PayloadIsJSON: true, TraceID: traceID})
			return err
		}},
	}
	for round := range rounds + 1 { // the first one warms up
		for _, c := range contestants {
			if err := c.round(ctx, event, round > 0); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	report(contestants)
	return ctx.Err()
}

func viaFunctions(functions *lambda.Functions) func(context.Context, []byte) error {
	return func(ctx context.Context, event []byte) error {
		_, err := functions.Invoke(ctx, &lambda.Invocation{Function: functionID, Payload: event, PayloadIsJSON: true, TraceID: traceID})
		return err
	}
}

// round invokes perRound times.
func (c *contestant) round(ctx context.Context, event []byte, counts bool) error {
	before, begun := cpuTime(), time.Now()
	for range perRound {
		if err := c.invoke(ctx, event); err != nil {
			return err
		}
	}
	if counts {
		c.took = append(c.took, time.Since(begun)/perRound)
		c.cpu += cpuTime() - before
	}
	return nil
}

func report(contestants []*contestant) {
	for _, c := range contestants {
		ratios := make([]float64, rounds)
		for i := range ratios {
			ratios[i] = float64(c.took[i]) / float64(contestants[0].took[i])
		}
		fmt.Printf("%-30s %7.1f µs   %6.1f µs CPU here   %5.2f x\n", c.name, micros(median(c.took)),
			micros(c.cpu/(rounds*perRound)), median(ratios))
	}
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// cpuTime is what this process has used, without the function's.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// newService makes a Lambda with the function and a permission for API Gateway.
func newService(ctx context.Context) (*lambda.Lambda, error) {
	service, err := lambda.New(lambda.Options{Store: memory.New(), Logs: nowhere{}})
	if err != nil {
		return nil, err
	}
	call := &wire.Call{Account: account, Region: region}
	archive, err := zipped("app.py", handler)
	if err != nil {
		return nil, err
	}
	if _, err := service.CreateFunction(ctx, call, &model.CreateFunctionRequest{
		FunctionName: new("pets"), Runtime: new("python3.11"), Handler: new("app.handler"),
		Role: new("arn:aws:iam::000000000000:role/r"), Code: &model.FunctionCode{ZipFile: archive},
	}); err != nil {
		return nil, err
	}
	_, err = service.AddPermission(ctx, call, &model.AddPermissionRequest{
		FunctionName: "pets", StatementID: new("s"), Action: new("lambda:InvokeFunction"),
		Principal: new("apigateway.amazonaws.com"), SourceARN: new("arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/*/GET/pets"),
	})
	return service, err
}

// nowhere takes log lines and drops them.
type nowhere struct{}

func (nowhere) Append(context.Context, string, string, string, string, []runtime.LogEvent) error {
	return nil
}

func zipped(name, text string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

// proxyEvent is what API Gateway sends for a plain GET, about 1.5 kB.
func proxyEvent() string {
	return `{"resource":"/pets/{id}","path":"/pets/7","httpMethod":"GET","headers":{"Accept":"*/*","Host":"a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",` +
		`"User-Agent":"curl/8.5.0","X-Forwarded-For":"203.0.113.7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},"multiValueHeaders":{"Accept":["*/*"],` +
		`"Host":["a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"],"User-Agent":["curl/8.5.0"]},"queryStringParameters":null,"multiValueQueryStringParameters":null,` +
		`"pathParameters":{"id":"7"},"stageVariables":null,"requestContext":{"accountId":"000000000000","apiId":"a1b2c3d4e5","stage":"prod","httpMethod":"GET",` +
		`"resourceId":"r1","resourcePath":"/pets/{id}","path":"/prod/pets/7","protocol":"HTTP/1.1","requestId":"5c3d7a8e-6f0b-4b53-8f0a-3d1a2b3c4d5e",` +
		`"identity":{` + strings.Repeat(`"accessKey":null,`, 10) + `"sourceIp":"203.0.113.7"}},"body":null,"isBase64Encoded":false}`
}
