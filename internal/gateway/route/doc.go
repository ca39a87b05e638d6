// Package route finds what a request is addressed to: API and stage from host and path, then resource, method and path
// parameters from the stage's path tree.
//
// What comes in: a request as a listener read it, and the resources of a deployment. What goes out: an Address, and the
// leaf of a Tree that AWS would have chosen. It never decodes a path, never allocates but for the path parameters, and
// knows nothing of integrations.
//
// Sources: developer guide, "Set up a method request in API Gateway", "Invoke REST APIs in API Gateway", "Invoke a
// private API"; recorded AWS answers for everything that has to do with slashes and backtracking.
package route
