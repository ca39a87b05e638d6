// Package domain routes custom domain names: from a host and a path to the stage that a base path mapping names.
//
// What comes in: domain names with their mappings, as the control plane tells of them, and requests. What goes out: the
// address of a stage, or that the request is refused; and for a TLS listener the domain that a client asks for. It keeps
// no certificates and terminates no TLS. What it knows follows the feed of changes, and is found without a lock.
//
// Sources: developer guide, "Custom domain name for public REST APIs in API Gateway", "Use API mappings to connect API
// stages to a custom domain name for REST APIs".
package domain
