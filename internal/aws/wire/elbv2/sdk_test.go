package elbv2

import (
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"postern/internal/aws/wire/wiretest"
)

// Noted and Fill make the recorder a wiretest.Recorder.
func (r *recorder) Noted() (operation string, input any) { return r.operation, r.input }
func (r *recorder) Fill(fill func(output any))           { r.fill = fill }

// client is AWS's own client of a service that h answers.
func client(t *testing.T, h Handler) *sdk.Client {
	t.Helper()
	address := wiretest.Serve(t, NewService(h, slog.New(slog.DiscardHandler)))
	return sdk.New(sdk.Options{
		BaseEndpoint: &address, Region: wiretest.Region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

// Every member of every operation goes there and comes back.
func TestSDKForGo(t *testing.T) {
	handler := new(recorder)
	wiretest.RoundTrip(t, "../model/elbv2-2015-12-01.json", client(t, handler), handler)
}
