package apidef

import (
	"strings"

	"postern/internal/aws/awserr"
)

// ErrNoRequestValidator is what operations on an unknown request validator answer.
// Recorded AWS answer: GetRequestValidator.
var ErrNoRequestValidator = awserr.NotFound.Errorf("Invalid Request Validator identifier specified")

// Check checks a request validator's name. That spaces are blank too is inferred from the message.
func (v *RequestValidator) Check() error {
	if strings.TrimSpace(v.Name) == "" {
		return awserr.BadRequest.Errorf("Request Validator name cannot be blank")
	}
	return nil
}

var requestValidatorPaths = PatchTable[RequestValidator]{
	Refuse: refuseListing,
	Paths: []PatchPath[RequestValidator]{
		{Pattern: "/name", Ops: Replace, Apply: func(v *RequestValidator, c Change) error {
			v.Name = c.Value
			return v.Check()
		}},
		{Pattern: "/validateRequestParameters", Ops: Replace, Apply: func(v *RequestValidator, c Change) error {
			v.ValidateRequestParameters = c.Bool()
			return nil
		}},
		{Pattern: "/validateRequestBody", Ops: Replace, Apply: func(v *RequestValidator, c Change) error {
			v.ValidateRequestBody = c.Bool()
			return nil
		}},
	},
}

// Patch returns the request validator with the operations applied. Recorded AWS answers: UpdateRequestValidator.
func (v *RequestValidator) Patch(ops []PatchOperation) (*RequestValidator, error) {
	next := clone(v)
	return next, requestValidatorPaths.Apply(next, ops)
}
