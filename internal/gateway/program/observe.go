package program

import (
	"postern/internal/apidef"
	"postern/internal/gateway/observe"
)

// Observe compiles what the stage wants observed of its exchanges. It must be called before the program serves.
func (p *Program) Observe(d *apidef.Deployed, o *observe.Outlets) {
	p.production.observe(d, d.Snapshot, o, false)
	if p.canary != nil {
		p.canary.observe(d, d.Canary, o, true)
	}
}

func (d *Deployment) observe(deployed *apidef.Deployed, s *apidef.Snapshot, o *observe.Outlets, canary bool) {
	d.Watch = o.Stage(deployed, s, canary)
	for _, r := range s.Resources {
		for _, m := range r.Methods {
			if compiled := d.methods[m]; compiled != nil {
				compiled.Watch = d.Watch.Method(deployed.Stage, r, m)
			}
		}
	}
	d.methods = nil
}
