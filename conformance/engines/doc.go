// Package engines plays what infrastructure engines (Terraform, OpenTofu, Pulumi) do with three common programs: a MOCK
// integration, a Lambda function behind an API, and a backend behind a VPC link. The sequences are those that the
// engines were recorded to call, with the AWS SDK for Go in their place: each resource is made after what it needs, waited
// for, and read into a state; every later reading must find that state; changes go by the PATCHes that the engine sends;
// at the end everything is deleted in the reverse order, and read until it is told to be absent.
//
// Beside that each program's API is called as a client would.
package engines
