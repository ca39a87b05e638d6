// Package operations exercises every operation of the API Gateway API through the AWS SDK for Go and through the AWS CLI:
// each with a success, and with each error of its model that can occur. What cannot occur is listed with its reason.
//
// The steps are in the files *.steps, one a kind of resource. Each file is played against a server of its own, once a
// client. A step names an operation, its input as the API reference names the members, and what is to come of it:
//
//	# What follows the hash is for the reader.
//	quotas APIKeys=2
//
//	CreateApiKey {"name": "first", "enabled": true}
//	-> {"id": "$key", "enabled": true}
//
//	GetApiKey {"apiKey": "nosuchkey"}
//	-> NotFoundException: Invalid API Key identifier specified
//
// "quotas" at the head of a file gives the server other quotas (see apidef.Limits). An answer lists the members that
// matter: others may be there. "$name" binds a name where it first stands, and is what was bound wherever it stands
// later, in inputs too; "$_" is any value; a list that ends in "..." may go on. A body is text. Times are seconds.
//
// TestOperations plays them, and writes docs/operations.md from them with -update.
package operations
