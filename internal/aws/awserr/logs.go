package awserr

import "net/http"

// The exceptions that the CloudWatch Logs model declares, where they differ from those of other services.
// Source: CloudWatch Logs API reference, errors of each operation.
var (
	LogsInvalidParameter      = Code{"InvalidParameterException", http.StatusBadRequest}
	LogsResourceNotFound      = Code{"ResourceNotFoundException", http.StatusBadRequest}
	LogsResourceAlreadyExists = Code{"ResourceAlreadyExistsException", http.StatusBadRequest}
	LogsLimitExceeded         = Code{"LimitExceededException", http.StatusBadRequest}
	LogsOperationAborted      = Code{"OperationAbortedException", http.StatusBadRequest}
	LogsTooManyTags           = Code{"TooManyTagsException", http.StatusBadRequest}
)
