package apidef

import "postern/internal/aws/awserr"

// DocumentationVersion is an API's documentation as it was at a time. A stage that names it publishes it.
// Source: API Gateway API reference, DocumentationVersion.
type DocumentationVersion struct {
	Version     string `json:"version"`
	Description string `json:"description,omitempty"`
	CreatedDate int64  `json:"createdDate"` // seconds since the epoch
	// Parts are frozen: what is edited later is not in them.
	Parts []*DocumentationPart `json:"documentationParts,omitempty"`
}

// The answers to a version that is not there, and to one that is. Source of the first text: a public deployment tool
// that compares with it; the second is inferred.
var (
	ErrNoDocumentationVersion = awserr.NotFound.Errorf("Invalid Documentation version specified")
	ErrDocumentationVersioned = awserr.Conflict.Errorf("Documentation version already exists")
)

// Check checks a version's name.
func (v *DocumentationVersion) Check() error {
	if v.Version == "" {
		return awserr.BadRequest.Errorf("Documentation version cannot be blank") // inferred
	}
	return nil
}

var documentationVersionPaths = PatchTable[DocumentationVersion]{
	Refuse: refuseListing,
	Paths: []PatchPath[DocumentationVersion]{
		{Pattern: "/description", Ops: Replace, Apply: func(v *DocumentationVersion, c Change) error {
			v.Description = c.Value
			return nil
		}},
	},
}

// Patch returns the version with the operations applied.
func (v *DocumentationVersion) Patch(ops []PatchOperation) (*DocumentationVersion, error) {
	next := clone(v)
	return next, documentationVersionPaths.Apply(next, ops)
}
