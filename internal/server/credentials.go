package server

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"postern/internal/aws/arn"
	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
	"postern/internal/aws/wire"
	"postern/internal/gateway/authorize/iam"
)

// Credentials are the access keys that may call the AWS API and sign calls of deployed APIs, and what each may do: those of
// a file, which never change, and those that IAM and STS gave to who had one of them. They may be used by many requests at
// once.
type Credentials struct {
	// Warnings are what is unwise about the file, for the log; none of them names a secret.
	Warnings []string

	keys     map[string]*accessKey
	verifier *sigv4.Verifier
	now      func() time.Time

	// principals knows the keys that IAM and STS gave out; services say what their calls do. Both are set by attach.
	principals principals
	services   map[string]*wire.Service
	// unverified is true where there is no file: sessions then count although nobody verified who began them.
	unverified bool
}

// accessKey is one entry, checked and compiled.
type accessKey struct {
	key    sigv4.Key
	caller Caller
	// policy is nil for a key that may do everything.
	policy *iampolicy.Policy
	// identity is the caller of deployed APIs.
	identity *iam.Identity
}

// Caller is who signed a call.
type Caller struct {
	AccessKeyID string
	// Account is twelve digits; the call acts on it.
	Account string
	// ARN names the caller in refusals and to policies: a user's, an assumed role's, or the account's root.
	ARN string
	// Name is the user's name; empty for other callers.
	Name string
	// RoleARN and Tags are those of a session that STS began; UserID is empty for keys of the file.
	RoleARN, UserID string
	Tags            map[string]string
}

// LoadCredentials reads a credentials file: a YAML list with an entry per access key.
//
//	# postern serve --credentials keys.yaml
//	- accessKeyId: AKIDADMIN            # letters, digits, - and _
//	  secretAccessKey: "..."
//	  account: "111111111111"           # the account that calls with this key act on
//	- accessKeyId: ASIADEPLOY
//	  secretAccessKey: "..."
//	  sessionToken: "..."               # only for temporary keys: calls must carry it
//	  expiration: 2026-12-31T23:59:59Z  # optional, with sessionToken
//	  account: "111111111111"
//	  name: deploy                      # or arn: the caller's whole ARN; without both the caller is the account's root
//	  policy:                           # an IAM policy, as YAML or as JSON text; without it the key may do everything
//	    Version: "2012-10-17"
//	    Statement:
//	      - Effect: Allow
//	        Action: apigateway:GET
//	        Resource: arn:aws:apigateway:*::/*
//
// Everything is checked at once; an error names the entry and what is wrong with it.
func LoadCredentials(path string) (*Credentials, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	if info.Size() > maxCredentialsFile {
		return nil, fmt.Errorf("credentials: %s has %d bytes, %d are allowed", path, info.Size(), maxCredentialsFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	c, err := parseCredentials(text, time.Now)
	if err != nil {
		return nil, fmt.Errorf("credentials: %s: %w", path, err)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("everybody on this machine may read or write the secrets in %s (mode %04o); chmod 600 it", path, mode))
	}
	return c, nil
}

// parseCredentials checks and compiles the entries of a credentials file. now is the clock of verification.
func parseCredentials(text []byte, now func() time.Time) (*Credentials, error) {
	entries, err := decodeCredentials(text)
	if err != nil {
		return nil, err
	}
	c := &Credentials{keys: make(map[string]*accessKey, len(entries)), now: now}
	for i, e := range entries {
		key, err := e.compile()
		if err != nil {
			return nil, fmt.Errorf("entry %d (%s): %w", i+1, e.AccessKeyID, err)
		}
		if c.keys[e.AccessKeyID] != nil {
			return nil, fmt.Errorf("entry %d (%s): an earlier entry has the same accessKeyId", i+1, e.AccessKeyID)
		}
		c.keys[e.AccessKeyID] = key
	}
	if len(c.keys) == 0 {
		return nil, fmt.Errorf("there is no entry: nobody could call")
	}
	c.verifier = sigv4.NewVerifier(c, sigv4.Options{Now: now})
	return c, nil
}

// SigningKey implements sigv4.Keys.
func (c *Credentials) SigningKey(accessKeyID string) (sigv4.Key, bool) {
	if k := c.keys[accessKeyID]; k != nil {
		return k.key, true
	}
	identity, ok := c.issued(accessKeyID)
	return identity.Key, ok
}

var (
	accessKeyIDPattern = regexp.MustCompile(`^[\w-]{1,128}$`)
	// userNamePattern is IAM's. Source: IAM API reference, CreateUser.
	userNamePattern = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
)

// compile checks one entry.
func (e *credentialsEntry) compile() (*accessKey, error) {
	switch {
	case !accessKeyIDPattern.MatchString(e.AccessKeyID):
		return nil, fmt.Errorf("accessKeyId must be 1 to 128 letters, digits, - and _")
	case e.SecretAccessKey == "":
		return nil, fmt.Errorf("secretAccessKey is missing")
	case len(e.Account) != 12 || !digits(e.Account):
		return nil, fmt.Errorf("account must be 12 digits, not %q", e.Account)
	case !e.Expiration.IsZero() && e.SessionToken == "":
		return nil, fmt.Errorf("expiration goes with sessionToken")
	}
	caller, err := e.caller()
	if err != nil {
		return nil, err
	}
	policy, err := e.policy()
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	key := &accessKey{key: sigv4.Key{Secret: e.SecretAccessKey, SessionToken: e.SessionToken, Expires: e.Expiration}, caller: caller, policy: policy}
	key.identity = key.identify()
	return key, nil
}

func (e *credentialsEntry) caller() (Caller, error) {
	caller := Caller{AccessKeyID: e.AccessKeyID, Account: e.Account, Name: e.Name}
	switch {
	case e.Name != "" && e.ARN != "":
		return caller, fmt.Errorf("name and arn exclude each other")
	case e.Name != "":
		if !userNamePattern.MatchString(e.Name) {
			return caller, fmt.Errorf("name must be 1 to 64 letters, digits and _+=,.@-, not %q", e.Name)
		}
		caller.ARN = "arn:aws:iam::" + e.Account + ":user/" + e.Name
	case e.ARN != "":
		a, err := arn.Parse(e.ARN)
		if err != nil || a.Service != "iam" && a.Service != "sts" || a.Account != e.Account {
			return caller, fmt.Errorf("arn must name a user or a role's session of account %s, not %q", e.Account, e.ARN)
		}
		caller.ARN = e.ARN
		if path, ok := strings.CutPrefix(a.Resource, "user/"); ok {
			caller.Name = path[strings.LastIndexByte(path, '/')+1:]
		}
	default:
		caller.ARN = "arn:aws:iam::" + e.Account + ":root"
	}
	return caller, nil
}
