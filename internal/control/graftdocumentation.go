package control

import (
	"fmt"

	"postern/internal/apidef"
)

// documentation stores the documentation parts of the content. A definition that was read without its documentation
// leaves what there is. What does not fit into the quota is left out with a warning: descriptions must not keep an API
// from being imported. That, and the text, are inferred.
func (g *graft) documentation(_, content *apidef.Definition) error {
	if content.DocumentationParts == nil {
		return nil
	}
	i, err := g.c.newDocumentationImport(g.r, g.api.ID, g.replace)
	if err != nil {
		return err
	}
	for n, part := range content.DocumentationParts {
		if g.c.checkDocumentationQuota(len(i.parts)+1) != nil && i.parts[part.Location.Full()] == nil {
			g.api.Warnings = append(g.api.Warnings, fmt.Sprintf(
				"Maximum number of Documentation Parts for this API has been reached. Ignoring %d of them.", len(content.DocumentationParts)-n))
			break
		}
		if err := i.store(*part); err != nil {
			return err
		}
	}
	return nil
}
