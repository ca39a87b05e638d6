// Package lambda runs integrations whose backend is a Lambda function: AWS_PROXY, which hands the function the whole
// request as an event and answers what it says, and AWS, whose event and answer are mapped.
//
// What comes in: an exchange whose request has been authorized and validated. What goes out: the function's answer in
// x.Response, or a *gatewayresponse.Error. It calls functions through Functions only, and never decides who may.
//
// Sources: developer guide, "Lambda proxy integrations in API Gateway", "Set up Lambda custom integrations in API
// Gateway", "Handle Lambda errors in API Gateway"; recorded AWS answers (Lambda integrations) where they differ.
package lambda
