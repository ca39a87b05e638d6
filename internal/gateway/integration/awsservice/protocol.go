package awsservice

// target is what a service that takes its actions as JSON wants to be told by headers.
type target struct {
	// prefix stands before the action's name in X-Amz-Target, with a point between.
	prefix string
	// contentType is that of the service's protocol.
	contentType string
}

// targets are the services for which API Gateway makes X-Amz-Target of an action's name. For others an integration maps
// the header itself, or the service takes the action in the query.
// Sources: recorded AWS answers (DynamoDB, Kinesis, Step Functions; EventBridge is not among them); names and content types
// of the service models; DynamoDB Streams and Firehose are inferred from these.
var targets = map[string]target{
	"dynamodb":         {"DynamoDB_20120810", "application/x-amz-json-1.0"},
	"streams.dynamodb": {"DynamoDBStreams_20120810", "application/x-amz-json-1.0"},
	"firehose":         {"Firehose_20150804", "application/x-amz-json-1.1"},
	"kinesis":          {"Kinesis_20131202", "application/x-amz-json-1.1"},
	"states":           {"AWSStepFunctions", "application/x-amz-json-1.0"},
}
