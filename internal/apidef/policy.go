package apidef

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// Owner is whom a definition belongs to, and where it is.
type Owner struct {
	Partition string // "aws"
	Region    string
	AccountID string
	APIID     string
	Limits    Limits
}

// setPolicy checks a resource policy, names its resources in full and stores it compact. "" removes the policy.
func (a *RestAPI) setPolicy(policy string, owner Owner) error {
	if policy == "" {
		a.Policy = ""
		return nil
	}
	refused := awserr.BadRequest.Errorf("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
	if len(policy) > owner.Limits.PolicyBytes {
		return refused
	}
	// A client may send back what AWS answered, which is escaped once more than it should be.
	document := []byte(policy)
	if !json.Valid(document) {
		var plain string
		if json.Unmarshal([]byte(`"`+policy+`"`), &plain) != nil || !json.Valid([]byte(plain)) {
			return refused
		}
		document = []byte(plain)
	}
	if !isPolicy(document) {
		return refused
	}
	full, err := expandResources(document, owner)
	if err != nil {
		return refused
	}
	a.Policy = full
	return nil
}

// policyDocument is as much of a resource policy as says whether it is one.
type policyDocument struct {
	Version   string
	Statement json.RawMessage
}

type policyStatement struct {
	Effect                  string
	Principal, NotPrincipal any
	Action, NotAction       any
	Resource, NotResource   any
	Condition               map[string]map[string]any
}

func isPolicy(document []byte) bool {
	var doc policyDocument
	if json.Unmarshal(document, &doc) != nil || !slices.Contains([]string{"", "2012-10-17", "2008-10-17"}, doc.Version) {
		return false
	}
	var statements []policyStatement
	if json.Unmarshal(doc.Statement, &statements) != nil {
		var one policyStatement
		if json.Unmarshal(doc.Statement, &one) != nil {
			return false
		}
		statements = []policyStatement{one}
	}
	for _, s := range statements {
		if s.Effect != "Allow" && s.Effect != "Deny" || !isPrincipal(s.Principal) && !isPrincipal(s.NotPrincipal) ||
			s.Action == nil && s.NotAction == nil || s.Resource == nil && s.NotResource == nil {
			return false
		}
	}
	return len(statements) > 0
}

// isPrincipal tells whether v is "*" or an object of principal types.
func isPrincipal(v any) bool {
	switch p := v.(type) {
	case string:
		return p == "*"
	case map[string]any:
		for kind := range p {
			if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind) {
				return false
			}
		}
		return len(p) > 0
	}
	return false
}

// expandResources writes the resources "execute-api:/..." of a compact policy out as ARNs.
// Recorded AWS answer: CreateRestApi and UpdateRestApi with a policy.
func expandResources(document []byte, owner Owner) (string, error) {
	compact, err := compactPolicy(document)
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(compact, `"execute-api:/`, `"`+owner.executeAPI()+owner.APIID+"/"), nil
}

// executeAPI is what the ARNs of the owner's deployed APIs begin with.
func (o Owner) executeAPI() string {
	return "arn:" + o.Partition + ":execute-api:" + o.Region + ":" + o.AccountID + ":"
}

// compactPolicy writes lists of one string as that string, and the document without white space. It edits the text token by
// token, so that members keep their order.
// Recorded AWS answer: CreateRestApi and UpdateRestApi with a policy; Resource for lists of one, other members inferred.
func compactPolicy(document []byte) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, document); err != nil {
		return "", err
	}
	return withoutListsOfOne(plainStrings(compact.String())), nil
}

// WritePolicyOut writes the policy of a private domain name as AWS answers it: compact, and with the domain name's ARN for the
// resource "execute-api:/*". The management policy stays as it was sent. The domain name has its id by now.
// Source: AWS CLI reference, create-domain-name and get-domain-name, examples of a private custom domain name.
func (d *DomainName) WritePolicyOut(owner Owner) error {
	if d.Policy == "" {
		return nil
	}
	compact, err := compactPolicy([]byte(d.Policy))
	if err != nil {
		return awserr.BadRequest.Errorf("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
	}
	d.Policy = strings.ReplaceAll(compact, `"execute-api:/*"`, `"`+owner.executeAPI()+"/domainnames/"+d.Name+"+"+d.ID+`"`)
	return nil
}

// listOfOneOrString is a compact JSON list of one string, or a string: what is read as a string from its first quote
// cannot be mistaken for a list further in.
var listOfOneOrString = regexp.MustCompile(`\[("(?:[^"\\]|\\.)*")\]|"(?:[^"\\]|\\.)*"`)

// withoutListsOfOne writes each list of one string in a compact JSON text as that string.
func withoutListsOfOne(document string) string {
	return listOfOneOrString.ReplaceAllStringFunc(document, func(token string) string {
		return strings.TrimSuffix(strings.TrimPrefix(token, "["), "]")
	})
}

// stringLiteral is a JSON string with its quotes.
var stringLiteral = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// plainStrings writes the strings of a JSON text with no more escapes than they need, so that "execute-api:\/..." is seen for
// what it is: a Deny must not fail to match because of how it was written down.
func plainStrings(document string) string {
	return stringLiteral.ReplaceAllStringFunc(document, func(literal string) string {
		var value string
		if !strings.Contains(literal, `\`) || json.Unmarshal([]byte(literal), &value) != nil {
			return literal
		}
		var plain bytes.Buffer
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		if encoder.Encode(value) != nil {
			return literal
		}
		return strings.TrimSuffix(plain.String(), "\n")
	})
}

// PolicyAnswer is the policy as AWS answers it: JSON text whose quotes and slashes are escaped once more than a client
// would expect. Recorded AWS answer: GetRestApi; clients unquote it.
func (a *RestAPI) PolicyAnswer() string {
	if a.Policy == "" {
		return ""
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `/`, `\/`).Replace(a.Policy)
	return quoted
}
