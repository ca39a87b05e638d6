package lambda

import (
	"errors"
	"os"
	"path/filepath"

	model "postern/internal/aws/wire/lambda"
	"postern/internal/services/lambda/code"
)

// FolderBucket is the S3Bucket with which Code.S3Key names a folder, or an archive, of this machine by its absolute
// path. Functions run in a folder as it is: what is changed there runs with the next event.
const FolderBucket = "hot-reload"

// source is where a caller says that the code is.
type source struct {
	zip            []byte
	bucket, object *string
	image          *string
}

// take reads and unpacks the code; the archive is nil for a folder.
func (l *Lambda) take(s *source) (reference codeReference, archive []byte, err error) {
	switch {
	case s.image != nil:
		return reference, nil, model.InvalidParameterValueException.Errorf("Postern runs functions from archives and folders, not from container images.")
	case s.zip != nil && (s.bucket != nil || s.object != nil):
		return reference, nil, model.InvalidParameterValueException.Errorf("Please do not provide other FunctionCode parameters when providing a ZipFile.")
	case s.zip != nil:
		return l.takeArchive(s.zip)
	case s.bucket == nil || s.object == nil:
		return reference, nil, model.InvalidParameterValueException.Errorf("Please provide a source for function code.")
	case *s.bucket != FolderBucket:
		return reference, nil, model.InvalidParameterValueException.Errorf("Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist")
	}
	return l.takePath(*s.object)
}

// takePath takes a folder or an archive of this machine.
func (l *Lambda) takePath(path string) (reference codeReference, archive []byte, err error) {
	const missing = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
	if !filepath.IsAbs(path) {
		return reference, nil, model.InvalidParameterValueException.Errorf(missing)
	}
	info, err := os.Stat(path)
	if err != nil {
		return reference, nil, model.InvalidParameterValueException.Errorf(missing)
	}
	if info.IsDir() {
		sum, _ := code.Sum([]byte(path))
		return codeReference{SHA256: sum, Folder: filepath.Clean(path)}, nil, nil
	}
	if info.Size() > code.MaxUnpacked {
		return reference, nil, errUnpacked()
	}
	if archive, err = os.ReadFile(path); err != nil {
		return reference, nil, model.InvalidParameterValueException.Errorf(missing)
	}
	return l.takeArchive(archive)
}

// takeArchive unpacks an archive. Known AWS answers: CreateFunction with what is no archive, and an empty one.
func (l *Lambda) takeArchive(archive []byte) (reference codeReference, _ []byte, err error) {
	if len(archive) == 0 {
		return reference, nil, model.InvalidParameterValueException.Errorf("Uploaded file must be a non-empty zip")
	}
	if len(archive) > code.MaxPacked {
		return reference, nil, model.RequestTooLargeException.Errorf("Zipped size must be smaller than %d bytes", code.MaxPacked)
	}
	_, err = l.functions.code.Unpack(archive)
	switch {
	case errors.Is(err, code.ErrNotZip):
		return reference, nil, model.InvalidParameterValueException.Errorf("Could not unzip uploaded file. Please check your file, then try to upload again.")
	case errors.Is(err, code.ErrEmpty):
		return reference, nil, model.InvalidParameterValueException.Errorf("Uploaded file must be a non-empty zip")
	case errors.Is(err, code.ErrTooLarge):
		return reference, nil, errUnpacked()
	case err != nil:
		return reference, nil, err
	}
	reference.SHA256, reference.Key = code.Sum(archive)
	reference.Size = int64(len(archive))
	return reference, archive, nil
}

func errUnpacked() error {
	return model.InvalidParameterValueException.Errorf("Unzipped size must be smaller than %d bytes", code.MaxUnpacked)
}
