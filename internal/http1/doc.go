// Package http1 is Postern's HTTP/1.1 engine: a Server for what clients send and a Transport for what integrations
// are sent.
//
// What comes in: connections, and for the Transport an UpstreamRequest with a deadline. What goes out: message.Request
// and message.Response. A client connection has one task of an event loop (package eventloop), or one goroutine where
// there is no loop, which reads the request, runs the handler, talks to the upstream and writes the answer; a request
// starts no goroutine, timer or context of its own, apart from a request body too large for one write.
//
// A head is scanned once, and every name and value that a handler sees is a string cut from one immutable copy of it:
// a handler may keep them for ever. Bodies are not copied: Request.Body, and the Response.Body that Transport.Do
// gives, share buffers that are used again once the exchange has ended.
//
// The engine reads strictly, as RFC 9110 and RFC 9112 allow: what two readers could understand in two ways is
// refused. It never follows redirects, never touches a content coding, never adds a Server header, and never answers
// on its own behalf beyond the refusals that Refusal lists.
package http1
