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
	Listen              string            `default:"127.0.0.1:4566" placeholder:"ADDR" help:"Address for AWS calls and API calls. Default: ${default}."`
	Account             string            `default:"000000000000" placeholder:"ID" help:"AWS account of calls whose credentials name none, 12 digits. Default: ${default}."`
	Region              string            `default:"us-east-1" placeholder:"R" help:"Region of calls that name none. Default: ${default}."`
	Quota               map[string]int    `placeholder:"NAME=N" help:"Another figure for a quota of the control plane, resources=1000; may be given several times. Default: AWS's figures, and any number of APIs."`
	Credentials         string            `type:"existingfile" placeholder:"FILE" help:"YAML list of the access keys that calls of the AWS API must be signed with, each with an optional policy. Default: calls are not verified."`
	AWSEndpoint         []string          `name:"aws-endpoint" placeholder:"[SERVICE=]URL" help:"Where integrations reach an AWS service, sqs=http://127.0.0.1:5000, a function, lambda:NAME=URL, or every service that is not named, http://127.0.0.1:5000 (functions that run here go on to); SERVICE=aws is AWS itself. May be given several times. Default: the services that Postern has are its own, all others AWS's."`
	VPCLink             map[string]hosts  `name:"vpc-link" placeholder:"LINK=HOST:PORT,..." help:"Hosts that a VPC link leads to, by its id or by the ARN of its target; may be given several times. Default: the load balancers that were made here."`
	Instance            map[string]string `placeholder:"ID=HOST" help:"Host of an EC2 instance that is a target of a load balancer; may be given several times."`
	StreamRate          int               `default:"2097152" placeholder:"BYTES" help:"How fast a streamed response may be beyond its first 10 MB, in bytes a second; 0 for no bound. Default: ${default}."`
	UpstreamConnections int               `placeholder:"N" help:"Most connections to one upstream; requests beyond it wait for one. Default: no bound."`
	Insecure            bool              `help:"Listen beyond loopback although callers of the AWS API are not verified."`
	Grace               time.Duration     `default:"30s" placeholder:"DURATION" help:"How long running requests may take to finish at SIGTERM. Default: ${default}."`
	Callers             `embed:""`
	Throttling          `embed:""`
	Functions           `embed:""`
	Observing           `embed:""`
	TLS                 `embed:""`
	LogLevel            slog.Level `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error. Default: ${default}."`
}

// options are the server's, as the flags give them.
func (l *Listening) options(s *Streams) server.Options {
	return server.Options{
		Listen:              l.Listen,
		Account:             l.Account,
		Region:              l.Region,
		Quotas:              l.Quota,
		Credentials:         l.Credentials,
		AWSEndpoints:        l.AWSEndpoint,
		Access:              l.Callers.options(),
		Traffic:             l.Throttling.options(),
		Functions:           l.Functions.options(),
		Observe:             l.Observing.options(s.Out),
		VPCLinks:            byLink(l.VPCLink),
		Instances:           l.Instance,
		TLS:                 l.TLS.options(),
		StreamRate:          l.StreamRate,
		UpstreamConnections: l.UpstreamConnections,
		Insecure:            l.Insecure,
		Grace:               l.Grace,
		Version:             version(),
		Log:                 slog.New(slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: l.LogLevel})),
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
	if addr := srv.TLSAddr(); addr != "" {
		fmt.Fprintf(s.Err, "and on https://%s\n", addr)
	}
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
