// Package cache keeps what integrations answered: the stage cache.
//
// What comes in: an exchange whose integration has answered, and the key that says which requests it answers for. What goes
// out: the same answer, for as long as its time to live, in an exchange whose integration was not called. What is kept is
// the integration response, so that each client gets it mapped for its own request; the bytes are copies of their own and
// never change. It decides neither which methods are cached nor who may refresh an entry.
//
// Stores is what a cluster replaces; Memory is that of a single node.
//
// Sources: developer guide, "Cache settings for REST APIs in API Gateway"; that the integration response is what is kept,
// before it is mapped, is inferred.
package cache
