package apidef

import (
	"regexp"
	"strings"

	"postern/internal/aws/awserr"
)

// BasePathMapping puts an API's stage under a base path of a domain name.
// Source: API Gateway API reference, BasePathMapping.
type BasePathMapping struct {
	BasePath string `json:"basePath,omitempty"` // "" is the whole domain
	APIID    string `json:"restApiId"`
	Stage    string `json:"stage,omitempty"` // "": the request names the stage behind the base path
}

// NoBasePath stands for an empty base path in answers and URLs, and for no stage in requests.
// Source: API Gateway API reference, CreateBasePathMapping.
const NoBasePath = "(none)"

// ErrNoBasePathMapping is what operations on an unknown mapping answer. Message: public deployment logs.
var ErrNoBasePathMapping = awserr.NotFound.Errorf("Invalid base path mapping identifier specified")

// legalBasePath is what a base path may hold. Source: developer guide, "Use API mappings to connect API stages to a
// custom domain name for REST APIs".
var legalBasePath = regexp.MustCompile(`^[A-Za-z0-9$\-_.+!*'()]*$`)

// NewBasePathMapping brings a mapping into the form in which it is stored, and checks its path. The text about the slash
// is that of public emulators, the other is inferred.
func NewBasePathMapping(m BasePathMapping) (*BasePathMapping, error) {
	if m.BasePath == NoBasePath {
		m.BasePath = ""
	}
	if m.Stage == NoBasePath {
		m.Stage = ""
	}
	switch {
	case strings.Contains(m.BasePath, "/"):
		return nil, awserr.BadRequest.Errorf("API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.")
	case len(m.BasePath) > 300 || !legalBasePath.MatchString(m.BasePath):
		return nil, awserr.BadRequest.Errorf("Invalid base path specified: %s", m.BasePath)
	}
	return &m, nil
}

// Segment is the mapping's base path as URLs and answers have it.
func (m *BasePathMapping) Segment() string {
	if m.BasePath == "" {
		return NoBasePath
	}
	return m.BasePath
}

// ErrMapped is the answer to a second mapping of one base path. Messages: public deployment logs.
func (m *BasePathMapping) ErrMapped() error {
	if m.BasePath == "" {
		return awserr.Conflict.Errorf("Only one base path mapping is allowed if the base path is empty.")
	}
	return awserr.Conflict.Errorf("Base path already exists for this domain name")
}

var basePathMappingPaths = PatchTable[BasePathMapping]{
	Refuse: refuseListing,
	Paths: []PatchPath[BasePathMapping]{
		// The reference writes basepath and restapiId; clients write the members' names.
		{Pattern: "/basepath", Ops: Replace, Apply: (*BasePathMapping).setBasePath},
		{Pattern: "/basePath", Ops: Replace, Unlisted: true, Apply: (*BasePathMapping).setBasePath},
		{Pattern: "/restapiId", Ops: Replace, Apply: (*BasePathMapping).setAPI},
		{Pattern: "/restApiId", Ops: Replace, Unlisted: true, Apply: (*BasePathMapping).setAPI},
		{Pattern: "/stage", Ops: Replace, Apply: func(m *BasePathMapping, c Change) error { m.Stage = c.Value; return nil }},
	},
}

func (m *BasePathMapping) setBasePath(c Change) error { m.BasePath = c.Value; return nil }

func (m *BasePathMapping) setAPI(c Change) error { m.APIID = c.Value; return nil }

// Patch returns the mapping with the operations applied.
func (m *BasePathMapping) Patch(ops []PatchOperation) (*BasePathMapping, error) {
	next := clone(m)
	if err := basePathMappingPaths.Apply(next, ops); err != nil {
		return nil, err
	}
	return NewBasePathMapping(*next)
}
