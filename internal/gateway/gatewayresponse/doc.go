// Package gatewayresponse turns every early end and every error of an exchange into an answer.
//
// What comes in: an *Error that a step returned, and the gateway responses that a customer set on the API. What goes
// out: status, headers and body of the response. It never calls anything and never logs; what an error says in the
// execution log is Error.Log.
//
// Gateway response templates are no Velocity: $context.*, $stageVariables.* and method.request.* are replaced by their
// values, everything else is copied.
//
// Sources: developer guide, "Gateway responses for REST APIs in API Gateway" and "Gateway response types for API
// Gateway"; recorded AWS answers (gateway response CRUD, put, update) for inheritance; captured replies for the bytes of
// the bodies.
package gatewayresponse
