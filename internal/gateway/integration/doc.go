// Package integration holds what the integration types share: making the integration request, choosing and applying the
// integration response, header dispositions, URIs and payload encoding. The types themselves are the packages below it.
//
// What comes in: an exchange, and parts of the method's definition, compiled when the stage is. What goes out: the
// exchange with its integration request or its response filled in, or a *gatewayresponse.Error. It never calls anything.
//
// Sources: developer guide, "Amazon API Gateway important notes" for headers, "Content type conversions in API Gateway"
// for payloads; recorded AWS answers (header remapping, HTTP integrations) where they differ.
package integration
