package iam

import (
	"strings"
	"sync"

	"postern/internal/aws/wire"
)

// awsAccount stands in the ARNs of AWS's own policies where others have an account.
const (
	awsAccount   = "aws"
	awsPolicyARN = "arn:aws:iam::aws:policy"
)

// awsPolicy is one of AWS's own managed policies.
type awsPolicy struct {
	path, name string
	// version is the number of the default version.
	version, document string
}

// awsPolicies are the ones that Postern has the documents of, made once.
var awsPolicies = sync.OnceValue(readAWSPolicies)

// Source: AWS managed policy reference guide.
func readAWSPolicies() []awsPolicy {
	const service = "/service-role/"
	return []awsPolicy{
		{"/", "AdministratorAccess", "v1", statement(`"*"`, `"*"`)},
		{"/", "AmazonAPIGatewayAdministrator", "v1", statement(`["apigateway:*"]`, `"arn:aws:apigateway:*::/*"`)},
		{"/", "AmazonAPIGatewayInvokeFullAccess", "v1", statement(`["execute-api:Invoke","execute-api:ManageConnections"]`, `"arn:aws:execute-api:*:*:*"`)},
		{service, "AmazonAPIGatewayPushToCloudWatchLogs", "v1", statement(`["logs:CreateLogGroup","logs:CreateLogStream","logs:DescribeLogGroups",`+
			`"logs:DescribeLogStreams","logs:PutLogEvents","logs:GetLogEvents","logs:FilterLogEvents"]`, `"*"`)},
		{"/", "AmazonKinesisFullAccess", "v1", statement(`"kinesis:*"`, `"*"`)},
		{"/", "AmazonS3FullAccess", "v2", statement(`["s3:*","s3-object-lambda:*"]`, `"*"`)},
		{"/", "AmazonS3ReadOnlyAccess", "v3", statement(`["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"]`, `"*"`)},
		{"/", "AmazonSQSFullAccess", "v1", statement(`["sqs:*"]`, `"*"`)},
		{service, "AWSLambdaBasicExecutionRole", "v1", statement(`["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`)},
		{service, "AWSLambdaDynamoDBExecutionRole", "v1", statement(`["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator",`+
			`"dynamodb:ListStreams","logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`)},
		{service, "AWSLambdaKinesisExecutionRole", "v2", statement(`["kinesis:DescribeStream","kinesis:DescribeStreamSummary","kinesis:GetRecords",`+
			`"kinesis:GetShardIterator","kinesis:ListShards","kinesis:ListStreams","kinesis:SubscribeToShard","logs:CreateLogGroup",`+
			`"logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`)},
		{service, "AWSLambdaRole", "v1", statement(`["lambda:InvokeFunction"]`, `["*"]`)},
		{service, "AWSLambdaSQSQueueExecutionRole", "v1", statement(`["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes",`+
			`"logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`)},
		{service, "AWSLambdaVPCAccessExecutionRole", "v3", `{"Version":"2012-10-17","Statement":[{"Sid":"AWSLambdaVPCAccessExecutionPermissions",` +
			`"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","ec2:CreateNetworkInterface",` +
			`"ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets","ec2:DeleteNetworkInterface","ec2:AssignPrivateIpAddresses",` +
			`"ec2:UnassignPrivateIpAddresses"],"Resource":"*"}]}`},
		{"/", "AWSStepFunctionsFullAccess", "v1", statement(`"states:*"`, `"*"`)},
		{"/", "AWSXrayWriteOnlyAccess", "v2", statement(xrayWrite, `["*"]`)},
		{"/", "AWSXRayDaemonWriteAccess", "v1", statement(xrayWrite, `["*"]`)},
	}
}

const xrayWrite = `["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"]`

// statement is a document with one statement that allows; action and resource are JSON.
func statement(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + action + `,"Resource":` + resource + `}]}`
}

// awsManaged gives one of AWS's policies, nil when Postern does not have it. AWS's partitions for China and for
// governments have the same ones under their own names.
func awsManaged(policyARN string) *policy {
	partition, path, _ := strings.Cut(strings.TrimPrefix(policyARN, "arn:"), ":iam::aws:policy")
	for _, p := range awsPolicies() {
		if p.path+p.name == path {
			return p.policy(partition)
		}
	}
	return nil
}

func awsManagedPolicies() []*policy {
	var all []*policy
	for _, p := range awsPolicies() {
		all = append(all, p.policy("aws"))
	}
	return all
}

// created is when AWS made the first of its managed policies, 2015-02-06T18:39:46Z.
const created wire.Timestamp = 1423247986

func (p awsPolicy) policy(partition string) *policy {
	return &policy{
		Name: p.name, ID: managedID(p.name), ARN: "arn:" + partition + ":iam::aws:policy" + p.path + p.name, Path: p.path,
		Created: created, Updated: created, Default: p.version,
		Versions: []policyVersion{{ID: p.version, Document: p.document, Created: created}},
	}
}
