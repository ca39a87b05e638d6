package server

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"time"

	"postern/internal/gateway/message"
	"postern/internal/services/iam"
	"postern/internal/services/lambda"
	"postern/internal/services/lambda/runtime"
	"postern/internal/services/logs"
	"postern/internal/store"
)

// FunctionOptions bound the processes that run Lambda functions.
type FunctionOptions struct {
	// Processes is how many may run at one time; 0 means 100. PerFunction is how many of them may belong to one version of a
	// function; 0 means half of them.
	Processes, PerFunction int
	// Idle is after which time an idle process is ended; 0 means 5 minutes.
	Idle time.Duration
}

// openFunctions makes the service that keeps and runs functions.
func (s *Server) openFunctions() (*lambda.Lambda, error) {
	o := s.options.Functions
	if o.Processes <= 0 {
		o.Processes = 100
	}
	if o.PerFunction <= 0 {
		o.PerFunction = (o.Processes + 1) / 2
	}
	folder := ""
	if s.options.Data != memoryData && !strings.Contains(s.options.Data, "://") {
		folder = filepath.Join(s.options.Data, "lambda")
	}
	return lambda.New(lambda.Options{
		Store: s.store, Folder: folder, Logs: functionLogs{s.observing.logs}, Trusts: s.functionRole, Log: s.options.Log,
		Runtime: runtime.Options{
			MaxProcesses: o.Processes, MaxPerFunction: o.PerFunction, Idle: o.Idle, Surroundings: surroundings{s},
		},
	})
}

// functionService is the principal that functions' roles trust.
const functionService = "lambda.amazonaws.com"

// functionRole tells whether functions may act as a role. Where callers are not verified, a role that was never made will
// do: nothing is asked of it.
func (s *Server) functionRole(ctx context.Context, role string) (bool, error) {
	trusted, err := s.principals.iam.Trusts(ctx, role, functionService)
	if errors.Is(err, iam.ErrNoRole) {
		return s.credentials == nil, nil
	}
	return trusted, err
}

// surroundings are what functions find besides themselves.
type surroundings struct{ server *Server }

// Credentials implements runtime.Surroundings. Where callers are not verified, a role that was never made has no keys,
// and the number of an account is a key of it.
func (u surroundings) Credentials(ctx context.Context, account, role, name string) (runtime.Credentials, error) {
	keys, known, err := u.server.principals.Assume(ctx, role, functionService, name)
	if !known && err == nil && u.server.credentials == nil {
		return runtime.Credentials{AccessKeyID: account, SecretAccessKey: "postern"}, nil
	}
	if !known && err == nil {
		err = iam.ErrNoRole
	}
	return runtime.Credentials{
		AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey, SessionToken: keys.SessionToken,
	}, err
}

// Endpoint implements runtime.Surroundings.
func (u surroundings) Endpoint() string {
	host, port, err := net.SplitHostPort(u.server.Addr())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// functionLogs is CloudWatch Logs, as package lambda wants it.
type functionLogs struct{ logs *logs.Logs }

func (g functionLogs) Append(ctx context.Context, account, region, group, stream string, events []runtime.LogEvent) error {
	list := make([]logs.Event, len(events))
	for i, e := range events {
		list[i] = logs.Event{Timestamp: e.Time, Message: e.Message}
	}
	return g.logs.Append(ctx, store.Scope{Account: account, Region: region}, group, stream, list)
}

// functionCodePath is where the archives of functions can be fetched; see GetFunction.
const functionCodePath = "/_postern/lambda/code/"

// functionCode answers with the archive that a link of GetFunction leads to.
func (s *Server) functionCode(req *message.Request, resp *message.Response) {
	archive, err := s.lambda.Archive(context.Background(), strings.TrimPrefix(req.Path, functionCodePath))
	if err != nil || req.Method != "GET" {
		answer(resp, 404, "NotFoundException", "There is no such archive, or the link is too old.")
		return
	}
	resp.Status = 200
	resp.Header.Add("Content-Type", "application/zip")
	resp.Body = archive
}
