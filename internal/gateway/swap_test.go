package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/apidef"
	"postern/internal/gateway"
	"postern/internal/gateway/message"
	"postern/internal/http1"
)

// versions is a Source with one stage, deployed again and again.
type versions struct {
	mu      sync.Mutex
	current *apidef.Deployed
	feed    chan apidef.Changes
}

func (v *versions) Load(context.Context, string, string) (*apidef.Deployed, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current, nil
}

func (v *versions) Watch(context.Context) (<-chan apidef.Changes, error) { return v.feed, nil }

func (v *versions) deploy(t *testing.T, n int) {
	d := deployed(t, fmt.Sprintf(`
methods:
  GET /{id}:
    methodIntegration:
      type: HTTP
      httpMethod: GET
      uri: http://b/v%[1]d/{id}
      requestParameters:
        integration.request.path.id: method.request.path.id
        integration.request.header.version: "'%[1]d'"
      integrationResponses: {"200": {responseParameters: {method.response.header.version: "'%[1]d'", method.response.header.seen: integration.response.header.seen}}}
`, n))
	v.mu.Lock()
	v.current = d
	v.mu.Unlock()
}

// mirror answers with what it was sent.
type mirror struct{}

func (mirror) Do(req *http1.UpstreamRequest, _ time.Time, resp *message.Response) error {
	version, _ := req.Header.GetFold("version")
	resp.Status = 200
	resp.Header.Add("seen", req.Target+" "+version)
	resp.SetBody(append(resp.Memory(), req.Target...))
	return nil
}

// While a stage is deployed fifty times, each of a hundred clients gets answers of one version each, of a version no older
// than the last one it knew to be served, and none is lost.
func TestSwapUnderLoad(t *testing.T) {
	const clients, deployments = 100, 50
	source := &versions{feed: make(chan apidef.Changes)}
	source.deploy(t, 1)
	g := gateway.New(gateway.Options{Source: source, Backends: gateway.Backends{Transport: mirror{}}, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { g.Run(ctx) })
	var served atomic.Int64
	served.Store(1)
	var answers atomic.Int64
	for c := range clients {
		running.Go(func() {
			resp := &message.Response{}
			for ctx.Err() == nil {
				oldest := int(served.Load())
				if problem := askOnce(g, resp, strconv.Itoa(c), oldest); problem != "" {
					t.Error(problem)
					cancel()
				}
				answers.Add(1)
			}
		})
	}
	for n := 2; n <= deployments; n++ {
		source.deploy(t, n)
		source.feed <- apidef.Changes{Revision: int64(n), Stages: []apidef.StageKey{{APIID: "api1", Stage: "prod"}}}
		if err := g.Follow(ctx, int64(n)); err != nil {
			t.Fatal(err)
		}
		served.Store(int64(n))
	}
	cancel()
	running.Wait()
	if answers.Load() < clients {
		t.Errorf("%d answers only", answers.Load())
	}
}

func askOnce(g *gateway.Gateway, resp *message.Response, id string, oldest int) (problem string) {
	resp.Reset()
	path := "/prod/" + id
	g.Serve(&message.Request{
		Method: "GET", Path: path, Target: path, Host: "api1.execute-api.x", RemoteAddr: netip.MustParseAddrPort("203.0.113.7:1"),
	}, resp)
	version, _ := resp.Header.GetFold("version")
	seen, _ := resp.Header.GetFold("seen")
	n, _ := strconv.Atoi(version)
	target := fmt.Sprintf("/v%s/%s", version, id)
	if resp.Status != 200 || n < oldest || seen != target+" "+version || string(resp.Body) != target {
		return fmt.Sprintf("client %s, version %d or newer expected: status %d, version %q, seen %q, body %q", id, oldest, resp.Status, version, seen, resp.Body)
	}
	return ""
}
