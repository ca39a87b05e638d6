package apidef

import (
	"cmp"
	"strings"

	"postern/internal/aws/awserr"
)

// PatchOperation is one entry of a request's patchOperations. A nil member was not sent.
// Source: API Gateway API reference, PatchOperation.
type PatchOperation struct {
	Op                string
	Path, Value, From *string
}

// pointer is the path as a JSON pointer: AWS's documents also write paths without their first slash. "" when none was sent.
// Source: AWS CLI reference, update-integration, examples; developer guide, "Migrate a custom domain name to a different
// API endpoint type in API Gateway".
func (o PatchOperation) pointer() string {
	switch {
	case o.Path == nil:
		return ""
	case strings.HasPrefix(*o.Path, "/"):
		return *o.Path
	}
	return "/" + *o.Path
}

// Ops is a set of patch operations.
type Ops uint8

// The operations that patchOperations may hold. AWS supports move and test nowhere.
const (
	Add Ops = 1 << iota
	Remove
	Replace
	Copy
	Move
	Test
)

var opNames = [...]string{"add", "remove", "replace", "copy", "move", "test"}

// String lists the set as AWS does: "add, remove".
func (o Ops) String() string {
	var names []string
	for i, name := range opNames {
		if o&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func parseOp(name string) Ops {
	for i, n := range opNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

// Change is one operation on the way to the member that it changes.
type Change struct {
	Op   Ops
	Path string // as sent, behind a slash
	// Keys are what the pattern's braces captured, with "~1" and "~0" read as "/" and "~". RawKeys are the same as sent.
	Keys, RawKeys []string
	Value         string // "" when none was sent
	HasValue      bool
	From          string
}

// Key is the first capture: the key of a map entry.
func (c Change) Key() string { return c.Keys[0] }

// Bool reads the value as AWS reads booleans: anything but "true" is false.
// Recorded AWS answer: UpdateMethod, replace /apiKeyRequired with other words.
func (c Change) Bool() bool { return strings.EqualFold(c.Value, "true") }

// PatchPath is one line of a kind's table: a path, the operations that AWS supports there, and what they do.
type PatchPath[T any] struct {
	// Pattern is the path. {name} stands for one segment, {name...} for one segment or more.
	Pattern string
	Ops     Ops
	Apply   func(*T, Change) error
	// Refusal is the answer to any other operation; "" means that of the table's family.
	Refusal string
	// Listed is how AWS writes the path where it lists those that an operation takes; "" means as the pattern.
	Listed string
	// Unlisted says that the path stands in no such list: it is another's second name.
	Unlisted bool
}

// PatchTable is all that can be patched on one kind.
// Source: API Gateway API reference, "Patch Operations".
type PatchTable[T any] struct {
	Paths []PatchPath[T]
	// Refuse words the answer to an operation that no line takes.
	Refuse func(Refused) error
}

// Refused is an operation that a table does not take.
type Refused struct {
	PatchOperation
	// Known says that the path exists, for the operations in Allowed.
	Known   bool
	Allowed Ops
	// Listed are the paths of the table that take the operation.
	Listed []string
}

// PathText is the path as AWS prints it: "null" when none was sent.
func (r Refused) PathText() string {
	if r.Path == nil {
		return "null"
	}
	return *r.Path
}

// Apply performs the operations in order. After an error v is half changed: patch a copy.
func (t *PatchTable[T]) Apply(v *T, ops []PatchOperation) error {
	for _, op := range ops {
		if err := t.apply(v, op); err != nil {
			return err
		}
	}
	return nil
}

func (t *PatchTable[T]) apply(v *T, op PatchOperation) error {
	refused := Refused{PatchOperation: op}
	kind := parseOp(op.Op)
	path := op.pointer()
	for i := range t.Paths {
		line := &t.Paths[i]
		if line.Ops&kind != 0 && !line.Unlisted {
			refused.Listed = append(refused.Listed, cmp.Or(line.Listed, line.Pattern))
		}
		if op.Path == nil {
			continue
		}
		raw, ok := matchPath(line.Pattern, path)
		if !ok {
			continue
		}
		if line.Ops&kind != 0 {
			return line.Apply(v, newChange(op, kind, raw))
		}
		if line.Refusal != "" {
			return awserr.BadRequest.Errorf("%s", strings.ReplaceAll(line.Refusal, "{path}", *op.Path))
		}
		refused.Known = true
		refused.Allowed |= line.Ops
	}
	return t.Refuse(refused)
}

func newChange(op PatchOperation, kind Ops, raw []string) Change {
	c := Change{Op: kind, Path: op.pointer(), RawKeys: raw}
	for _, key := range raw {
		c.Keys = append(c.Keys, unescapePointer(key))
	}
	if op.Value != nil {
		c.Value, c.HasValue = *op.Value, true
	}
	if op.From != nil {
		c.From = *op.From
	}
	return c
}

// unescapePointer reads a segment of a JSON pointer (RFC 6901): "~1" is "/", "~0" is "~".
func unescapePointer(segment string) string {
	if !strings.Contains(segment, "~") {
		return segment
	}
	return strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~")
}

// matchPath tells whether the path fits the pattern, and what the pattern's braces captured. An empty segment is no key.
func matchPath(pattern, path string) (captured []string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, w := range want {
		if strings.HasSuffix(w, "...}") {
			// The tail after a {name...} has a fixed length, so the capture's end is known.
			tail := len(want) - i - 1
			end := len(got) - tail
			if end <= i {
				return nil, false
			}
			key := strings.Join(got[i:end], "/")
			if key == "" {
				return nil, false
			}
			captured = append(captured, key)
			got = append(append(append([]string(nil), got[:i]...), key), got[end:]...)
			continue
		}
		switch {
		case i >= len(got):
			return nil, false
		case strings.HasPrefix(w, "{"):
			if got[i] == "" {
				return nil, false
			}
			captured = append(captured, got[i])
		case w != got[i]:
			return nil, false
		}
	}
	return captured, len(want) == len(got)
}

// refuseListing is family (a) of AWS's answers: it lists the paths that the operation takes, if it takes any.
// Recorded AWS answers: UpdateModel, UpdateResource, UpdateRequestValidator. That the list is the operation's own stands in
// public deployment logs of UpdateUsagePlan.
func refuseListing(r Refused) error {
	if len(r.Listed) == 0 {
		return awserr.BadRequest.Errorf("Invalid patch path  '%s' specified for op '%s'. Please choose supported operations", r.PathText(), r.Op)
	}
	return awserr.BadRequest.Errorf("Invalid patch path  '%s' specified for op '%s'. Must be one of: [%s]", r.PathText(), r.Op, strings.Join(r.Listed, ", "))
}

// refuseBriefly is family (b): it names the path, or the operations that the path takes.
// Recorded AWS answers: UpdateRestApi, UpdateMethod, UpdateMethodResponse, UpdateGatewayResponse.
func refuseBriefly(r Refused) error {
	if r.Known {
		return awserr.BadRequest.Errorf("Invalid patch operation specified. Must be one of: [%s]", r.Allowed)
	}
	return awserr.BadRequest.Errorf("Invalid patch path %s", r.PathText())
}
