package control

import (
	"encoding/json"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// Documentation reads a list of documentation parts in apidef's own JSON.
func (jsonImporter) Documentation(definition []byte) ([]*apidef.DocumentationPart, error) {
	var parts []*apidef.DocumentationPart
	if json.Unmarshal(definition, &parts) != nil {
		return nil, awserr.BadRequest.Errorf("Unable to build importer with provided input.")
	}
	return parts, nil
}
