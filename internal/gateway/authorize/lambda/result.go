package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/internal/aws/iampolicy"
	"postern/internal/gateway/authorize/jsonobject"
	"postern/internal/gateway/message"
)

// Result is what a function said of a caller. It never changes.
type Result struct {
	// Reply is the function's answer as it came, from which Parse makes the Result again.
	Reply      []byte
	policy     *iampolicy.Policy
	document   []byte
	authorizer message.Authorizer
}

// PrincipalID is whom the function says that the caller is.
func (r *Result) PrincipalID() string { return r.authorizer.PrincipalID }

// PolicyDocument is the policy as the function wrote it.
func (r *Result) PolicyDocument() string { return string(r.document) }

// weight is about how much memory a result takes, in bytes.
func (r *Result) weight() uint32 {
	const fixed = 512 // pointers, headers of slices and strings, the entry itself
	return uint32(fixed + 4*len(r.Reply))
}

const (
	// maxReply bounds an answer. Lambda's own limit is 6 MB; what is kept in memory must be less. Bytes.
	maxReply = 256 << 10
	// maxResource bounds a resource of the policy, in characters. Source: developer guide, "Output from an API Gateway
	// Lambda authorizer".
	maxResource = 512
)

// errPolicy is a policy that cannot be read. Source: captured execution log.
var errPolicy = errors.New("Could not parse policy") //nolint:staticcheck // AWS's words

// Parse reads a function's answer: principalId and policyDocument, and if it likes context and usageIdentifierKey.
// Anything else in it is an error, as at AWS (captured execution log).
func Parse(reply []byte) (*Result, error) {
	if len(reply) > maxReply {
		return nil, fmt.Errorf("Invalid JSON in response: %d bytes, %d are allowed", len(reply), maxReply) //nolint:staticcheck // AWS's words
	}
	r := &Result{Reply: reply}
	var principal *string
	err := jsonobject.Members(reply, func(name string, value json.RawMessage) error {
		switch name {
		case "principalId":
			text, err := scalar(value)
			principal = text
			return err
		case "policyDocument":
			r.document = value
		case "context":
			return r.readContext(value)
		case "usageIdentifierKey":
			text, err := scalar(value)
			if text != nil {
				r.authorizer.UsageIdentifierKey = *text
			}
			return err
		default:
			return fmt.Errorf("Unrecognized field %q , not marked as ignorable", name) //nolint:staticcheck // AWS's words
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("Invalid JSON in response: %w", err) //nolint:staticcheck // AWS's words
	case principal == nil:
		return nil, errors.New("Invalid JSON in response: principalId is missing") //nolint:staticcheck // AWS's words
	}
	r.authorizer.PrincipalID = *principal
	if err := r.compilePolicy(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Result) compilePolicy() error {
	if len(r.document) == 0 || r.document[0] != '{' || longResource(r.document) {
		return errPolicy
	}
	var err error
	if r.policy, err = iampolicy.Parse(r.document, iampolicy.IdentityPolicy); err != nil {
		return fmt.Errorf("%w: %w", errPolicy, err)
	}
	return nil
}

// readContext reads a flat map of texts, numbers and Booleans, and makes texts of all of them.
func (r *Result) readContext(value json.RawMessage) error {
	if string(value) == "null" {
		return nil
	}
	return jsonobject.Members(value, func(name string, value json.RawMessage) error {
		text, err := scalar(value)
		if err == nil && text == nil {
			err = errors.New("is null")
		}
		if err != nil {
			return fmt.Errorf("context.%s: %w", name, err)
		}
		for i := range r.authorizer.Context {
			if r.authorizer.Context[i].Name == name {
				r.authorizer.Context[i].Value = *text
				return nil
			}
		}
		r.authorizer.Context.Add(name, *text)
		return nil
	})
}

// scalar is the text of a string, a number as it is written, or a Boolean; nil for null.
func scalar(value json.RawMessage) (*string, error) {
	switch {
	case len(value) == 0 || value[0] == '{' || value[0] == '[':
		return nil, errors.New("must be a string, a number or a Boolean")
	case value[0] == '"':
		var text string
		err := json.Unmarshal(value, &text)
		return &text, err
	case string(value) == "null":
		return nil, nil //nolint:nilnil // null is a value
	}
	text := string(value)
	return &text, nil
}

// longResource tells whether a statement names a resource that is too long. What is no policy is found later.
func longResource(document []byte) bool {
	var policy struct{ Statement json.RawMessage }
	if json.Unmarshal(document, &policy) != nil {
		return false
	}
	var statements []struct{ Resource, NotResource any }
	if json.Unmarshal(policy.Statement, &statements) != nil {
		statements = make([]struct{ Resource, NotResource any }, 1)
		if json.Unmarshal(policy.Statement, &statements[0]) != nil {
			return false
		}
	}
	for _, s := range statements {
		if tooLong(s.Resource) || tooLong(s.NotResource) {
			return true
		}
	}
	return false
}

func tooLong(resource any) bool {
	switch r := resource.(type) {
	case string:
		return len(strings.TrimSpace(r)) > maxResource
	case []any:
		return slices.ContainsFunc(r, tooLong)
	}
	return false
}
