package gateway_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"postern/internal/apidef"
)

const trafficDoc = "../../docs/traffic.md"

var codeSpan = regexp.MustCompile("`([^`]+)`")

// docs/traffic.md names, for each setting that bounds traffic, a test that shows it; here those tests are looked for.
func TestTheManualsTestsExist(t *testing.T) {
	rows := settingRows(t, trafficDoc)
	for setting, shown := range rows {
		if problem := missing(shown); problem != "" {
			t.Errorf("%s: %s", setting, problem)
		}
	}
	for _, setting := range trafficSettings() {
		if _, ok := rows[setting]; !ok {
			t.Errorf("docs/traffic.md does not say what %s does", setting)
		}
	}
}

// settingRows reads the tables: what shows each setting.
func settingRows(t *testing.T, doc string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.HasPrefix(strings.TrimSpace(cells[0]), "`") || strings.Contains(cells[0], "--") {
			continue
		}
		shown := codeSpan.FindAllStringSubmatch(cells[2], -1)
		for _, setting := range codeSpan.FindAllStringSubmatch(cells[0], -1) {
			rows[setting[1]] = ""
			if len(shown) == 1 {
				rows[setting[1]] = shown[0][1]
			}
		}
	}
	return rows
}

// missing says why what a row names is no test, or "".
func missing(shown string) string {
	folder, name, isGo := strings.Cut(shown, " ")
	if !isGo {
		if _, err := os.Stat(filepath.Join("../..", shown)); shown == "" || err != nil {
			return "no such dialogue: " + shown
		}
		return ""
	}
	name, testCase, hasCase := strings.Cut(name, "/")
	if hasCase {
		if _, err := os.Stat(filepath.Join("../..", folder, "testdata", testCase+".txtar")); err != nil {
			return "no such case: " + shown
		}
	}
	files, _ := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), "func "+name+"(t *testing.T)") {
			return ""
		}
	}
	return "no such test: " + shown
}

// trafficSettings are the members of the API reference that bound traffic.
func trafficSettings() []string {
	all := []string{"canarySettings.useStageCache", "cacheNamespace", "cacheKeyParameters", "value", "enabled", "apiKeySource"}
	all = append(all, members("", reflect.TypeFor[apidef.UsagePlan](), func(name string) bool {
		return name != "id" && name != "throttle" && name != "quota"
	})...)
	all = append(all, members("throttle.", reflect.TypeFor[apidef.ThrottleSettings](), nil)...)
	all = append(all, members("quota.", reflect.TypeFor[apidef.QuotaSettings](), nil)...)
	all = append(all, members("apiStages.", reflect.TypeFor[apidef.APIStage](), func(name string) bool { return name == "throttle" })...)
	all = append(all, members("", reflect.TypeFor[apidef.MethodSetting](), func(name string) bool {
		return !strings.HasPrefix(name, "metrics") && !strings.HasPrefix(name, "logging") && !strings.HasPrefix(name, "dataTrace")
	})...)
	return append(all, members("", reflect.TypeFor[apidef.Stage](), func(name string) bool {
		return strings.HasPrefix(name, "cacheCluster")
	})...)
}

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
