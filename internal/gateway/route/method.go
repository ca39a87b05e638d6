package route

import "postern/internal/gateway/message"

// A verb is one of the seven HTTP methods that REST APIs know; ANY stands for all of them.
type verb uint8

const (
	verbDelete verb = iota
	verbGet
	verbHead
	verbOptions
	verbPatch
	verbPost
	verbPut
	verbs  // how many there are
	noVerb = verbs
)

// Any is the name of the method that takes every verb that its resource does not name.
const Any = "ANY"

func verbOf(method string) verb {
	switch method {
	case "GET":
		return verbGet
	case "POST":
		return verbPost
	case "PUT":
		return verbPut
	case "DELETE":
		return verbDelete
	case "PATCH":
		return verbPatch
	case "HEAD":
		return verbHead
	case "OPTIONS":
		return verbOptions
	}
	return noVerb
}

// Method is the verb that a request counts as: that of its request line, or of the header X-HTTP-Method-Override in a
// POST. Source: developer guide, "Amazon API Gateway important notes".
func Method(req *message.Request) string {
	if req.Method != "POST" {
		return req.Method
	}
	if override, ok := req.Header.GetFold("X-HTTP-Method-Override"); ok && override != "" {
		return override
	}
	return req.Method
}
