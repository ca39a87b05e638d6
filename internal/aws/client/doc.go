// Package client calls AWS services: it finds the endpoint, gets credentials, signs and sends. It is how integrations reach
// AWS, and whatever answers in its place.
//
// What comes in: calls of package awsservice, invocations of package lambda. What goes out: what the service answered. It
// never retries, never follows redirects, and never interprets an answer, but for the credentials that STS gives.
//
// Sources: AWS general reference, "AWS service endpoints"; IAM user guide, "AWS Signature Version 4 for API requests".
package client
