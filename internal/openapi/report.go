package openapi

import (
	"errors"
	"fmt"
	"slices"

	"postern/internal/aws/awserr"
)

// report gathers what is wrong with a definition. AWS lists everything that it finds.
// Source of the texts: public reports of failed imports; see the cases of the tests.
type report struct{ warnings, errors []string }

func (r *report) warn(format string, args ...any) {
	if warning := fmt.Sprintf(format, args...); !slices.Contains(r.warnings, warning) {
		r.warnings = append(r.warnings, warning)
	}
}

func (r *report) fail(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// failWith reports what the single operation would have answered, and what was tried.
func (r *report) failWith(err error, format string, args ...any) {
	message := err.Error()
	if refused, ok := errors.AsType[*awserr.Error](err); ok {
		message = refused.Message
	}
	r.fail("%s: %s", fmt.Sprintf(format, args...), message)
}
