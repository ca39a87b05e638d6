// Package apigateway is the wire of Amazon API Gateway's control plane, service model apigateway 2015-07-09: a type for
// every structure, the constants of every enum, the route table, and Handler with the 124 operations.
//
// What comes in: calls, through the wire.Service that NewService gives. What goes out: typed inputs for a Handler, and
// its outputs as AWS writes them. Everything but this file is generated; what an operation does is not known here.
//
// Optional scalars are pointers. A nil list or map is absent, an empty one is written as [] or {}; nothing absent is
// ever written as null. Go names spell initialisms (RestAPIID); the comment beside a field has the name on the wire.
package apigateway

//go:generate go run ../internal/gen -model ../model/apigateway-2015-07-09.json
