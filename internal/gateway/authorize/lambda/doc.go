// Package lambda runs Lambda authorizers, TOKEN and REQUEST: a function says by a policy what a caller may do.
//
// What comes in: exchanges, and what gateway/integration/lambda invokes functions with. What goes out: what the function
// said of the caller in x.Authorizer, and its policy's decision on the method; or 401 for a caller without the identity
// that the authorizer wants, or 500 for a function that failed. Results are kept in a Cache, as policies: each method asks
// them anew. Refusals and failures are never kept.
//
// Sources: developer guide, "Use API Gateway Lambda authorizers", "Input to an Amazon API Gateway Lambda authorizer",
// "Output from an API Gateway Lambda authorizer"; API reference, CreateAuthorizer; captured execution logs.
package lambda
