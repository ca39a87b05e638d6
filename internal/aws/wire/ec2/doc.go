// Package ec2 is the wire of Amazon EC2, as far as networks go, service model ec2 2016-11-15: a type for
// every structure, the constants of every enum, the codes of every error, and Handler with the 40 operations that the
// model file holds.
//
// What comes in: calls, through the wire.Service that NewService gives. What goes out: typed inputs for a Handler, and
// its outputs as AWS writes them. Everything but this file is generated; what an operation does is not known here.
//
// Optional scalars are pointers. A nil list or map is absent, an empty one is written; Go names spell initialisms
// (RoleARN), and the comment beside a field has the name on the wire.
package ec2

//go:generate go run ../internal/gen -model ../model/ec2-2016-11-15.json
