package gateway_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postern/internal/apidef"
)

// The manual's tables name, for each setting, the tests that show it: `internal/gateway TestCases/canary`, where what
// follows the slash is a case of testdata, or `conformance/data/a-file.txtar`. Here those tests are looked for. A setting
// whose test is gone, or that no table tells about, is no longer shown to work.
func TestTheManualNamesTests(t *testing.T) {
	for page, settings := range map[string][]string{
		"docs/access.md":        accessSettings(),
		"docs/domains.md":       append(members("", reflect.TypeFor[apidef.DomainName](), nil), members("", reflect.TypeFor[apidef.BasePathMapping](), nil)...),
		"docs/observability.md": observedSettings(),
		"docs/traffic.md":       trafficSettings(),
	} {
		rows := settingRows(t, page)
		for setting, shown := range rows {
			if len(shown) == 0 {
				t.Errorf("%s: no test shows %s", page, setting)
			}
			for _, name := range shown {
				if err := findTest(name); err != nil {
					t.Errorf("%s: %s: %v", page, setting, err)
				}
			}
		}
		for _, setting := range settings {
			if _, ok := rows[setting]; !ok {
				t.Errorf("%s does not say what %s does", page, setting)
			}
		}
	}
}

const projectRoot = "../.."

var codeSpan = regexp.MustCompile("`([^`]+)`")

// settingRows reads a page's tables: what shows each setting.
func settingRows(t *testing.T, page string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(projectRoot, page))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		cells := strings.Split(strings.Trim(line, "|"), "|")
		switch {
		case line == "| setting | what it does | shown by |":
			inside = true
		case line == "":
			inside = false
		case inside && len(cells) != 3:
			t.Errorf("%s: a row of %d cells: %s", page, len(cells), line)
		case inside && line != "| --- | --- | --- |":
			settings := spans(cells[0])
			if len(settings) == 0 {
				settings = []string{strings.TrimSpace(cells[0])}
			}
			for _, setting := range settings {
				rows[setting] = append(rows[setting], spans(cells[2])...)
			}
		}
	}
	return rows
}

func spans(cell string) (all []string) {
	for _, found := range codeSpan.FindAllStringSubmatch(cell, -1) {
		all = append(all, found[1])
	}
	return all
}

// findTest says why what a row names is no test.
func findTest(shown string) error {
	folder, name, isGo := strings.Cut(shown, " ")
	if !isGo {
		_, err := os.Stat(filepath.Join(projectRoot, shown))
		return err
	}
	name, testCase, hasCase := strings.Cut(name, "/")
	if hasCase {
		if _, err := os.Stat(filepath.Join(projectRoot, folder, "testdata", testCase+".txtar")); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(filepath.Join(projectRoot, folder, "*_test.go"))
	declares := func(file string) bool {
		text, failed := os.ReadFile(file)
		err = errors.Join(err, failed)
		return strings.Contains(string(text), "func "+name+"(t *testing.T)")
	}
	if slices.ContainsFunc(files, declares) {
		return err
	}
	return errors.Join(err, fmt.Errorf("there is no test %s", shown))
}

// members are the names that a type's fields have in the API reference.
func members(prefix string, of reflect.Type, want func(string) bool) []string {
	var names []string
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && (want == nil || want(name)) {
			names = append(names, prefix+name)
		}
	}
	return names
}

// accessSettings are the members of the API reference that say who may call.
func accessSettings() []string {
	return append(members("Authorizer.", reflect.TypeFor[apidef.Authorizer](), nil),
		"Method.authorizationType", "Method.authorizerId", "Method.authorizationScopes",
		"RestApi.policy", "RestApi.apiKeySource", "RestApi.endpointConfiguration.types", "Stage.webAclArn")
}

// observedSettings are those of logs, metrics and traces, and those of a stage around them.
func observedSettings() []string {
	all := []string{"cloudwatchRoleArn", "tracingEnabled", "variables", "minimumCompressionSize", "binaryMediaTypes", "disableExecuteApiEndpoint"}
	all = append(all, members("accessLogSettings.", reflect.TypeFor[apidef.AccessLogSettings](), nil)...)
	all = append(all, members("canarySettings.", reflect.TypeFor[apidef.CanarySettings](), nil)...)
	return append(all, members("", reflect.TypeFor[apidef.MethodSetting](), observes)...)
}

// observes tells whether a member of MethodSetting is about logs and metrics; the others bound traffic.
func observes(name string) bool {
	return strings.HasPrefix(name, "metrics") || strings.HasPrefix(name, "logging") || strings.HasPrefix(name, "dataTrace")
}

// trafficSettings are those that bound traffic.
func trafficSettings() []string {
	all := []string{"canarySettings.useStageCache", "cacheNamespace", "cacheKeyParameters", "value", "enabled", "apiKeySource"}
	all = append(all, members("", reflect.TypeFor[apidef.UsagePlan](), func(name string) bool {
		return name != "id" && name != "throttle" && name != "quota"
	})...)
	all = append(all, members("throttle.", reflect.TypeFor[apidef.ThrottleSettings](), nil)...)
	all = append(all, members("quota.", reflect.TypeFor[apidef.QuotaSettings](), nil)...)
	all = append(all, members("apiStages.", reflect.TypeFor[apidef.APIStage](), func(name string) bool { return name == "throttle" })...)
	all = append(all, members("", reflect.TypeFor[apidef.MethodSetting](), func(name string) bool { return !observes(name) })...)
	return append(all, members("", reflect.TypeFor[apidef.Stage](), func(name string) bool {
		return strings.HasPrefix(name, "cacheCluster") && !strings.HasPrefix(name, "cacheClusterChange") // those are no settings
	})...)
}
