// Package mapping is API Gateway's world around the engines vtl and jsonpath: parameter mappings, the choice of mapping
// templates, the variables $input, $util, $context and $stageVariables, and the overrides that templates write.
//
// What comes in: the strings of an integration's definition, once, and for each exchange the request or the backend's
// answer. What goes out: what belongs to the integration request or to the response. It never calls anything, never
// decides what becomes of a forbidden header, and takes no lock.
package mapping
