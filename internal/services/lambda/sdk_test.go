package lambda_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"postern/internal/aws/wire/wiretest"
	"postern/internal/server"
)

// sdk is AWS's own client of a whole Postern.
func sdk(t *testing.T) *client.Client {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	srv, err := server.Open(ctx, server.Options{
		Listen: "127.0.0.1:0", Data: ":memory:", Account: "000000000000", Region: "us-east-1", Grace: 5 * time.Second,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return client.NewFromConfig(wiretest.Config("http://"+srv.Addr(), "us-east-1"))
}

// What tools do with a function, through AWS's own client: make it, wait for it, change it, ask for its code.
func TestSDK(t *testing.T) {
	c := sdk(t)
	ctx := t.Context()
	archive := zipped(t, "index.mjs", `
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain');
  stream.write('one ');
  if (event.fail) { await new Promise(r => setTimeout(r, 20)); throw new RangeError('late'); }
  stream.write('two');
  stream.end();
});`)
	_, err := c.CreateFunction(ctx, &client.CreateFunctionInput{
		FunctionName: aws.String("pets"), Runtime: types.RuntimeNodejs22x, Handler: aws.String("index.handler"), Role: aws.String(role),
		Code: &types.FunctionCode{ZipFile: archive}, Timeout: aws.Int32(20), Environment: &types.Environment{Variables: map[string]string{"NAME": "b"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	active := client.NewFunctionActiveV2Waiter(c)
	if err := active.Wait(ctx, &client.GetFunctionInput{FunctionName: aws.String("pets")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		payload, want, code string
	}{{`{}`, "one two", ""}, {`{"fail":1}`, "one ", "RangeError"}} {
		out, err := c.InvokeWithResponseStream(ctx, &client.InvokeWithResponseStreamInput{
			FunctionName: aws.String("pets"), Payload: []byte(x.payload), LogType: types.LogTypeTail,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		var end *types.InvokeWithResponseStreamCompleteEvent
		for e := range out.GetStream().Events() {
			switch e := e.(type) {
			case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
				got.Write(e.Value.Payload)
			case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
				end = &e.Value
			}
		}
		if err := out.GetStream().Err(); err != nil || end == nil || got.String() != x.want || aws.ToString(end.ErrorCode) != x.code || aws.ToString(out.ExecutedVersion) != "$LATEST" {
			t.Errorf("%s: %q, %+v, %v", x.payload, got.String(), end, err)
			continue
		}
		if tail, err := base64.StdEncoding.DecodeString(aws.ToString(end.LogResult)); err != nil || !strings.Contains(string(tail), "REPORT RequestId: ") {
			t.Errorf("the tail is %q (%v)", tail, err)
		}
	}
	if _, err := c.UpdateFunctionConfiguration(ctx, &client.UpdateFunctionConfigurationInput{FunctionName: aws.String("pets"), Timeout: aws.Int32(5)}); err != nil {
		t.Fatal(err)
	}
	updated := client.NewFunctionUpdatedV2Waiter(c)
	got, err := updated.WaitForOutput(ctx, &client.GetFunctionInput{FunctionName: aws.String("pets")}, time.Minute)
	if err != nil || aws.ToInt32(got.Configuration.Timeout) != 5 || got.Configuration.Environment.Variables["NAME"] != "b" {
		t.Fatalf("%+v, %v", got, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, aws.ToString(got.Code.Location), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, sealed := range []bool{true, false} {
		if !sealed {
			request.URL.Path = strings.Replace(request.URL.Path, "/pets/", "/dogs/", 1)
		}
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.Body.Close(); err != nil || sealed != (string(body) == string(archive)) || sealed != (resp.StatusCode == 200) {
			t.Errorf("the code by a link (%t): %d, %d bytes, %v", sealed, resp.StatusCode, len(body), err)
		}
	}
	_, err = c.Invoke(ctx, &client.InvokeInput{FunctionName: aws.String("dogs")})
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
		t.Errorf("got %v", err)
	}
	// An archive larger than any API's payload.
	large := zipped(t, "index.mjs", "export const handler = async () => 1\n")
	large = append(make([]byte, 0, 12<<20), large...)
	if _, err := c.UpdateFunctionCode(ctx, &client.UpdateFunctionCodeInput{FunctionName: aws.String("pets"), ZipFile: padded(t, large, 12<<20)}); err != nil {
		t.Errorf("12 MB: %v", err)
	}
	if out, err := c.Invoke(ctx, &client.InvokeInput{FunctionName: aws.String("pets")}); err != nil || string(out.Payload) != "1" {
		t.Errorf("got %+v, %v", out, err)
	}
}

// padded puts bytes before an archive, which readers of archives skip.
func padded(t *testing.T, archive []byte, size int) []byte {
	t.Helper()
	return append(make([]byte, size-len(archive)), archive...)
}
