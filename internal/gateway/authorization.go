package gateway

import (
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/program"
)

// Access is what deciding who may call a method needs besides the method.
type Access struct{}

// authorization is steps 1 to 3: resource policy and authorization.
func (p *pipeline) authorization(d *program.Definition) []Step {
	var what string
	switch m := d.Method; {
	case d.Snapshot.RestAPI.Policy != "":
		what = "APIs with a resource policy"
	case d.Stage.WebACLARN != "":
		what = "stages with a web ACL"
	case m.AuthorizationType != "" && m.AuthorizationType != "NONE":
		what = "methods with authorization " + m.AuthorizationType
	default:
		return nil
	}
	return []Step{fails(gatewayresponse.NotRun(what))}
}
