package logs

import "postern/internal/aws/awserr"

// The refusals that have one text. Sources: recorded answers of the service in the test suites of its clients; the last
// three are inferred.
var (
	errNoGroup        = awserr.LogsResourceNotFound.Errorf("The specified log group does not exist.")
	errNoStream       = awserr.LogsResourceNotFound.Errorf("The specified log stream does not exist.")
	errGroupExists    = awserr.LogsResourceAlreadyExists.Errorf("The specified log group already exists")
	errStreamExists   = awserr.LogsResourceAlreadyExists.Errorf("The specified log stream already exists")
	errToken          = awserr.LogsInvalidParameter.Errorf("The specified nextToken is invalid.")
	errOrder          = awserr.LogsInvalidParameter.Errorf("Log events in a single PutLogEvents request must be in chronological order.")
	errSpan           = awserr.LogsInvalidParameter.Errorf("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	errPrefixOrder    = awserr.LogsInvalidParameter.Errorf("Cannot order by LastEventTime with a logStreamNamePrefix.")
	errPrefixPattern  = awserr.LogsInvalidParameter.Errorf("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	errNamesAndPrefix = awserr.LogsInvalidParameter.Errorf("LogStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
	errProtected      = awserr.LogsOperationAborted.Errorf("The specified log group has deletion protection enabled")
	errReservedName   = awserr.LogsInvalidParameter.Errorf("Log groups starting with aws/ are reserved for AWS.")
	errNoIdentifier   = awserr.LogsInvalidParameter.Errorf("Exactly one of logGroupName or logGroupIdentifier must be specified.")
)
