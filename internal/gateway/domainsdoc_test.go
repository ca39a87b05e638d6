package gateway_test

import (
	"reflect"
	"testing"

	"postern/internal/apidef"
)

// docs/domains.md names, for each setting of a domain name and of a base path mapping, a test that shows it; here those
// tests are looked for.
func TestTheTestsOfDomainsExist(t *testing.T) {
	rows := settingRows(t, "../../docs/domains.md")
	for setting, shown := range rows {
		if problem := missing(shown); problem != "" {
			t.Errorf("%s: %s", setting, problem)
		}
	}
	settings := members("", reflect.TypeFor[apidef.DomainName](), nil)
	for _, setting := range append(settings, members("", reflect.TypeFor[apidef.BasePathMapping](), nil)...) {
		if _, ok := rows[setting]; !ok {
			t.Errorf("docs/domains.md does not say what %s does", setting)
		}
	}
}
