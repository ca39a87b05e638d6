package gateway

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strings"

	"postern/internal/apidef"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
)

// compileObserved compiles a stage with what it wants observed, and says in the log what of that has no outlet.
func compileObserved(key apidef.StageKey, d *apidef.Deployed, p *pipeline, o *Options) (*program.Program, error) {
	compiled, err := program.Compile(key, d, p.steps)
	if compiled == nil {
		return nil, err
	}
	compiled.Observe(d, &o.Outlets)
	if names := o.Outlets.Unserved(d); len(names) > 0 {
		o.Log.LogAttrs(context.Background(), slog.LevelWarn, "stage settings that have nowhere to go", slog.String("restApiId", key.APIID),
			slog.String("stage", key.Stage), slog.String("settings", strings.Join(names, ", ")))
	}
	return compiled, err
}

// observed tells the outlets of an exchange that is answered. What goes wrong there harms no answer.
func (g *Gateway) observed(x *message.Exchange, watch *observe.Watch) {
	defer func() {
		if r := recover(); r != nil {
			g.log.LogAttrs(context.Background(), slog.LevelError, "panic while an exchange was logged", slog.String("requestId", x.RequestID),
				slog.Any("value", r), slog.String("stack", string(debug.Stack())))
		}
	}()
	watch.End(x)
}
