package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"postern/internal/eventloop"
)

// Environment are the credentials that the environment, the shared files or the machine's role give this process, as the
// AWS SDKs look for them. They are looked for when they are first wanted.
// Source: AWS SDKs and tools reference guide, "Standardized credential providers".
type Environment struct {
	// Now is the clock. Default: time.Now.
	Now func() time.Time

	anywhere, withoutMachine chain
}

// Retrieve implements Own.
func (e *Environment) Retrieve(ctx context.Context, machine bool) (aws.Credentials, error) {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	if machine {
		return e.anywhere.retrieve(ctx, now)
	}
	return e.withoutMachine.retrieve(ctx, now, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
}

// patience is how long it is remembered that there are no credentials: to find out may take seconds.
const patience = time.Minute

var errNoCredentials = errors.New("no credentials in the environment")

// chain is one way to look for credentials.
type chain struct {
	// provider is nil until one is found; it keeps its credentials itself.
	provider atomic.Pointer[aws.CredentialsCache]
	mu       sync.Mutex
	failed   time.Time
}

func (c *chain) retrieve(ctx context.Context, now func() time.Time, options ...func(*config.LoadOptions) error) (aws.Credentials, error) {
	if provider := c.provider.Load(); provider != nil {
		return provider.Retrieve(ctx)
	}
	if !c.mu.TryLock() {
		eventloop.Of(ctx).Block()
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	if !c.failed.IsZero() && now().Sub(c.failed) < patience {
		return aws.Credentials{}, errNoCredentials
	}
	eventloop.Of(ctx).Block()
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		c.failed = now()
		return aws.Credentials{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	provider := aws.NewCredentialsCache(loaded.Credentials)
	keys, err := provider.Retrieve(ctx)
	if err != nil {
		c.failed = now()
		return keys, fmt.Errorf("find AWS credentials: %w", err)
	}
	c.provider.Store(provider)
	return keys, nil
}
