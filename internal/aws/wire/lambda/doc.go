// Package lambda is the wire of AWS Lambda, service model lambda 2015-03-31: a type for
// every structure, the constants of every enum, the codes of every error, and Handler with the 30 operations that the
// model file holds.
//
// What comes in: calls, through the wire.Service that NewService gives. What goes out: typed inputs for a Handler, and
// its outputs as AWS writes them. Everything but this file is generated; what an operation does is not known here.
//
// Optional scalars are pointers. A nil list or map is absent, an empty one is written; Go names spell initialisms
// (RoleARN), and the comment beside a field has the name on the wire.
//
// A payload shares the request's memory. InvokeWithResponseStream's answer is a reader, which is copied to the caller as
// it comes and then closed. Runtimes are not checked here: Lambda refuses unknown ones with a text of its own.
package lambda

//go:generate go run ../internal/gen -model ../model/lambda-2015-03-31.json
