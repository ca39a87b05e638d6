package gateway

import (
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/program"
)

// Traffic is what deciding how much a caller may ask for needs besides the method.
type Traffic struct{}

// admission is steps 4 and 5: API key and usage plan, throttles.
func (p *pipeline) admission(d *program.Definition) []Step {
	if d.Method.APIKeyRequired {
		return []Step{fails(gatewayresponse.NotRun("methods that require an API key"))}
	}
	return nil
}
