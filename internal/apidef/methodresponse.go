package apidef

import (
	"maps"
	"slices"

	"postern/internal/aws/awserr"
)

// ErrNoResponse is what operations on an unknown status answer, of method responses and integration responses alike.
// Recorded AWS answer: GetMethodResponse.
var ErrNoResponse = awserr.NotFound.Errorf("Invalid Response status code specified")

// NewMethodResponse checks what PutMethodResponse was given.
func NewMethodResponse(r MethodResponse, refs References) (*MethodResponse, error) {
	if err := r.checkParameters(); err != nil {
		return nil, err
	}
	if err := checkContentTypes(r.ResponseModels); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(r.ResponseModels)) {
		if err := refs.checkModel(r.ResponseModels[key]); err != nil {
			return nil, err
		}
	}
	return &r, nil
}

func (r *MethodResponse) checkParameters() error {
	var found faults
	for _, key := range slices.Sorted(maps.Keys(r.ResponseParameters)) {
		found.checkKey(key, MethodResponseParam, InHeader)
	}
	return found.err()
}

// methodResponsePatch is a method response being patched, with the models that it may refer to.
type methodResponsePatch struct {
	*MethodResponse
	refs References
}

var methodResponsePaths = PatchTable[methodResponsePatch]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[methodResponsePatch]{
		{Pattern: "/responseParameters/{name}", Ops: Add | Replace | Remove, Apply: func(r *methodResponsePatch, c Change) error {
			return patchEntry(&r.ResponseParameters, c, c.Bool(), unknownParameter)
		}},
		{Pattern: "/responseModels/{contentType}", Ops: Add | Replace | Remove, Apply: func(r *methodResponsePatch, c Change) error {
			return r.refs.patchModel(&r.ResponseModels, c)
		}},
	},
}

// Patch returns the method response with the operations applied. Recorded AWS answers: UpdateMethodResponse.
func (r *MethodResponse) Patch(ops []PatchOperation, refs References) (*MethodResponse, error) {
	next := clone(r)
	if err := methodResponsePaths.Apply(&methodResponsePatch{next, refs}, ops); err != nil {
		return nil, err
	}
	if err := next.checkParameters(); err != nil {
		return nil, err
	}
	if err := checkContentTypes(next.ResponseModels); err != nil {
		return nil, err
	}
	return next, nil
}
