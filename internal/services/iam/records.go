package iam

import (
	"errors"
	"strings"

	"postern/internal/aws/wire"
	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document. Names are unique without regard to case, so ids are in lower case.
const (
	kindRole   = "iam-role"   // {name}
	kindUser   = "iam-user"   // {name}
	kindPolicy = "iam-policy" // {name}, a customer managed policy with its versions
	// kindAccessKey is in no scope: who signs a call is not known before its key is found.
	kindAccessKey = "iam-accesskey" // {access key id}
)

// entity is what roles and users have in common.
type entity struct {
	Name    string         `json:"name"`
	ID      string         `json:"id"`
	ARN     string         `json:"arn"`
	Path    string         `json:"path"`
	Created wire.Timestamp `json:"created"`
	Tags    []tag          `json:"tags,omitempty"`
	// Inline are the documents of the inline policies, by name.
	Inline map[string]string `json:"inline,omitempty"`
	// Attached are the ARNs of the managed policies, in the order of their attachment.
	Attached []string `json:"attached,omitempty"`
	// Boundary is the ARN of the managed policy that bounds what the entity may do; empty for none.
	Boundary string `json:"boundary,omitempty"`
}

type role struct {
	entity
	Trust              string `json:"trust"`
	Description        string `json:"description,omitempty"`
	MaxSessionDuration int    `json:"maxSessionDuration"`
}

type user struct {
	entity
	AccessKeys []string `json:"accessKeys,omitempty"`
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// policy is a customer managed policy.
type policy struct {
	Name        string          `json:"name"`
	ID          string          `json:"id"`
	ARN         string          `json:"arn"`
	Path        string          `json:"path"`
	Description string          `json:"description,omitempty"`
	Created     wire.Timestamp  `json:"created"`
	Updated     wire.Timestamp  `json:"updated"`
	Default     string          `json:"default"`
	Last        int             `json:"last"` // the number of the newest version ever made
	Versions    []policyVersion `json:"versions"`
	Tags        []tag           `json:"tags,omitempty"`
}

type policyVersion struct {
	ID       string         `json:"id"`
	Document string         `json:"document"`
	Created  wire.Timestamp `json:"created"`
}

// version gives the version with this id, nil when there is none.
func (p *policy) version(id string) *policyVersion {
	for i := range p.Versions {
		if p.Versions[i].ID == id {
			return &p.Versions[i]
		}
	}
	return nil
}

// accessKey is a user's long-term key.
type accessKey struct {
	ID       string         `json:"id"`
	Secret   string         `json:"secret"`
	Account  string         `json:"account"`
	UserName string         `json:"userName"`
	Status   string         `json:"status"`
	Created  wire.Timestamp `json:"created"`
}

// records are one account's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
}

// key names a document of the account. Access keys belong to none.
func (r records) key(kind, id string) store.Key {
	if kind == kindAccessKey {
		return store.Key{Kind: kind, ID: id}
	}
	return store.Key{Scope: r.scope, Kind: kind, ID: strings.ToLower(id)}
}

func (r records) delete(kind, id string) error { return r.tx.Delete(r.key(kind, id)) }

// exists tells whether there is such a document.
func (r records) exists(kind, id string) (bool, error) {
	_, err := r.tx.Get(r.key(kind, id))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// find reads one document; missing when there is none.
func find[T any](r records, kind, id string, missing error) (*T, error) {
	return document.Find[T](r.tx, r.key(kind, id), missing)
}

func put[T any](r records, kind, id string, v *T) error {
	return document.Put(r.tx, r.key(kind, id), v)
}

// list reads every document of a kind, in order of the name.
func list[T any](r records, kind string) ([]*T, error) {
	return document.List[T](r.tx, r.scope, kind, "")
}

// role reads a role by its name in the letters that it was made with, so that a policy that names it cannot be gone
// around. Known AWS answer: GetRole of an unknown name.
func (r records) role(name string) (*role, error) {
	missing := noSuchEntity("The role with name %s cannot be found.", name)
	found, err := find[role](r, kindRole, name, missing)
	if err == nil && found.Name != name {
		return nil, missing
	}
	return found, err
}

// user reads a user; see role.
func (r records) user(name string) (*user, error) {
	missing := noSuchEntity("The user with name %s cannot be found.", name)
	found, err := find[user](r, kindUser, name, missing)
	if err == nil && found.Name != name {
		return nil, missing
	}
	return found, err
}
