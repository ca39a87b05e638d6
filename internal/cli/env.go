package cli

import (
	"embed"
	"fmt"
	"net"
	"path"
	"text/template"
)

// EnvCmd prints what a tool needs to find the server.
//
//	eval "$(postern env)"
//	postern env terraform > provider.tf
type EnvCmd struct {
	Tool    string `arg:"" optional:"" default:"shell" enum:"shell,boto3,go,javascript,terraform,pulumi" help:"shell (also what the AWS CLI reads), boto3, go, javascript, terraform (and OpenTofu) or pulumi. Default: ${default}."`
	Listen  string `default:"127.0.0.1:4566" placeholder:"ADDR" help:"Address that the server listens on. Default: ${default}."`
	Account string `default:"000000000000" placeholder:"ID" help:"AWS account to work in: it is named by the access key. Default: ${default}."`
	Region  string `default:"us-east-1" placeholder:"R" help:"Region to work in. Default: ${default}."`
}

// envTemplates are the texts, a file for each tool.
//
//go:embed env
var envTemplates embed.FS

// terraformServices are the names that the Terraform provider gives the services that Postern answers.
var terraformServices = []string{"acm", "apigateway", "ec2", "elbv2", "iam", "lambda", "logs", "sts"}

// Run implements the command.
func (c *EnvCmd) Run(s *Streams) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return misuse(fmt.Sprintf("--listen wants HOST:PORT, not %q", c.Listen))
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	name := path.Join("env", c.Tool)
	t, err := template.ParseFS(envTemplates, name)
	if err != nil {
		return fmt.Errorf("read the text for %s: %w", c.Tool, err)
	}
	return t.Execute(s.Out, map[string]any{
		"Endpoint": "http://" + net.JoinHostPort(host, port), "Account": c.Account, "Region": c.Region,
		"Services": terraformServices,
	})
}
