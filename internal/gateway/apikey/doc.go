// Package apikey finds the API key of a request, and the usage plan that admits it to a stage.
//
// What comes in: API keys, usage plans and who is in which, as the control plane tells of them. What goes out: for a value
// that a client sent, the key; for a key and a stage, the plan with its throttles and its quota. It answers nobody and
// never asks the store: what it knows follows the feed of changes, and is found without a lock.
//
// Sources: developer guide, "Usage plans and API keys for REST APIs in API Gateway", "Choose an API key source in API
// Gateway"; recorded AWS answers (API key required).
package apikey
