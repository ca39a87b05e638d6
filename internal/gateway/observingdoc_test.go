package gateway_test

import (
	"reflect"
	"strings"
	"testing"

	"postern/internal/apidef"
)

// docs/observability.md names, for each setting of logs, metrics and traces, and for those of a stage around them, a test
// that shows it; here those tests are looked for.
func TestTheTestsOfObservabilityExist(t *testing.T) {
	rows := settingRows(t, "../../docs/observability.md")
	for setting, shown := range rows {
		if problem := missing(shown); problem != "" {
			t.Errorf("%s: %s", setting, problem)
		}
	}
	for _, setting := range observedSettings() {
		if _, ok := rows[setting]; !ok {
			t.Errorf("docs/observability.md does not say what %s does", setting)
		}
	}
}

// observedSettings are the members of the API reference that the page is about.
func observedSettings() []string {
	all := []string{"cloudwatchRoleArn", "tracingEnabled", "variables", "minimumCompressionSize", "binaryMediaTypes", "disableExecuteApiEndpoint"}
	all = append(all, members("accessLogSettings.", reflect.TypeFor[apidef.AccessLogSettings](), nil)...)
	all = append(all, members("canarySettings.", reflect.TypeFor[apidef.CanarySettings](), nil)...)
	return append(all, members("", reflect.TypeFor[apidef.MethodSetting](), func(name string) bool {
		return strings.HasPrefix(name, "metrics") || strings.HasPrefix(name, "logging") || strings.HasPrefix(name, "dataTrace")
	})...)
}
