package iam

import (
	"encoding/json"
	"regexp"
	"strings"

	"postern/internal/aws/iampolicy"
	wireiam "postern/internal/aws/wire/iam"
)

// maxTrust is how many characters a trust policy may have, without white space.
// Source: IAM user guide, "IAM and AWS STS quotas", role trust policy length.
const maxTrust = 2048

// looseDocument is a policy document read for the sake of IAM's texts; iampolicy is what decides whether it is one.
type looseDocument struct {
	Version   any             `json:"Version"`
	Statement json.RawMessage `json:"Statement"`
}

// versionOf is the document's version, empty when it has none.
func versionOf(document string) string {
	var d looseDocument
	if json.Unmarshal([]byte(document), &d) != nil {
		return ""
	}
	version, _ := d.Version.(string)
	return version
}

// statementsOf gives the statements of a document as objects.
func statementsOf(document string) ([]map[string]any, error) {
	var d looseDocument
	if !json.Valid([]byte(document)) {
		return nil, malformed("This policy contains invalid Json")
	}
	if strings.TrimLeft(document, " \t\r\n") != document {
		return nil, malformed("JSON strings must not have leading spaces")
	}
	if json.Unmarshal([]byte(document), &d) != nil {
		return nil, malformed("Syntax errors in policy.")
	}
	var list []map[string]any
	if json.Unmarshal(d.Statement, &list) == nil {
		return list, nil
	}
	var one map[string]any
	if json.Unmarshal(d.Statement, &one) != nil {
		return nil, malformed("Syntax errors in policy.")
	}
	return []map[string]any{one}, nil
}

// checkTrust checks a trust policy. The texts are known AWS answers; which of several goes first is inferred.
func checkTrust(document string) error {
	statements, err := statementsOf(document)
	if err != nil {
		return err
	}
	for _, s := range statements {
		for _, field := range []string{"Resource", "NotResource"} {
			if _, ok := s[field]; ok {
				return malformed("Has prohibited field " + field)
			}
		}
		if s["Principal"] == nil && s["NotPrincipal"] == nil {
			return malformed("Missing required field Principal")
		}
		if err := checkPrincipal(s["Principal"]); err != nil {
			return err
		}
		for _, action := range texts(s["Action"]) {
			if service, _, _ := strings.Cut(strings.ToLower(action), ":"); service != "sts" {
				return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	if _, err := iampolicy.Parse([]byte(document), iampolicy.TrustPolicy); err != nil {
		return malformed("Syntax errors in policy.")
	}
	if visible(document) > maxTrust {
		return wireiam.LimitExceededException.Errorf("Cannot exceed quota for ACLSizePerRole: %d", maxTrust)
	}
	return nil
}

var (
	// servicePrincipal is what a service is called: lambda.amazonaws.com, with a region or a partition's domain at times.
	servicePrincipal = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$`)
	// awsPrincipal is whom AWS knows by name: everyone, an account, a unique id, or an ARN without wildcards.
	awsPrincipal = regexp.MustCompile(`^(\*|\d{12}|A[A-Z0-9]{15,127}|arn:[a-z-]+:(iam|sts)::\d{12}:[\w+=,.@/:-]+)$`)
)

// checkPrincipal refuses principals that cannot be anybody.
func checkPrincipal(principal any) error {
	kinds, ok := principal.(map[string]any)
	if !ok {
		return nil // "*", or what the parser refuses
	}
	for kind, value := range kinds {
		for _, text := range texts(value) {
			switch {
			case kind == "Service" && !servicePrincipal.MatchString(text):
				return malformed(`Invalid principal in policy: "SERVICE":"` + text + `"`)
			case kind == "AWS" && !awsPrincipal.MatchString(text):
				return malformed(`Invalid principal in policy: "AWS":"` + text + `"`)
			}
		}
	}
	return nil
}

// texts are the strings of a value that is one or a list of them.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, each := range v {
			if text, ok := each.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// checkIdentity checks a policy of a role or a user. The texts are known AWS answers; which of several goes first is
// inferred.
func checkIdentity(document string) error {
	statements, err := statementsOf(document)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if s["Principal"] != nil || s["NotPrincipal"] != nil {
			return malformed("Policy document should not specify a principal.")
		}
		if s["Action"] == nil && s["NotAction"] == nil {
			return malformed("Policy statement must contain actions.")
		}
		if s["Resource"] == nil && s["NotResource"] == nil {
			return malformed("Policy statement must contain resources.")
		}
		for _, action := range append(texts(s["Action"]), texts(s["NotAction"])...) {
			if action != "*" && !strings.Contains(action, ":") {
				return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
			}
		}
		for _, resource := range append(texts(s["Resource"]), texts(s["NotResource"])...) {
			if resource != "*" && !strings.HasPrefix(resource, "arn:") {
				return malformed("Resource " + resource + ` must be in ARN format or "*".`)
			}
		}
	}
	if _, err := iampolicy.Parse([]byte(document), iampolicy.IdentityPolicy); err != nil {
		return malformed("Syntax errors in policy.")
	}
	return nil
}
