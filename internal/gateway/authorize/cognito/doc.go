// Package cognito verifies the tokens of Amazon Cognito user pools, for methods with COGNITO_USER_POOLS authorization.
//
// What comes in: exchanges with a JSON Web Token in a header, and the pools' public keys: from the pools' issuers, or
// from where the operator says. What goes out: the token's claims in x.Authorizer, or 401. It knows one algorithm, RS256,
// and keys of pools only: what a token says of its own algorithm or key has no other part than to be compared.
//
// Sources: developer guide, "Integrate a REST API with an Amazon Cognito user pool"; Cognito developer guide, "Verifying
// JSON Web Tokens"; captured events for the form of the claims.
package cognito
