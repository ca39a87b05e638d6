package iam

import (
	"errors"

	"postern/internal/aws/awserr"
	wireiam "postern/internal/aws/wire/iam"
)

func noSuchEntity(format string, args ...any) error {
	return wireiam.NoSuchEntityException.Errorf(format, args...)
}

func malformed(text string) error {
	return wireiam.MalformedPolicyDocumentException.Errorf("%s", text)
}

// invalid is what IAM says of a value that the model allows and IAM does not.
func invalid(format string, args ...any) error {
	return awserr.ValidationError.Errorf(format, args...)
}

func isNoSuchEntity(err error) bool {
	refusal, ok := errors.AsType[*awserr.Error](err)
	return ok && refusal.Code == wireiam.NoSuchEntityException
}
