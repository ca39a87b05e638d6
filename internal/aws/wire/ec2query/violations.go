package ec2query

import (
	"net/http"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
)

// What EC2 answers when an input breaks the model.
// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
var (
	MissingParameter      = awserr.Code{Name: "MissingParameter", Status: http.StatusBadRequest}
	InvalidParameterValue = awserr.Code{Name: "InvalidParameterValue", Status: http.StatusBadRequest}
)

// Check gives EC2's error for the first violation; nil when there is none.
func Check(v *wire.Violations) error {
	found := v.Found()
	if len(found) == 0 {
		return nil
	}
	first := found[0]
	if first.Absent {
		return MissingParameter.Errorf("The request must contain the parameter %s", first.Location)
	}
	return InvalidParameterValue.Errorf("Value (%s) for parameter %s is invalid. %s", first.Value, first.Location, first.Constraint)
}
