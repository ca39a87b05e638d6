// Package http2 serves HTTP/2 as package http1 serves HTTP/1.1: with the same handler, limits and answers to what is refused.
//
// What comes in: connections whose TLS handshake has agreed on "h2". What goes out: requests for the handler of an
// http1.Server, one at a time for each stream. The protocol is net/http's; this package translates between its requests and
// answers and those of package message. It knows nothing of what the requests are about.
package http2
