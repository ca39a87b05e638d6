package apidef

import (
	"maps"
	"regexp"
	"slices"

	"postern/internal/aws/awserr"
)

// contentType is type/subtype with optional parameters; either half may be "*".
var contentType = regexp.MustCompile(`^[a-zA-Z0-9!#$&^_.+*-]+/[a-zA-Z0-9!#$&^_.+*-]+(\s*;.*)?$`)

// defaultModel stands in requestModels for every media type that has no model of its own.
// Source: developer guide, "Request validation for REST APIs in API Gateway".
const defaultModel = "$default"

// checkContentTypes checks the keys of a map of templates or models.
// Recorded AWS answer: PutIntegrationResponse, responseTemplates {"123": ...}.
func checkContentTypes[V any](m map[string]V) error {
	var faults []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key != defaultModel && !contentType.MatchString(key) {
			faults = append(faults, "Invalid content type specified: "+key)
		}
	}
	if faults == nil {
		return nil
	}
	return awserr.BadRequest.Errorf("%s", validationResult(faults...))
}

// checkTemplates checks content types and sizes. Whether a template compiles shows when it is called, as on AWS.
func checkTemplates(templates map[string]string, limit int) error {
	if err := checkContentTypes(templates); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(templates)) {
		if len(templates[key]) > limit {
			return awserr.BadRequest.Errorf("Mapping template for content type %s exceeds the limit of %d bytes", key, limit)
		}
	}
	return nil
}
