package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindDocumentationPart = "documentationpart" // {api}/{id}

// documentationPart is a documentation part as it is stored: with its place in the order in which parts were made.
type documentationPart struct {
	apidef.DocumentationPart
	Sequence int64 `json:"sequence"`
}

// position orders documentation parts, the oldest first.
func (p *documentationPart) position() string { return fmt.Sprintf("%019d", p.Sequence) }

// CreateDocumentationPart documents an entity of an API that is not documented yet.
func (c *Control) CreateDocumentationPart(ctx context.Context, call *wire.Call, in *apigateway.CreateDocumentationPartRequest) (*apigateway.DocumentationPart, error) {
	return update(ctx, c, call, func(r records) (*apigateway.DocumentationPart, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		part, err := apidef.NewDocumentationPart(apidef.DocumentationPart{
			Location: apidef.DocumentationLocation{
				Type: value(in.Location.Type), Path: value(in.Location.Path), Method: value(in.Location.Method),
				StatusCode: value(in.Location.StatusCode), Name: value(in.Location.Name),
			},
			Properties: value(in.Properties),
		})
		if err != nil {
			return nil, err
		}
		have, err := r.documentation(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		if apidef.FindDocumentation(have, part.Location) != nil {
			return nil, apidef.ErrDocumented(part.Location)
		}
		if err := c.checkDocumentationQuota(len(have) + 1); err != nil {
			return nil, err
		}
		if err := c.newDocumentationPart(r, in.RestAPIID, part); err != nil {
			return nil, err
		}
		return new(documentationPartAnswer(part)), nil
	})
}

// checkDocumentationQuota is given the number of parts that an API is to have.
func (c *Control) checkDocumentationQuota(parts int) error {
	if parts > c.options.Limits.DocumentationParts {
		return awserr.LimitExceeded.Errorf("Maximum number of Documentation Parts for this API has been reached.  Please contact AWS if you need additional Documentation Parts.")
	}
	return nil
}

// newDocumentationPart stores a checked part under an id of its own, behind all others.
func (c *Control) newDocumentationPart(r records, api string, part *apidef.DocumentationPart) (err error) {
	if part.ID, err = c.newID(r, kindDocumentationPart, api+"/", resourceIDLength); err != nil {
		return err
	}
	stored := &documentationPart{DocumentationPart: *part}
	if stored.Sequence, err = r.nextSequence(api + "/" + kindDocumentationPart); err != nil {
		return err
	}
	return put(r, kindDocumentationPart, api+"/"+part.ID, stored)
}

// storedDocumentation are an API's documentation parts in the order in which they were made.
func (r records) storedDocumentation(api string) ([]*documentationPart, error) {
	parts, err := list[documentationPart](r, kindDocumentationPart, api+"/")
	slices.SortFunc(parts, func(a, b *documentationPart) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return parts, err
}

// documentation is storedDocumentation as the definition has it.
func (r records) documentation(api string) ([]*apidef.DocumentationPart, error) {
	parts, err := r.storedDocumentation(api)
	return answers(parts, func(p *documentationPart) *apidef.DocumentationPart { return &p.DocumentationPart }), err
}

// documentationPart reads a part. An unknown API is answered like an unknown part.
func (r records) documentationPart(api, id string) (*documentationPart, error) {
	return find[documentationPart](r, kindDocumentationPart, api+"/"+id, apidef.ErrNoDocumentationPart)
}

// GetDocumentationPart answers one documentation part.
func (c *Control) GetDocumentationPart(ctx context.Context, call *wire.Call, in *apigateway.GetDocumentationPartRequest) (*apigateway.DocumentationPart, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DocumentationPart, error) {
		part, err := r.documentationPart(in.RestAPIID, in.DocumentationPartID)
		if err != nil {
			return nil, err
		}
		return new(documentationPartAnswer(&part.DocumentationPart)), nil
	})
}

// GetDocumentationParts lists an API's documentation parts as they were made: those of a type, of a name, of paths that
// start so. Parts without content, which is what locationStatus UNDOCUMENTED asks for, do not exist here.
func (c *Control) GetDocumentationParts(ctx context.Context, call *wire.Call, in *apigateway.GetDocumentationPartsRequest) (*apigateway.DocumentationParts, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DocumentationParts, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		parts, err := r.storedDocumentation(in.RestAPIID)
		if err != nil {
			return nil, err
		}
		parts = slices.DeleteFunc(parts, func(p *documentationPart) bool {
			l := p.Location.Full()
			return in.Type != nil && l.Type != *in.Type ||
				in.NameQuery != nil && l.Name != *in.NameQuery ||
				in.Path != nil && !strings.HasPrefix(l.Path, *in.Path) ||
				value(in.LocationStatus) == "UNDOCUMENTED"
		})
		cut, next, err := page(parts, (*documentationPart).position, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(p *documentationPart) apigateway.DocumentationPart {
			return documentationPartAnswer(&p.DocumentationPart)
		})
		return &apigateway.DocumentationParts{Items: items, Position: next}, nil
	})
}

// UpdateDocumentationPart patches a documentation part's properties.
func (c *Control) UpdateDocumentationPart(ctx context.Context, call *wire.Call, in *apigateway.UpdateDocumentationPartRequest) (*apigateway.DocumentationPart, error) {
	return update(ctx, c, call, func(r records) (*apigateway.DocumentationPart, error) {
		part, err := r.documentationPart(in.RestAPIID, in.DocumentationPartID)
		if err != nil {
			return nil, err
		}
		patched, err := part.Patch(patchOperations(in.PatchOperations))
		if err != nil {
			return nil, err
		}
		part.DocumentationPart = *patched
		return new(documentationPartAnswer(patched)), put(r, kindDocumentationPart, in.RestAPIID+"/"+part.ID, part)
	})
}

// DeleteDocumentationPart removes a documentation part. Documentation versions keep it. An unknown API is told apart here.
// Recorded AWS answers: DeleteDocumentationPart.
func (c *Control) DeleteDocumentationPart(ctx context.Context, call *wire.Call, in *apigateway.DeleteDocumentationPartRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return none, err
		}
		if _, err := r.documentationPart(in.RestAPIID, in.DocumentationPartID); err != nil {
			return none, err
		}
		return none, r.delete(kindDocumentationPart, in.RestAPIID+"/"+in.DocumentationPartID)
	})
	return err
}

// documentationPartAnswer echoes of the location what was sent. Recorded AWS answer: CreateDocumentationPart.
func documentationPartAnswer(p *apidef.DocumentationPart) apigateway.DocumentationPart {
	return apigateway.DocumentationPart{
		ID: &p.ID,
		Location: &apigateway.DocumentationPartLocation{
			Type: &p.Location.Type, Path: optional(p.Location.Path), Method: optional(p.Location.Method),
			StatusCode: optional(p.Location.StatusCode), Name: optional(p.Location.Name),
		},
		Properties: &p.Properties,
	}
}
