package apidef

import (
	"maps"
	"slices"

	"postern/internal/aws/awserr"
	"postern/java/regex"
)

// NewIntegrationResponse checks what PutIntegrationResponse was given. declared is the method response of the same
// status; nil when there is none.
func NewIntegrationResponse(r IntegrationResponse, declared *MethodResponse, limits Limits) (*IntegrationResponse, error) {
	if err := checkTemplates(r.ResponseTemplates, limits.TemplateBytes); err != nil {
		return nil, err
	}
	var found faults
	for _, key := range slices.Sorted(maps.Keys(r.ResponseParameters)) {
		checkResponseMapping(&found, key, r.ResponseParameters[key], declared)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if len(r.ResponseParameters) == 0 {
		r.ResponseParameters = nil // AWS echoes an empty map of templates only
	}
	return &r, nil
}

// checkResponseMapping checks one header mapping. A header must be declared on the method response.
func checkResponseMapping(found *faults, key, value string, declared *MethodResponse) {
	before := len(*found)
	found.checkKey(key, MethodResponseParam, InHeader)
	if len(*found) == before {
		if declared == nil {
			*found = append(*found, "No method response exists for method.")
		} else if _, ok := declared.ResponseParameters[key]; !ok {
			found.misplaced(key)
		}
	}
	found.checkValue(value, IntegrationResponseParam)
}

// check checks what does not depend on the method.
func (r *IntegrationResponse) check() error {
	if r.SelectionPattern != nil {
		if _, err := regex.Compile(*r.SelectionPattern, 0); err != nil {
			return awserr.BadRequest.Errorf("Invalid regex pattern specified")
		}
	}
	if !slices.Contains([]string{"", ConvertToBinary, ConvertToText}, r.ContentHandling) {
		return awserr.BadRequest.Errorf("Invalid content handling specified")
	}
	return nil
}

// integrationResponsePatch is an integration response being patched, with the method response that it fills.
type integrationResponsePatch struct {
	*IntegrationResponse
	declared *MethodResponse
}

var integrationResponsePaths = PatchTable[integrationResponsePatch]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[integrationResponsePatch]{
		{Pattern: "/contentHandling", Ops: Replace, Apply: func(r *integrationResponsePatch, c Change) error {
			r.ContentHandling = c.Value
			return nil
		}},
		{Pattern: "/selectionPattern", Ops: Replace, Apply: func(r *integrationResponsePatch, c Change) error {
			r.SelectionPattern = &c.Value
			return nil
		}},
		{Pattern: "/responseParameters/{name}", Ops: Add | Replace | Remove, Apply: (*integrationResponsePatch).setParameter},
		{Pattern: "/responseTemplates/{contentType}", Ops: Add | Replace | Remove, Apply: func(r *integrationResponsePatch, c Change) error {
			return patchEntry(&r.ResponseTemplates, c, c.Value, unknownContentType)
		}},
	},
}

// setParameter: a mapping that is replaced or removed must be there, whatever the new one is.
func (r *integrationResponsePatch) setParameter(c Change) error {
	if err := patchEntry(&r.ResponseParameters, c, c.Value, unknownParameter); err != nil || c.Op == Remove {
		return err
	}
	var found faults
	checkResponseMapping(&found, c.Key(), c.Value, r.declared)
	return found.err()
}

// Patch returns the integration response with the operations applied.
func (r *IntegrationResponse) Patch(ops []PatchOperation, declared *MethodResponse, limits Limits) (*IntegrationResponse, error) {
	next := clone(r)
	if err := integrationResponsePaths.Apply(&integrationResponsePatch{next, declared}, ops); err != nil {
		return nil, err
	}
	if err := checkTemplates(next.ResponseTemplates, limits.TemplateBytes); err != nil {
		return nil, err
	}
	if err := next.check(); err != nil {
		return nil, err
	}
	return next, nil
}
