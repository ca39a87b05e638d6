package apidef

import (
	"unicode/utf8"

	"postern/internal/aws/awserr"
)

// ErrNoAPIKey is what operations on an unknown API key answer; the text is that of public emulators.
var ErrNoAPIKey = awserr.NotFound.Errorf("Invalid API Key identifier specified")

// ErrAPIKeyExists is the answer to a value that another key has. Message: public deployment logs.
var ErrAPIKeyExists = awserr.Conflict.Errorf("API Key already exists")

// APIKey lets a client in where a method requires one, under the usage plans that it is in.
// Source: API Gateway API reference, ApiKey.
type APIKey struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	CustomerID  string `json:"customerId,omitempty"`
	// Value is what clients send. It is unique in an account's region.
	Value string `json:"value"`
	// Enabled is false unless it was asked for. Recorded AWS answer: CreateApiKey.
	Enabled         bool  `json:"enabled"`
	CreatedDate     int64 `json:"createdDate"`     // seconds since the epoch
	LastUpdatedDate int64 `json:"lastUpdatedDate"` // seconds since the epoch
	// StageKeys are "{api}/{stage}": how keys were bound to stages before there were usage plans. They are echoed, and
	// have no effect where usage plans are enabled.
	StageKeys []string          `json:"stageKeys,omitempty"`
	Tags      map[string]string `json:"tags,omitempty"`
}

// Check checks the lengths of a key's members; an empty value is one that is still to be made.
// Recorded AWS answers: CreateApiKey, UpdateApiKey.
func (k *APIKey) Check(limits Limits) error {
	value := utf8.RuneCountInString(k.Value)
	switch {
	case utf8.RuneCountInString(k.Name) > limits.APIKeyName:
		return awserr.BadRequest.Errorf("Invalid API Key name, can be at most %d characters.", limits.APIKeyName)
	case utf8.RuneCountInString(k.Description) > limits.APIKeyDescription:
		return awserr.BadRequest.Errorf("Invalid API Key description specified.")
	case value > 0 && value < limits.APIKeyValueShortest:
		return awserr.BadRequest.Errorf("API Key value should be at least %d characters", limits.APIKeyValueShortest)
	case value > limits.APIKeyValueMax:
		return awserr.BadRequest.Errorf("API Key value exceeds maximum size of %d characters", limits.APIKeyValueMax)
	}
	return nil
}

var apiKeyPaths = PatchTable[APIKey]{
	Refuse: refuseListing,
	Paths: []PatchPath[APIKey]{
		{Pattern: "/description", Ops: Replace, Apply: func(k *APIKey, c Change) error { k.Description = c.Value; return nil }},
		{Pattern: "/enabled", Ops: Replace, Apply: func(k *APIKey, c Change) error { k.Enabled = c.Bool(); return nil }},
		{Pattern: "/name", Ops: Replace, Apply: func(k *APIKey, c Change) error { k.Name = c.Value; return nil }},
		{Pattern: "/customerId", Ops: Replace, Apply: func(k *APIKey, c Change) error { k.CustomerID = c.Value; return nil }},
		{Pattern: "/stages", Ops: Add | Remove, Apply: func(k *APIKey, c Change) error {
			return patchElement(&k.StageKeys, c.Op, c.Value, "", "Invalid stage identifier specified")
		}},
	},
}

// Patch returns the key with the operations applied. Recorded AWS answers: UpdateApiKey.
func (k *APIKey) Patch(ops []PatchOperation, limits Limits) (*APIKey, error) {
	next := clone(k)
	if err := apiKeyPaths.Apply(next, ops); err != nil {
		return nil, err
	}
	return next, next.Check(limits)
}
