package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"postern/internal/server"
)

// ServeCmd runs Postern until it is told to stop.
//
//	postern serve --data /var/lib/postern
//	POSTERN_LISTEN=127.0.0.1:8080 postern serve
type ServeCmd struct {
	Listening `embed:""`
	Data      string          `default:"${data}" placeholder:"DIR" help:"Directory of the store; :memory: keeps nothing. Default: ${default}."`
	Config    kong.ConfigFlag `placeholder:"FILE" help:"YAML file with a key per flag."`
}

// Listening is what every command that serves takes.
type Listening struct {
	Listen      string         `default:"127.0.0.1:4566" placeholder:"ADDR" help:"Address for AWS calls and API calls. Default: ${default}."`
	Account     string         `default:"000000000000" placeholder:"ID" help:"AWS account of calls whose credentials name none, 12 digits. Default: ${default}."`
	Region      string         `default:"us-east-1" placeholder:"R" help:"Region of calls that name none. Default: ${default}."`
	Quota       map[string]int `placeholder:"NAME=N" help:"Another figure for a quota of the control plane, resources=1000; may be given several times. Default: AWS's figures, and any number of APIs."`
	Credentials string         `type:"existingfile" placeholder:"FILE" help:"YAML list of the access keys that calls of the AWS API must be signed with, each with an optional policy. Default: calls are not verified."`
	Insecure    bool           `help:"Listen beyond loopback although callers of the AWS API are not verified."`
	Grace       time.Duration  `default:"30s" placeholder:"DURATION" help:"How long running requests may take to finish at SIGTERM. Default: ${default}."`
	LogLevel    slog.Level     `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error. Default: ${default}."`
}

// options are the server's, as the flags give them.
func (l *Listening) options(s *Streams) server.Options {
	return server.Options{
		Listen:      l.Listen,
		Account:     l.Account,
		Region:      l.Region,
		Quotas:      l.Quota,
		Credentials: l.Credentials,
		Insecure:    l.Insecure,
		Grace:       l.Grace,
		Version:     version(),
		Log:         slog.New(slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: l.LogLevel})),
	}
}

// Run implements the command.
func (c *ServeCmd) Run(ctx context.Context, s *Streams) error {
	tuneMemory(ctx)
	options := c.options(s)
	options.Data = c.Data
	srv, err := server.Open(ctx, options)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "Postern %s listens on http://%s\n", version(), srv.Addr())
	return srv.Run(ctx)
}

// defaultData is where a user's programs keep their data, as the XDG base directory specification has it.
func defaultData() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "postern")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "postern")
	}
	return "postern-data"
}
