package openapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// report gathers what is wrong with a definition. AWS lists everything that it finds.
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

// outcome is the error that an import ends with, if it does.
// Source of the texts: public reports of failed imports; of "Warnings found during import": a public acceptance test.
func (r *report) outcome(failOnWarnings bool) error {
	const next = "\n\t"
	var message string
	switch {
	case len(r.errors) > 0:
		message = "Errors found during import:" + next + strings.Join(r.errors, next)
		if len(r.warnings) > 0 {
			message += "\nAdditionally, these warnings were found:" + next + strings.Join(r.warnings, next)
		}
	case failOnWarnings && len(r.warnings) > 0:
		message = "Warnings found during import:" + next + strings.Join(r.warnings, next)
	default:
		return nil
	}
	return awserr.BadRequest.Errorf("%s", message)
}
