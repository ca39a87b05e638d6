package openapi

import (
	"slices"
	"strings"
	"time"

	"postern/internal/apidef"
)

// The attributes of documentation that OpenAPI has a place for, besides those that start with "x-". A resource has none
// of its own: that is what an export in the developer guide shows, "Publish API documentation using the API Gateway REST
// API".
var (
	apiAttributes    = []string{"tags", "externalDocs"}
	infoAttributes   = []string{"description", "termsOfService", "contact", "license"}
	methodAttributes = []string{"tags", "summary", "description", "externalDocs"}
	modelAttributes  = []string{"title", "description"}
	plainAttributes  = []string{"description"}
)

// describe writes an entity's documentation into its object: what there is of the attributes, at the front, over what
// the object says itself; "x-" attributes behind it.
func (out *exporting) describe(n *node, at apidef.DocumentationLocation, attributes ...string) *node {
	if len(out.documentation) > 0 {
		n.attribute(out.documentation.of(at), attributes)
	}
	return n
}

// attribute adds the attributes that OpenAPI has a place for to an object. Amazon's own extensions are not among them.
func (n *node) attribute(properties *node, attributes []string) {
	var front []member
	for _, p := range properties.entries() {
		own := strings.HasPrefix(p.key, "x-") && !strings.HasPrefix(p.key, extension)
		switch {
		case n.get(p.key) != nil && (own || slices.Contains(attributes, p.key)):
			n.set(p.key, p.value)
		case slices.Contains(attributes, p.key):
			front = append(front, p)
		case own:
			n.add(p.key, p.value)
		}
	}
	n.members = append(front, n.members...)
}

// set replaces the value of a member that is there.
func (n *node) set(key string, value *node) {
	for i := range n.members {
		if n.members[i].key == key {
			n.members[i].value = value
		}
	}
}

// documentAPI writes the API's documentation into info and the root. Name and version are those of the API.
func (out *exporting) documentAPI(root *node) {
	properties := out.documentation.of(apidef.DocumentationLocation{Type: "API"})
	root.get("info").attribute(properties.get("info"), infoAttributes)
	for _, p := range properties.entries() {
		if slices.Contains(apiAttributes, p.key) || strings.HasPrefix(p.key, "x-") && !strings.HasPrefix(p.key, extension) {
			root.add(p.key, p.value)
		}
	}
}

// documentModel writes a model's documentation into its schema, and that of its properties: "Pet.owner.name" is the
// name of a part about a property. Source: developer guide, "Create API documentation using the API Gateway console".
func (out *exporting) documentModel(name string, schema *node) *node {
	for _, part := range out.documentation {
		if part.at.Type != "MODEL" {
			continue
		}
		of, path, _ := strings.Cut(part.at.Name, ".")
		if of != name {
			continue
		}
		at := schema
		for property := range strings.SplitSeq(path, ".") {
			if property != "" {
				at = at.get("properties").get(property)
			}
		}
		if at.is(object) {
			at.attribute(part.properties, modelAttributes)
		}
	}
	return schema
}

// listedParts is x-amazon-apigateway-documentation. The locations are as they were sent.
// Source: developer guide, "Publish API documentation using the API Gateway REST API".
func listedParts(v *apidef.DocumentationVersion) *node {
	parts := newList()
	for _, p := range v.Parts {
		properties, err := parseJSON([]byte(p.Properties))
		if err != nil {
			properties = newText(p.Properties)
		}
		parts.items = append(parts.items, newObject().
			add("location", newObject().
				addText("type", p.Location.Type).
				addText("path", p.Location.Path).
				addText("method", p.Location.Method).
				addText("statusCode", p.Location.StatusCode).
				addText("name", p.Location.Name)).
			add("properties", properties))
	}
	return newObject().
		add("version", newText(v.Version)).
		add("createdDate", newText(time.Unix(v.CreatedDate, 0).UTC().Format(time.RFC3339))).
		add("documentationParts", parts)
}
