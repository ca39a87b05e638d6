// Package iam authenticates signed requests and asks the policies of their callers, for methods with AWS_IAM
// authorization.
//
// What comes in: exchanges signed with Signature Version 4, in a header or in the query, and Identities, which knows whose
// keys they are. What goes out: the caller in x.Identity and his own policies' decision; or 403. Without Identities there
// is nobody who could sign, and every call is refused. It never grants anything by default: an identity without a policy
// may do nothing of its own.
//
// Sources: developer guide, "Control access for invoking an API"; IAM user guide, "AWS Signature Version 4 for API
// requests"; knowledge center, "HTTP 403 errors".
package iam
