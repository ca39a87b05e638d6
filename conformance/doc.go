// Package conformance holds what Amazon API Gateway was seen, or is documented, to do: one dialogue a file, under
// control/ (the management API), definitions/ (imports and exports), data/ (deployed APIs),
// integrations/ (their calls of AWS), functions/ (Lambda functions that run here) and access/ (who may call them). One runner, TestConformance, plays them all against a whole Postern over TCP; nothing of Postern is faked. Two
// folders are packages of their own: operations/ plays every operation through AWS's own clients, engines/ what
// infrastructure engines call for whole programs.
//
// A file's name is its sentence. Its head says the sentence in full and names the evidence: "recorded AWS answer", a page
// title, "known AWS answer" (what its author knows AWS to say, and nobody recorded for this project), or "inferred". The sections that follow are requests and the answers expected to them, in turn:
//
//	-- request --
//	POST /restapis
//
//	{"name": "pets"}
//	-- answer --
//	201
//	Content-Type: application/json
//	!X-Amzn-Trace-Id
//
//	{"id": "$api", "rootResourceId": "$root", "...": "..."}
//
// In an answer, a line "Name: value" is a header that must be there with that value, "!Name" one that must not. A JSON
// body must be equal, member for member, except that "$name" binds a name where it first stands and must be the same value
// wherever it stands later, "$_" is any value, and a member "..." allows members that are not listed. In a body of
// XML "..." is any text, and $name binds what stands up to the next tag. Any other body must be
// the same text, and an answer that ends after its headers leaves the body open ("-- answer --" with an empty body is
// written as a line holding only a dot).
//
// In a request, $name stands for what was bound. $upstream, with its port as $port, is an HTTP service that runs beside each dialogue (see
// upstream_test.go): it shows what arrived, or answers as its path says; at $closed nothing listens; $today is the date. The target "$api:/dev/pets" is sent to that API's
// own Host; any other to API Gateway's. A section "-- setup --" names files of setup/ that are played first. A body
// go:"\xff" is bytes, in Go's form of a string.
//
// The dialogues of integrations/ are played against a Postern whose --aws-endpoint is a stand-in for AWS (see aws_test.go):
//
//	-- function $fn-pets --     what the function of this name answers from here on; $fn is different in each dialogue
//	-- event $fn-pets --        the last event that it got, compared as a body
//	-- aws --                   what every other service answers the dialogue's API from here on, in the form of an answer
//	-- log --                   parts of the execution log that TestInvokeMethod just answered, in order
//	-- received --              the last call of a service: its request line, headers and body, compared as an answer's
//
// The dialogues of functions/ upload code: a section "-- code NAME FILE --" binds $NAME to an archive with that file, as
// CreateFunction takes it. $fn is a function's name that no other dialogue has.
//
// The dialogues of access/ are played against a Postern that knows its callers (see access_test.go): calls of API
// Gateway's own API are signed by admin, and a line "Sign: NAME" signs any other. $idToken, $accessToken, $expiredToken,
// $noneToken and $hmacToken are tokens of a user pool, the last two forged.
package conformance
