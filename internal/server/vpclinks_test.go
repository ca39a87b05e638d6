package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// linked deploys an API with a private integration through a link to stage "dev", and gives its path.
func linked(t *testing.T, s *Server, uri, link, mode string) string {
	t.Helper()
	definition := fmt.Sprintf(`{"swagger": "2.0", "info": {"title": "linked"}, "paths": {"/{p+}": {"get": {
		"parameters": [{"in": "path", "name": "p", "required": true, "type": "string"}], "responses": {},
		"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": %q, "connectionType": "VPC_LINK", "connectionId": %q,
			"responseTransferMode": %q, "requestParameters": {"integration.request.path.p": "method.request.path.p"}}}}}}`, uri+"/{p}", link, mode)
	status, body := fetch(t, s, "POST", "/restapis?mode=import", definition)
	var api struct{ ID string }
	if err := json.Unmarshal([]byte(body), &api); err != nil || status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := fetch(t, s, "POST", "/restapis/"+api.ID+"/deployments", `{"stageName": "dev"}`); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	return "/_aws/execute-api/" + api.ID + "/dev"
}

// What the configuration names goes before the API's own links, by a link's id or by the ARN of its target; hosts take turns.
func TestConfiguredLinks(t *testing.T) {
	host := func(name string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s %s %s", name, r.Host, r.URL.Path)
		}))
		t.Cleanup(server.Close)
		return server.Listener.Addr().String()
	}
	const arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/1"
	o := options()
	o.VPCLinks = map[string][]string{"abc123": {host("one"), host("two")}, arn: {host("three")}}
	s, _ := run(t, o)
	status, body := fetch(t, s, "POST", "/vpclinks", `{"name": "pets", "targetArns": ["`+arn+`"]}`)
	var link struct{ ID string }
	if err := json.Unmarshal([]byte(body), &link); err != nil || status != 202 {
		t.Fatalf("%d %s", status, body)
	}
	byID, byTarget := linked(t, s, "http://pets.internal", "abc123", "BUFFERED"), linked(t, s, "http://pets.internal", link.ID, "BUFFERED")
	seen := map[string]bool{}
	for range 4 {
		status, body := fetch(t, s, "GET", byID+"/v1", "")
		seen[body] = true
		if status != 200 {
			t.Errorf("%d %s", status, body)
		}
	}
	if !seen["one pets.internal /v1"] || !seen["two pets.internal /v1"] || len(seen) != 2 {
		t.Errorf("by the link's id: %v", seen)
	}
	if _, body := fetch(t, s, "GET", byTarget+"/v1", ""); body != "three pets.internal /v1" {
		t.Errorf("by its target: %s", body)
	}
}

func TestOpenRefusesLinksToNothing(t *testing.T) {
	for _, hosts := range [][]string{nil, {"host"}, {"host:x"}, {":80"}, {"host:0"}} {
		o := options()
		o.VPCLinks = map[string][]string{"abc123": hosts}
		if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--vpc-link abc123") {
			t.Errorf("%q: %v", hosts, err)
		}
	}
}

// The first byte leaves when it comes in, and what breaks off does not look whole.
func TestStreamsReachTheClientPieceByPiece(t *testing.T) {
	more, ended := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(ended)
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-more
		panic(http.ErrAbortHandler)
	}))
	defer upstream.Close()
	o := options()
	o.VPCLinks = map[string][]string{"abc123": {upstream.Listener.Addr().String()}}
	s, _ := run(t, o)
	path := linked(t, s, "http://pets.internal", "abc123", "STREAM")
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "GET %s/x HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	piece := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, piece); err != nil || string(piece) != "first" || len(resp.TransferEncoding) != 1 {
		t.Fatalf("%q, %v, %q", piece, err, resp.TransferEncoding)
	}
	close(more)
	<-ended
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("a stream that broke off looks whole")
	}
}
