package client

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postern/internal/aws/arn"
	"postern/internal/aws/sigv4"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
)

// Own are the credentials of this process.
type Own interface {
	// Retrieve returns them. machine tells whether those of the machine that it runs on count too.
	Retrieve(ctx context.Context, machine bool) (aws.Credentials, error)
}

// Roles are the IAM roles that this process keeps itself.
type Roles interface {
	// Assume gives keys of a role to a service ("apigateway.amazonaws.com") that the role's trust policy must name. known is
	// false for a role that is not kept here.
	Assume(ctx context.Context, roleARN, service, session string) (keys aws.Credentials, known bool, err error)
}

// Callers gives the keys of callers of the data plane; sigv4.Keys of any kind will do.
type Callers = sigv4.Keys

const (
	// gatewayPrincipal is who assumes the roles of integrations.
	gatewayPrincipal = "apigateway.amazonaws.com"
	// sessionName is that of API Gateway's sessions, as CloudTrail shows it.
	sessionName = "BackplaneAssumeRoleSession"
)

// placeholder signs calls of endpoints that stand in AWS's place, when this process has no keys: local AWS tools want a
// signature to tell the service from, and do not check it.
func placeholder() aws.Credentials {
	return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
}

// own are the credentials of this process; none when there are none, since the target's policy may let anybody in.
// elsewhere tells that the call goes to an endpoint that stands in AWS's place.
func (c *Client) own(ctx context.Context, elsewhere bool) aws.Credentials {
	if c.options.Own != nil {
		if keys, err := c.options.Own.Retrieve(ctx, !elsewhere); err == nil {
			return keys
		}
	}
	if elsewhere {
		return placeholder()
	}
	return aws.Credentials{}
}

// callers are the keys of a caller.
func (c *Client) callers(caller *message.Identity) (aws.Credentials, error) {
	if c.options.Callers != nil && caller.AccessKey != "" {
		if key, ok := c.options.Callers.SigningKey(caller.AccessKey); ok {
			return aws.Credentials{AccessKeyID: caller.AccessKey, SecretAccessKey: key.Secret, SessionToken: key.SessionToken}, nil
		}
	}
	return aws.Credentials{}, &integration.RoleError{Role: integration.CallerCredentials, Err: errors.New("the caller's keys are not known here")}
}

// assume are the keys of a role: of one that is kept here, else of what STS gives.
func (c *Client) assume(ctx context.Context, role, region string) (aws.Credentials, error) {
	keys, err := c.roles.keys(ctx, role, func(ctx context.Context) (aws.Credentials, error) {
		if c.options.Roles != nil {
			if keys, known, err := c.options.Roles.Assume(ctx, role, gatewayPrincipal, sessionName); known || err != nil {
				return keys, err
			}
		}
		return c.assumeBySTS(ctx, role, region)
	})
	if err != nil {
		return keys, &integration.RoleError{Role: role, Err: err}
	}
	return keys, nil
}

// assumeBySTS asks STS for keys of a role, in the name of this process.
func (c *Client) assumeBySTS(ctx context.Context, role, region string) (aws.Credentials, error) {
	a, err := arn.Parse(role)
	if err != nil || a.Service != "iam" || !strings.HasPrefix(a.Resource, "role/") {
		return aws.Credentials{}, errors.New("not the ARN of a role")
	}
	endpoint, named := c.options.Endpoints.Of("sts")
	if !c.own(ctx, endpoint != nil).HasKeys() {
		return aws.Credentials{}, errors.New("this gateway has no role of this name, and no credentials of its own to ask STS with")
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = c.options.Now().Add(stsTimeout)
	}
	form := url.Values{
		"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {role}, "RoleSessionName": {sessionName},
	}
	call := &awsservice.Call{
		Partition: a.Partition, Region: region, Service: "sts", Method: "POST", Path: "/", Body: []byte(form.Encode()), Deadline: deadline,
		Header: message.Pairs{{Name: "Content-Type", Value: "application/x-www-form-urlencoded; charset=utf-8"}, {Name: "Accept", Value: "text/xml"}},
	}
	// STS in this process knows its own roles only, and those were asked before.
	p, err := c.prepare(ctx, call, endpoint, named || c.options.Local != nil)
	if err != nil {
		return aws.Credentials{}, err
	}
	var resp message.Response
	if err := c.send(ctx, call, p, &resp); err != nil {
		return aws.Credentials{}, fmt.Errorf("ask STS: %w", err)
	}
	return parseAssumeRole(resp.Status, resp.Body)
}

const stsTimeout = 10 * time.Second

// parseAssumeRole reads STS's answer. Source: STS API reference, AssumeRole.
func parseAssumeRole(status int, body []byte) (aws.Credentials, error) {
	var answer struct {
		Credentials struct {
			AccessKeyID     string    `xml:"AccessKeyId"`
			SecretAccessKey string    `xml:"SecretAccessKey"`
			SessionToken    string    `xml:"SessionToken"`
			Expiration      time.Time `xml:"Expiration"`
		} `xml:"AssumeRoleResult>Credentials"`
		Message string `xml:"Error>Message"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return aws.Credentials{}, fmt.Errorf("STS answered %d: %w", status, err)
	}
	got := answer.Credentials
	if status != 200 || got.AccessKeyID == "" {
		return aws.Credentials{}, fmt.Errorf("STS answered %d: %s", status, answer.Message)
	}
	return aws.Credentials{
		AccessKeyID: got.AccessKeyID, SecretAccessKey: got.SecretAccessKey, SessionToken: got.SessionToken,
		CanExpire: true, Expires: got.Expiration,
	}, nil
}
