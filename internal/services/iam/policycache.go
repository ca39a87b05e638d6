package iam

import (
	"sync"

	"postern/internal/aws/iampolicy"
)

// maxParsed bounds the parsed policies that are kept.
const maxParsed = 1024

// policyCache keeps policies parsed, by their text: the same text is always the same policy, so nothing in it grows old.
type policyCache struct {
	mu     sync.RWMutex
	parsed map[parsedKey]*iampolicy.Policy
}

type parsedKey struct {
	document string
	kind     iampolicy.Kind
}

func newPolicyCache() *policyCache { return &policyCache{parsed: map[parsedKey]*iampolicy.Policy{}} }

func (c *policyCache) parse(document string, kind iampolicy.Kind) (*iampolicy.Policy, error) {
	key := parsedKey{document, kind}
	c.mu.RLock()
	policy := c.parsed[key]
	c.mu.RUnlock()
	if policy != nil {
		return policy, nil
	}
	policy, err := iampolicy.Parse([]byte(document), kind)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.parsed) == maxParsed {
		clear(c.parsed)
	}
	c.parsed[key] = policy
	return policy, nil
}
