package sigv4

import (
	"strings"
	"time"

	"postern/internal/aws/awserr"
)

const terminator = "aws4_request"

// credential is {access key id}/{day}/{region}/{service}/aws4_request.
type credential struct {
	accessKeyID, date, region, service, terminator string
}

func parseCredential(text string) (credential, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 5 {
		return credential{}, awserr.IncompleteSignature.Errorf("Credential must have exactly 5 slash-delimited elements, "+
			"e.g. keyid/date/region/service/term, got '%s'", text)
	}
	return credential{parts[0], parts[1], parts[2], parts[3], parts[4]}, nil
}

// check holds the credential against where the request arrived and when it says it was signed. All that is wrong is
// said at once.
func (c credential) check(scope Scope, at time.Time) error {
	var wrong strings.Builder
	if c.region == "" || scope.Region != "" && c.region != scope.Region {
		wrong.WriteString("Credential should be scoped to a valid region, not '" + c.region + "'. ")
	}
	if c.service != scope.Service {
		wrong.WriteString("Credential should be scoped to correct service: '" + scope.Service + "'. ")
	}
	if c.terminator != terminator {
		wrong.WriteString("Credential should be scoped with a valid terminator: '" + terminator + "', not '" + c.terminator + "'. ")
	}
	if day := at.Format("20060102"); c.date != day {
		wrong.WriteString("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			c.date + "' != '" + day + "', from '" + at.Format(dateLayout) + "'.")
	}
	if wrong.Len() > 0 {
		return awserr.InvalidSignature.Errorf("%s", wrong.String())
	}
	return nil
}
