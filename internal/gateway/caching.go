package gateway

import "postern/internal/gateway/program"

// cached is step 8: it puts the stage cache before the method's integration.
func (p *pipeline) cached(_ *program.Definition, b backend) []Step { return []Step{b.Run} }
