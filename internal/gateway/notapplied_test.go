package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
)

func TestNotApplied(t *testing.T) {
	plain := apidef.MethodSetting{ThrottlingBurstLimit: 5000, ThrottlingRateLimit: 10000}
	slow, loud := plain, plain
	slow.ThrottlingRateLimit = 1
	loud.LoggingLevel, loud.MetricsEnabled = "INFO", true
	for _, c := range []struct {
		sentence string
		stage    apidef.Stage
		want     []string
	}{
		{"a plain stage", apidef.Stage{}, nil},
		{"the settings that AWS fills in", apidef.Stage{MethodSettings: map[string]*apidef.MethodSetting{"*/*": &plain}}, nil},
		{"a throttle and a cache, which are applied", apidef.Stage{MethodSettings: map[string]*apidef.MethodSetting{"*/*": &slow}, CacheClusterEnabled: true}, nil},
		{
			"logs, metrics and tracing",
			apidef.Stage{
				MethodSettings:    map[string]*apidef.MethodSetting{"*/*": &loud},
				AccessLogSettings: &apidef.AccessLogSettings{}, TracingEnabled: true,
			},
			[]string{"methodSettings logging", "methodSettings metrics", "accessLogSettings", "tracingEnabled"},
		},
	} {
		if diff := cmp.Diff(c.want, notApplied(&c.stage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sentence, diff)
		}
	}
}
