package apidef

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// DocumentationPart is documentation of one entity of an API.
// Source: API Gateway API reference, DocumentationPart.
type DocumentationPart struct {
	ID       string                `json:"id"`
	Location DocumentationLocation `json:"location"`
	// Properties is JSON text: the members that the entity gets in an exported definition.
	Properties string `json:"properties"`
}

// DocumentationLocation tells which entity is documented. Members that were not sent stay empty, and mean the default.
// Source: API Gateway API reference, DocumentationPartLocation.
type DocumentationLocation struct {
	Type       string `json:"type"`
	Path       string `json:"path,omitempty"`       // "/" when empty
	Method     string `json:"method,omitempty"`     // "*", any, when empty
	StatusCode string `json:"statusCode,omitempty"` // "*", any, when empty
	Name       string `json:"name,omitempty"`
}

// ErrNoDocumentationPart is what operations on an unknown documentation part answer.
// Recorded AWS answers: GetDocumentationPart, DeleteDocumentationPart.
var ErrNoDocumentationPart = awserr.NotFound.Errorf("Invalid Documentation part identifier specified")

// NewDocumentationPart checks what CreateDocumentationPart was given.
func NewDocumentationPart(p DocumentationPart) (*DocumentationPart, error) {
	if err := p.Location.check(); err != nil {
		return nil, err
	}
	return &p, p.checkProperties()
}

// checkProperties: the text is that of public emulators.
func (p *DocumentationPart) checkProperties() error {
	if p.Properties == "" {
		return awserr.BadRequest.Errorf("Documentation part properties must be non-empty")
	}
	return nil
}

// The members of a location besides its type.
const (
	withPath = 1 << iota
	withMethod
	withStatusCode
	withName
)

// locationMembers are the members that each type of location may have, and whether it must have a name.
// Source: API Gateway API reference, DocumentationPartLocation. A request body's name is optional in practice.
var locationMembers = map[string]struct {
	may      int
	mustName bool
}{
	"API":             {0, false},
	"AUTHORIZER":      {withName, true},
	"MODEL":           {withName, true},
	"RESOURCE":        {withPath, false},
	"METHOD":          {withPath | withMethod, false},
	"PATH_PARAMETER":  {withPath | withMethod | withName, true},
	"QUERY_PARAMETER": {withPath | withMethod | withName, true},
	"REQUEST_HEADER":  {withPath | withMethod | withName, true},
	"REQUEST_BODY":    {withPath | withMethod | withName, false},
	"RESPONSE":        {withPath | withMethod | withStatusCode, false},
	"RESPONSE_HEADER": {withPath | withMethod | withStatusCode | withName, true},
	"RESPONSE_BODY":   {withPath | withMethod | withStatusCode, false},
}

var locationStatus = regexp.MustCompile(`^(?:[1-5]\d\d|\*|\s*)$`)

// check checks a location's members against its type. Clients send the members that they do not mean as empty text.
// The message is AWS's for API, known from public deployment logs, and follows it for the other types; that about names
// is inferred.
func (l DocumentationLocation) check() error {
	members, ok := locationMembers[l.Type]
	if !ok {
		return awserr.BadRequest.Errorf("Invalid Documentation part type specified: %s", l.Type) // the model's enum answers before
	}
	var barred []string
	illegal := false
	for _, m := range []struct {
		bit         int
		name, value string
	}{
		{withPath, "path", l.Path},
		{withMethod, "method", l.Method},
		{withStatusCode, "statusCode", l.StatusCode},
		{withName, "name", l.Name},
	} {
		if members.may&m.bit == 0 {
			barred = append(barred, m.name)
			illegal = illegal || m.value != ""
		}
	}
	switch {
	case illegal:
		return awserr.BadRequest.Errorf("[Location type: %s cannot have %s defined.]", l.Type, orList(barred))
	case members.mustName && l.Name == "":
		return awserr.BadRequest.Errorf("[Location type: %s must have name defined.]", l.Type)
	case !locationStatus.MatchString(l.StatusCode):
		return awserr.BadRequest.Errorf("Invalid status code specified: %s", l.StatusCode) // as above
	}
	return nil
}

// orList is "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Full is the location with its defaults filled in: two parts with the same one are of the same entity.
func (l DocumentationLocation) Full() DocumentationLocation {
	may := locationMembers[l.Type].may
	fill := func(bit int, member *string, byDefault string) {
		if may&bit != 0 && strings.TrimSpace(*member) == "" {
			*member = byDefault
		}
	}
	fill(withPath, &l.Path, "/")
	fill(withMethod, &l.Method, "*")
	fill(withStatusCode, &l.StatusCode, "*")
	return l
}

// String names the location as AWS's conflict does: "type 'RESOURCE', path '/'".
func (l DocumentationLocation) String() string {
	members := []string{"type '" + l.Type + "'"}
	for _, m := range []struct{ name, value string }{
		{"path", l.Path}, {"method", l.Method}, {"statusCode", l.StatusCode}, {"name", l.Name},
	} {
		if m.value != "" {
			members = append(members, m.name+" '"+m.value+"'")
		}
	}
	return strings.Join(members, ", ")
}

// ErrDocumented is the answer to a second part for one location.
// Source: developer guide, "Create API documentation using the API Gateway REST API"; the words about members beside the
// type are inferred.
func ErrDocumented(l DocumentationLocation) error {
	return awserr.Conflict.Errorf("Documentation part already exists for the specified location: %s.", l.Full())
}

// FindDocumentation finds the part of a location; nil when there is none.
func FindDocumentation(parts []*DocumentationPart, l DocumentationLocation) *DocumentationPart {
	full := l.Full()
	at := slices.IndexFunc(parts, func(p *DocumentationPart) bool { return p.Location.Full() == full })
	if at < 0 {
		return nil
	}
	return parts[at]
}

// MergeProperties lays the attributes of one part's properties over those of another. What is not an object replaces it.
func MergeProperties(old, over string) string {
	var merged, more map[string]json.RawMessage
	if json.Unmarshal([]byte(old), &merged) != nil || json.Unmarshal([]byte(over), &more) != nil || merged == nil || more == nil {
		return over
	}
	maps.Copy(merged, more)
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(merged) != nil {
		return over
	}
	return strings.TrimSuffix(text.String(), "\n")
}

var documentationPartPaths = PatchTable[DocumentationPart]{
	Refuse: refuseListing,
	Paths: []PatchPath[DocumentationPart]{
		{Pattern: "/properties", Ops: Replace, Apply: func(p *DocumentationPart, c Change) error {
			p.Properties = c.Value
			return p.checkProperties()
		}},
	},
}

// Patch returns the part with the operations applied. Recorded AWS answers: UpdateDocumentationPart.
func (p *DocumentationPart) Patch(ops []PatchOperation) (*DocumentationPart, error) {
	next := clone(p)
	return next, documentationPartPaths.Apply(next, ops)
}
