package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// DocumentationReader reads the documentation parts of API definitions. The Importer that is one answers
// ImportDocumentationParts.
type DocumentationReader interface {
	// Documentation reads the parts in the order of the definition, without ids and unchecked. An error is an
	// *awserr.Error when the definition could not be read.
	Documentation(definition []byte) (parts []*apidef.DocumentationPart, err error)
}

// ImportDocumentationParts lays the documentation of a definition over that of an API, or puts it in its place. A part
// that takes the place of another gets an id of its own. What cannot be imported is a warning, and skipped.
// Recorded AWS answer: ImportDocumentationParts with mode overwrite; the texts of the warnings are inferred.
func (c *Control) ImportDocumentationParts(ctx context.Context, call *wire.Call, in *apigateway.ImportDocumentationPartsRequest) (*apigateway.DocumentationPartIDs, error) {
	reader, ok := c.options.Importer.(DocumentationReader)
	if !ok {
		return nil, awserr.NotImplemented.Errorf("%s is not available: no importer of documentation is installed", call.Operation)
	}
	return update(ctx, c, call, func(r records) (*apigateway.DocumentationPartIDs, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		parts, err := reader.Documentation(in.Body)
		if err != nil {
			return nil, err
		}
		i, err := c.newDocumentationImport(r, in.RestAPIID, value(in.Mode) == "overwrite")
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			if err := i.store(*part); err != nil {
				return nil, err
			}
		}
		if value(in.FailOnWarnings) && len(i.out.Warnings) > 0 {
			return nil, awserr.BadRequest.Errorf("Warnings found during import:\n\t%s", strings.Join(i.out.Warnings, "\n\t"))
		}
		if i.out.IDs == nil {
			i.out.IDs = []string{}
		}
		return &i.out, c.checkDocumentationQuota(len(i.parts))
	})
}

// documentationImport is an API's documentation while parts are imported.
type documentationImport struct {
	c     *Control
	r     records
	api   string
	parts map[apidef.DocumentationLocation]*apidef.DocumentationPart // by their full locations
	out   apigateway.DocumentationPartIDs
}

// newDocumentationImport starts an import: over what there is, or in its place.
func (c *Control) newDocumentationImport(r records, api string, replace bool) (*documentationImport, error) {
	if replace {
		if err := r.deleteAll(kindDocumentationPart, api+"/"); err != nil {
			return nil, err
		}
	}
	have, err := r.documentation(api)
	if err != nil {
		return nil, err
	}
	i := &documentationImport{c: c, r: r, api: api, parts: make(map[apidef.DocumentationLocation]*apidef.DocumentationPart, len(have))}
	for _, part := range have {
		i.parts[part.Location.Full()] = part
	}
	return i, nil
}

// store stores one part in the place of that of the same location, whose other attributes it takes over. Its location is
// spelled out in full. Source: developer guide, "Import API documentation" (attributes);
// recorded AWS answer: GetDocumentationParts after an import.
func (i *documentationImport) store(read apidef.DocumentationPart) error {
	part, err := apidef.NewDocumentationPart(read)
	if refusal, ok := errors.AsType[*awserr.Error](err); ok {
		i.out.Warnings = append(i.out.Warnings, fmt.Sprintf("Unable to import documentation part of %s: %s", read.Location, refusal.Message))
		return nil
	}
	if err != nil {
		return err
	}
	part.Location = part.Location.Full()
	if old, there := i.parts[part.Location]; there {
		part.Properties = apidef.MergeProperties(old.Properties, part.Properties)
		if err := i.r.delete(kindDocumentationPart, i.api+"/"+old.ID); err != nil {
			return err
		}
	}
	if err := i.c.newDocumentationPart(i.r, i.api, part); err != nil {
		return err
	}
	i.parts[part.Location] = part
	i.out.IDs = append(i.out.IDs, part.ID)
	return nil
}
