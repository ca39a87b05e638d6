package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"

	"postern/internal/aws/iampolicy"
)

// maxCredentialsFile bounds a credentials file, in bytes.
const maxCredentialsFile = 1 << 20

// credentialsEntry is one entry of a credentials file, as written.
type credentialsEntry struct {
	AccessKeyID     string    `yaml:"accessKeyId"`
	SecretAccessKey string    `yaml:"secretAccessKey"`
	SessionToken    string    `yaml:"sessionToken"`
	Expiration      time.Time `yaml:"expiration"`
	Account         string    `yaml:"account"`
	Name            string    `yaml:"name"`
	ARN             string    `yaml:"arn"`
	Policy          yaml.Node `yaml:"policy"`
}

// decodeCredentials reads the list; names that the entries do not have are refused, so that a misspelt policy does not
// make a key that may do everything.
func decodeCredentials(text []byte) ([]credentialsEntry, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var entries []credentialsEntry
	if err := d.Decode(&entries); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one YAML document")
	}
	return entries, nil
}

// policy compiles the entry's policy; nil when it has none. An empty one is refused: whether it means everything or
// nothing would be a guess.
func (e *credentialsEntry) policy() (*iampolicy.Policy, error) {
	if e.Policy.Kind == 0 {
		return nil, nil
	}
	document := []byte(e.Policy.Value)
	switch {
	case e.Policy.ShortTag() == "!!null":
		return nil, errors.New("is empty; leave it out to allow everything")
	case e.Policy.ShortTag() != "!!str":
		var err error
		if document, err = appendPolicyJSON(nil, &e.Policy); err != nil {
			return nil, err
		}
	}
	return iampolicy.Parse(document, iampolicy.IdentityPolicy)
}

// appendPolicyJSON writes a YAML value as JSON. Members stay as they are written, also those that come twice, for the policy's
// parser to refuse; every scalar becomes text, so that a version that YAML takes for a date stays what it was.
func appendPolicyJSON(out []byte, n *yaml.Node) ([]byte, error) {
	switch n.Kind {
	case yaml.MappingNode:
		return appendPolicyMembers(append(out, '{'), n.Content, '}')
	case yaml.SequenceNode:
		out = append(out, '[')
		for i, item := range n.Content {
			if i > 0 {
				out = append(out, ',')
			}
			var err error
			if out, err = appendPolicyJSON(out, item); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	case yaml.ScalarNode:
		if n.ShortTag() == "!!null" {
			return append(out, "null"...), nil
		}
		text, err := json.Marshal(n.Value)
		return append(out, text...), err
	default:
		return nil, fmt.Errorf("line %d: an alias cannot stand in a policy", n.Line)
	}
}

// appendPolicyMembers writes the keys and values of a mapping, which take turns in content.
func appendPolicyMembers(out []byte, content []*yaml.Node, closing byte) ([]byte, error) {
	for i := 0; i+1 < len(content); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(content[i].Value)
		if err != nil {
			return nil, err
		}
		out = append(append(out, key...), ':')
		if out, err = appendPolicyJSON(out, content[i+1]); err != nil {
			return nil, err
		}
	}
	return append(out, closing), nil
}
