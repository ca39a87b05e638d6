// Package mapping is API Gateway's world around the engines vtl and jsonpath: parameter mappings, the choice of mapping
// templates, the variables $input, $util, $context, $stageVariables and $method, and the overrides that templates write.
//
// What comes in: the strings of an integration's definition, once, and for each exchange the request or the backend's
// answer. What goes out: what belongs to the integration request or to the response. It never calls anything, never
// decides what becomes of a forbidden header, and takes no lock.
//
// # Where AWS differs from the engines
//
// The engines do what Apache Velocity 1.7 and Jayway JsonPath do. AWS's answers differ from them in these places, each
// of which is one place here:
//
//   - A reference that resolves to nothing is the empty string, in the text and in expressions (recorded AWS answers:
//     missing path, JSON null, undefined == "", Kinesis PutRecords template). vtl.NullAsEmpty, in CompileTemplate.
//   - An empty body reads as {} (recorded AWS answers: request and response template of $input.body). document.text.
//   - $input.json of nothing is "" in quotes, not null (observed by an emulator's authors). inputObject.appendJSON.
//   - Maps of $context print nothing, read by name or through get (recorded AWS answer: a template that prints every
//     member). contextObject has no printed form.
//   - The keys of $context and of the maps below come in the order of a java.util.HashMap (recorded AWS answer: the
//     same template). contextVariables.
//   - Some of the client's headers are not there (recorded AWS answer: $input.params of every header of RFC 2616).
//     HiddenHeader.
//   - $context can be written below requestOverride and responseOverride only, and each target once (developer guide:
//     Override your API's request and response parameters and status codes). overrideObject.
//   - #foreach stops after 1000 rounds (developer guide: Quotas). vtl.Limits.
//
// Not recorded, and decided here: path parameters are percent-decoded in templates and kept encoded when a mapping puts
// them into the integration's path; $context.requestTimeEpoch is a Long and isCanaryRequest a Boolean; the keys of
// $stageVariables are sorted and those of $input.params() come as the client sent them; a body that is no JSON fails
// the template that reads a part of it; the body is parsed once a rendering, so that what a template changes in it shows
// in a later $input.json.
package mapping
