package cognito

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"postern/internal/aws/arn"
)

// PoolOptions say where user pools are. The zero value of each member stands for its default.
type PoolOptions struct {
	// Issuers gives a pool, by its ARN, another issuer than https://cognito-idp.{region}.amazonaws.com/{pool}: that of a
	// Cognito that runs elsewhere. Tokens must then name it.
	Issuers map[string]string
	// Keys gives a pool, by its ARN, another place of its keys than {issuer}/.well-known/jwks.json: a URL or a file.
	Keys map[string]string
	// Client fetches keys. Default: a client that follows no redirects.
	Client *http.Client
	Now    func() time.Time
	Log    *slog.Logger
}

// Pools are the user pools whose tokens this node verifies; their keys are shared by all authorizers.
type Pools struct {
	options PoolOptions
	now     func() time.Time
	log     *slog.Logger

	mu   sync.Mutex // guards sets, which are asked for when a stage is compiled
	sets map[string]*keySet
}

// DefaultPools are the user pools where AWS has them.
func DefaultPools(log *slog.Logger) *Pools { return newPools(PoolOptions{Log: log}) }

// NewPools checks where pools are.
func NewPools(o PoolOptions) (*Pools, error) {
	for _, places := range []map[string]string{o.Issuers, o.Keys} {
		for pool := range places {
			if _, err := issuerOf(pool); err != nil {
				return nil, err
			}
		}
	}
	for pool, issuer := range o.Issuers {
		if !strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "http://") {
			return nil, fmt.Errorf("the issuer of user pool %s must be a URL, not %q", pool, issuer)
		}
	}
	return newPools(o), nil
}

func newPools(o PoolOptions) *Pools {
	p := &Pools{options: o, now: o.Now, log: o.Log, sets: map[string]*keySet{}}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.options.Client == nil {
		p.options.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return p
}

// issuerOf is the issuer of the tokens of a pool, arn:aws:cognito-idp:{region}:{account}:userpool/{pool}.
// Source: Cognito developer guide, "Verifying JSON Web Tokens".
func issuerOf(pool string) (string, error) {
	a, err := arn.Parse(pool)
	id, ok := strings.CutPrefix(a.Resource, "userpool/")
	if err != nil || !ok || a.Service != "cognito-idp" || !isName(a.Region) || !isName(id) {
		return "", fmt.Errorf("%q is not the ARN of a user pool", pool)
	}
	suffix := "amazonaws.com"
	if a.Partition == "aws-cn" {
		suffix += ".cn"
	}
	return "https://cognito-idp." + a.Region + "." + suffix + "/" + id, nil
}

// isName tells whether text is the name of a region or the id of a pool, which become a part of a URL.
func isName(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return text != ""
}

// set is the key set of a pool; pools of one issuer share it.
func (p *Pools) set(pool string) (*keySet, error) {
	issuer, err := issuerOf(pool)
	if err != nil {
		return nil, err
	}
	if other := p.options.Issuers[pool]; other != "" {
		issuer = other
	}
	location := p.options.Keys[pool]
	if location == "" {
		location = strings.TrimSuffix(issuer, "/") + "/.well-known/jwks.json"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := issuer + " " + location
	if p.sets[name] == nil {
		p.sets[name] = &keySet{issuer: issuer, location: location, pools: p}
	}
	return p.sets[name], nil
}

// read fetches a URL or reads a file.
func (p *Pools) read(ctx context.Context, location string) ([]byte, error) {
	if !strings.HasPrefix(location, "https://") && !strings.HasPrefix(location, "http://") {
		return os.ReadFile(strings.TrimPrefix(location, "file://"))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.options.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxJWKS+1))
}
