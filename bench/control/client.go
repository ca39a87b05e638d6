package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// client is one connection to the server. It costs little, since it shares the machine with what it measures.
type client struct {
	conn      net.Conn
	answers   *bufio.Reader
	api, root string
}

func newClient(ctx context.Context, address string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, answers: bufio.NewReader(conn)}, nil
}

// prepare makes an API with a method and an integration.
func (c *client) prepare() error {
	var api struct{ ID, RootResourceID string }
	text, err := c.ask("POST", "/restapis", `{"name":"bench"}`)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &api); err != nil {
		return err
	}
	c.api, c.root = api.ID, api.RootResourceID
	const method = "/restapis/{api}/resources/{root}/methods/GET"
	if _, err := c.ask("PUT", method, `{"authorizationType":"NONE"}`); err != nil {
		return err
	}
	_, err = c.ask("PUT", method+"/integration", integration)
	return err
}

// request writes out a request, with the client's own API in its path.
func (c *client) request(method, path, body string) []byte {
	path = strings.NewReplacer("{api}", c.api, "{root}", c.root).Replace(path)
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: postern\r\nAccept: application/json\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/apigateway/aws4_request\r\n"+
		"Content-Length: %d\r\n\r\n%s", method, path, len(body), body)
}

func (c *client) ask(method, path, body string) ([]byte, error) {
	if _, err := c.conn.Write(c.request(method, path, body)); err != nil {
		return nil, err
	}
	return c.read()
}

// repeat asks the same until end.
func (c *client) repeat(method, path, body string, end time.Time) (took []time.Duration, err error) {
	request := c.request(method, path, body)
	for began := time.Now(); began.Before(end); {
		if _, err := c.conn.Write(request); err != nil {
			return took, err
		}
		if _, err := c.read(); err != nil {
			return took, err
		}
		now := time.Now()
		took = append(took, now.Sub(began))
		began = now
	}
	return took, nil
}

// read reads one answer, of which it needs the status and the length only.
func (c *client) read() ([]byte, error) {
	status, length := "", 0
	for first := true; ; first = false {
		line, err := c.answers.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if first {
			_, status, _ = strings.Cut(line, " ")
			continue
		}
		if line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.answers, body); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(status, "2") {
		return nil, fmt.Errorf("answered %s: %s", status, body)
	}
	return body, nil
}
