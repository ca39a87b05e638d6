package logs

import model "postern/internal/aws/wire/logs"

// The refusals that have one text. Sources: answers of the service in the test suites of its clients; the last
// three are inferred.
var (
	errNoGroup        = model.ResourceNotFoundException.Errorf("The specified log group does not exist.")
	errNoStream       = model.ResourceNotFoundException.Errorf("The specified log stream does not exist.")
	errGroupExists    = model.ResourceAlreadyExistsException.Errorf("The specified log group already exists")
	errStreamExists   = model.ResourceAlreadyExistsException.Errorf("The specified log stream already exists")
	errToken          = model.InvalidParameterException.Errorf("The specified nextToken is invalid.")
	errOrder          = model.InvalidParameterException.Errorf("Log events in a single PutLogEvents request must be in chronological order.")
	errSpan           = model.InvalidParameterException.Errorf("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	errPrefixOrder    = model.InvalidParameterException.Errorf("Cannot order by LastEventTime with a logStreamNamePrefix.")
	errPrefixPattern  = model.InvalidParameterException.Errorf("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	errNamesAndPrefix = model.InvalidParameterException.Errorf("LogStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
	errProtected      = model.OperationAbortedException.Errorf("The specified log group has deletion protection enabled")
	errReservedName   = model.InvalidParameterException.Errorf("Log groups starting with aws/ are reserved for AWS.")
	errNoIdentifier   = model.InvalidParameterException.Errorf("Exactly one of logGroupName or logGroupIdentifier must be specified.")
)
