// Package policy decides calls of methods by IAM policy documents: the resource policy of an API, and for package
// authorize the policies of identities and those that Lambda authorizers return.
//
// What comes in: a document, once, and then exchanges whose method is known. What goes out: decisions, or the
// *gatewayresponse.Error that refuses a call. It never finds out who calls, never believes a header about where a
// request comes from, and never changes an exchange, but for the VPC endpoint that it came through.
//
// A path has many spellings that mean one thing to a backend. A call is judged by all of them: see spellings.
//
// Sources: developer guide, "Control access to a REST API with API Gateway resource policies", "How API Gateway resource
// policies affect authorization workflow", "AWS condition keys that can be used in API Gateway resource policies",
// "Control access for invoking an API".
package policy
