package gateway

import (
	"context"
	"log/slog"
	"strings"

	"postern/internal/apidef"
)

// warnOfSettings says in the log which of a stage's settings Postern keeps but does not apply yet: unlike what notRun
// refuses, requests are answered right without them.
func warnOfSettings(log *slog.Logger, key apidef.StageKey, stage *apidef.Stage) {
	if names := notApplied(stage); len(names) > 0 {
		log.LogAttrs(context.Background(), slog.LevelWarn, "stage settings that Postern does not apply yet",
			slog.String("restApiId", key.APIID), slog.String("stage", key.Stage), slog.String("settings", strings.Join(names, ", ")))
	}
}

// notApplied names the settings, as the API reference does.
func notApplied(stage *apidef.Stage) []string {
	var names []string
	add := func(is bool, name string) {
		if is {
			names = append(names, name)
		}
	}
	var logged, metered bool
	for _, s := range stage.MethodSettings {
		logged = logged || s.LoggingLevel != "" && s.LoggingLevel != "OFF" || s.DataTraceEnabled
		metered = metered || s.MetricsEnabled
	}
	add(logged, "methodSettings logging")
	add(metered, "methodSettings metrics")
	add(stage.AccessLogSettings != nil, "accessLogSettings")
	add(stage.TracingEnabled, "tracingEnabled")
	return names
}
