package apigateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/wiretest"
	"postern/internal/gateway/message"
)

const stageARN = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod"

// sdkHandler answers the few operations that the SDK test calls, and checks what arrived.
type sdkHandler struct {
	Unimplemented
	t *testing.T
}

func (h sdkHandler) ImportRestAPI(_ context.Context, call *wire.Call, in *ImportRestAPIRequest) (*RestAPI, error) {
	h.equal("body", `{"swagger": "2.0"}`, string(in.Body))
	h.equal("failOnWarnings", true, *in.FailOnWarnings)
	h.equal("parameters", map[string]string{"basepath": "prepend", "endpointConfigurationTypes": "REGIONAL"}, in.Parameters)
	h.equal("access key", "AKIDEXAMPLE", call.AccessKeyID)
	h.equal("region", "eu-west-1", call.Region)
	return &RestAPI{
		ID: new("a1b2c3d4e5"), Name: new("pets"), CreatedDate: new(wire.Timestamp(1453416433)),
		Tags: map[string]string{}, DisableExecuteAPIEndpoint: new(false),
		EndpointConfiguration: &EndpointConfiguration{Types: []string{EndpointTypeRegional}},
	}, nil
}

func (h sdkHandler) PutIntegration(_ context.Context, _ *wire.Call, in *PutIntegrationRequest) (*Integration, error) {
	h.equal("type", IntegrationTypeHTTPProxy, *in.Type)
	h.equal("httpMethod", "GET", in.HTTPMethod)
	h.equal("integrationHttpMethod", "ANY", *in.IntegrationHTTPMethod)
	h.equal("insecureSkipVerification", true, *in.TLSConfig.InsecureSkipVerification)
	return &Integration{
		Type: in.Type, HTTPMethod: in.IntegrationHTTPMethod, URI: in.URI, TimeoutInMillis: new(29000),
		RequestTemplates: map[string]string{"application/json": ""}, CacheKeyParameters: []string{},
		TLSConfig: in.TLSConfig,
	}, nil
}

func (h sdkHandler) GetRestAPIs(_ context.Context, _ *wire.Call, in *GetRestAPIsRequest) (*RestAPIs, error) {
	if in.Position == nil {
		h.equal("limit", 1, *in.Limit)
		return &RestAPIs{Items: []RestAPI{{ID: new("one")}}, Position: new("a+b/c=")}, nil
	}
	h.equal("position", "a+b/c=", *in.Position)
	return &RestAPIs{Items: []RestAPI{{ID: new("two")}}}, nil
}

func (h sdkHandler) TagResource(_ context.Context, _ *wire.Call, in *TagResourceRequest) error {
	h.equal("arn", stageARN, in.ResourceARN)
	h.equal("tags", map[string]string{"team": "a/b & c"}, in.Tags)
	return nil
}

func (h sdkHandler) UntagResource(_ context.Context, _ *wire.Call, in *UntagResourceRequest) error {
	h.equal("tagKeys", []string{"cost center", "team"}, in.TagKeys) // the SDK sorts them
	return nil
}

func (h sdkHandler) GetExport(_ context.Context, _ *wire.Call, in *GetExportRequest) (*ExportResponse, error) {
	h.equal("accepts", "application/json", *in.Accepts) // this SDK sends nothing else, whatever Accepts says
	h.equal("parameters", map[string]string{"extensions": "apigateway"}, in.Parameters)
	return &ExportResponse{ContentType: new("application/octet-stream"), Body: []byte("openapi: 3.0.1\n")}, nil
}

func (h sdkHandler) GetUsage(_ context.Context, _ *wire.Call, _ *GetUsageRequest) (*Usage, error) {
	return &Usage{Items: map[string][][]int64{"key": {{1, 2}}}}, nil
}

func (h sdkHandler) GetStage(context.Context, *wire.Call, *GetStageRequest) (*Stage, error) {
	return nil, awserr.NotFound.Errorf("Invalid stage identifier specified")
}

func (h sdkHandler) CreateDeployment(context.Context, *wire.Call, *CreateDeploymentRequest) (*Deployment, error) {
	return nil, awserr.TooManyRequests.Errorf("Too Many Requests").RetryAfter(5)
}

func (h sdkHandler) equal(what string, want, got any) {
	h.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// client starts a server over net/http and gives the SDK's client for it.
func client(t *testing.T, h Handler) *sdk.Client {
	service := NewService(h, slog.New(slog.DiscardHandler))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		req := &message.Request{
			Method: r.Method, Target: r.RequestURI, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Host: r.Host, Body: body,
		}
		for name, values := range r.Header {
			for _, value := range values {
				req.Header.Add(name, value)
			}
		}
		target, ok := wire.TargetOf(req)
		if !ok || target.Service != "apigateway" {
			t.Errorf("the SDK's request is taken for %+v", target)
		}
		call := newCall()
		call.AccessKeyID, call.Region = target.AccessKeyID, target.Region
		resp := new(message.Response)
		service.Serve(r.Context(), call, req, resp)
		for _, pair := range resp.Header {
			w.Header().Add(pair.Name, pair.Value)
		}
		w.WriteHeader(resp.Status)
		w.Write(resp.Body)
	}))
	t.Cleanup(server.Close)
	return sdk.NewFromConfig(wiretest.Config(server.URL, "eu-west-1"))
}

// AWS's own client understands what the package writes, and is understood.
func TestSDKForGo(t *testing.T) {
	ctx := context.Background()
	c := client(t, sdkHandler{t: t})

	t.Run("ImportRestApi", func(t *testing.T) {
		api, err := c.ImportRestApi(ctx, &sdk.ImportRestApiInput{
			Body: []byte(`{"swagger": "2.0"}`), FailOnWarnings: true,
			Parameters: map[string]string{"basepath": "prepend", "endpointConfigurationTypes": "REGIONAL"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if *api.Id != "a1b2c3d4e5" || api.CreatedDate.Unix() != 1453416433 || api.Tags == nil ||
			api.EndpointConfiguration.Types[0] != types.EndpointTypeRegional {
			t.Errorf("got %+v", api)
		}
	})
	t.Run("PutIntegration", func(t *testing.T) {
		in, err := c.PutIntegration(ctx, &sdk.PutIntegrationInput{
			RestApiId: aws.String("a"), ResourceId: aws.String("b"), HttpMethod: aws.String("GET"),
			IntegrationHttpMethod: aws.String("ANY"), Type: types.IntegrationTypeHttpProxy, Uri: aws.String("http://x/"),
			TlsConfig: &types.TlsConfig{InsecureSkipVerification: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		if in.Type != types.IntegrationTypeHttpProxy || in.TimeoutInMillis != 29000 || in.CacheKeyParameters == nil ||
			!in.TlsConfig.InsecureSkipVerification {
			t.Errorf("got %+v", in)
		}
	})
	t.Run("GetRestApis pages", func(t *testing.T) {
		var ids []string
		for pages := sdk.NewGetRestApisPaginator(c, &sdk.GetRestApisInput{Limit: aws.Int32(1)}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, api := range page.Items {
				ids = append(ids, *api.Id)
			}
		}
		if diff := cmp.Diff([]string{"one", "two"}, ids); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("tags by ARN", func(t *testing.T) {
		if _, err := c.TagResource(ctx, &sdk.TagResourceInput{
			ResourceArn: aws.String(stageARN), Tags: map[string]string{"team": "a/b & c"},
		}); err != nil {
			t.Error(err)
		}
		if _, err := c.UntagResource(ctx, &sdk.UntagResourceInput{
			ResourceArn: aws.String(stageARN), TagKeys: []string{"team", "cost center"},
		}); err != nil {
			t.Error(err)
		}
	})
	t.Run("GetExport", func(t *testing.T) {
		export, err := c.GetExport(ctx, &sdk.GetExportInput{
			RestApiId: aws.String("a"), StageName: aws.String("s"), ExportType: aws.String("oas30"),
			Accepts: aws.String("application/yaml"), Parameters: map[string]string{"extensions": "apigateway"},
		})
		if err != nil || string(export.Body) != "openapi: 3.0.1\n" || *export.ContentType != "application/octet-stream" {
			t.Errorf("got %+v, %v", export, err)
		}
	})
	t.Run("GetUsage", func(t *testing.T) {
		usage, err := c.GetUsage(ctx, &sdk.GetUsageInput{
			UsagePlanId: aws.String("p"), StartDate: aws.String("2026-01-01"), EndDate: aws.String("2026-01-02"),
		})
		if err != nil || usage.Items["key"][0][1] != 2 {
			t.Errorf("got %+v, %v", usage, err)
		}
	})
}

// The SDK gives each error its type, its text and what else it carries.
func TestSDKForGoErrors(t *testing.T) {
	ctx := context.Background()
	c := client(t, sdkHandler{t: t})

	_, err := c.GetStage(ctx, &sdk.GetStageInput{RestApiId: aws.String("a"), StageName: aws.String("s")})
	if notFound, ok := errors.AsType[*types.NotFoundException](err); !ok || *notFound.Message != "Invalid stage identifier specified" {
		t.Errorf("GetStage: %v", err)
	}
	_, err = c.CreateDeployment(ctx, &sdk.CreateDeploymentInput{RestApiId: aws.String("a")})
	if throttled, ok := errors.AsType[*types.TooManyRequestsException](err); !ok || aws.ToString(throttled.RetryAfterSeconds) != "5" {
		t.Errorf("CreateDeployment: %v", err)
	}
	_, err = c.CreateModel(ctx, &sdk.CreateModelInput{
		RestApiId: aws.String("a"), Name: aws.String("n"), ContentType: aws.String("application/json"),
	})
	if refusal, ok := errors.AsType[smithy.APIError](err); !ok || refusal.ErrorCode() != "NotImplementedException" ||
		refusal.ErrorMessage() != "Postern does not implement CreateModel yet." {
		t.Errorf("CreateModel: %v", err)
	}
	_, err = c.PutMethodResponse(ctx, &sdk.PutMethodResponseInput{
		RestApiId: aws.String("a"), ResourceId: aws.String("b"), HttpMethod: aws.String("GET"), StatusCode: aws.String("wrong"),
	})
	if refusal, ok := errors.AsType[smithy.APIError](err); !ok || refusal.ErrorCode() != "ValidationException" {
		t.Errorf("PutMethodResponse: %v", err)
	}
}
