// Package awsservice runs integrations of the type AWS that call any AWS service but a Lambda function's invocation.
//
// What comes in: an exchange whose request has been authorized and validated. What goes out: the mapped answer of the
// service, or a *gatewayresponse.Error. It calls services through Services only, and knows neither credentials nor
// endpoints.
//
// Sources: API Gateway API reference, Integration, uri; developer guide, "Integrations with AWS services"; recorded AWS
// answers (AWS integrations with SQS, DynamoDB, Kinesis, Step Functions, EventBridge, Systems Manager and S3).
package awsservice
