package openapi

import (
	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/control"
)

var _ control.DocumentationReader = Importer{}

// errNoDocumentation is what ImportDocumentationParts answers to a body that is no definition. Recorded AWS answer.
var errNoDocumentation = awserr.BadRequest.Errorf("Unable to build importer with provided input.")

// Documentation reads the parts that x-amazon-apigateway-documentation lists, in its order. Properties become the text
// of the JSON that they are.
// Source: developer guide, "x-amazon-apigateway-documentation object".
func (Importer) Documentation(definition []byte) ([]*apidef.DocumentationPart, error) {
	root, err := parse(definition)
	if err != nil || !root.is(object) || root.get("swagger") == nil && root.get("openapi") == nil {
		return nil, errNoDocumentation
	}
	return listedDocumentation(root), nil
}

// listedDocumentation are the parts of x-amazon-apigateway-documentation, unchecked.
func listedDocumentation(root *node) []*apidef.DocumentationPart {
	var parts []*apidef.DocumentationPart
	for _, part := range root.get(extension + "documentation").get("documentationParts").elements() {
		at, properties := part.get("location"), part.get("properties")
		read := &apidef.DocumentationPart{
			Location: apidef.DocumentationLocation{
				Type: at.get("type").scalar(), Path: at.get("path").scalar(), Method: at.get("method").scalar(),
				StatusCode: at.get("statusCode").scalar(), Name: at.get("name").scalar(),
			},
			Properties: properties.json(),
		}
		if properties.is(text) {
			read.Properties = properties.scalar()
		}
		parts = append(parts, read)
	}
	return parts
}
