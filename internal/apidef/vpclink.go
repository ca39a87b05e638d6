package apidef

import (
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
)

// VPCLink connects integrations to a network load balancer inside a VPC.
// Source: API Gateway API reference, VpcLink.
type VPCLink struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	TargetARNs  []string          `json:"targetArns"` // exactly one
	CreatedDate int64             `json:"createdDate"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// The values of a VPC link's status.
const (
	LinkPending   = "PENDING"
	LinkAvailable = "AVAILABLE"
	LinkFailed    = "FAILED"
)

// linkPendingTime is how long a new link is pending. Here it is ready at once; clients wait for the change of status,
// which takes AWS minutes. Seconds.
const linkPendingTime = 2

// ErrNoVPCLink is what operations on an unknown VPC link answer. Recorded AWS answer: GetVpcLink.
var ErrNoVPCLink = awserr.NotFound.Errorf("Invalid Vpc Link identifier specified")

// NewVPCLink checks what CreateVpcLink was given: the name first. Recorded AWS answers: CreateVpcLink.
func NewVPCLink(l VPCLink) (*VPCLink, error) {
	if err := l.checkName(); err != nil {
		return nil, err
	}
	switch {
	case len(l.TargetARNs) == 0:
		return nil, awserr.BadRequest.Errorf("No target arn specified for vpc link.") // inferred
	case len(l.TargetARNs) > 1: // message: public deployment logs
		return nil, awserr.BadRequest.Errorf("More than one target arn specified for vpc link.")
	}
	if _, err := arn.Parse(l.TargetARNs[0]); err != nil {
		return nil, awserr.BadRequest.Errorf("Invalid ARN. ARN is not well formed %s", l.TargetARNs[0])
	}
	return &l, nil
}

func (l *VPCLink) checkName() error {
	if l.Name == "" {
		return awserr.BadRequest.Errorf("Name cannot be empty")
	}
	return nil
}

// Status is what became of the link by a time, in seconds since the epoch, with AWS's words about it. A target that is no
// network load balancer fails, as it does in AWS, after CreateVpcLink was answered; the words about that are inferred.
// Recorded AWS answers: CreateVpcLink, GetVpcLink.
func (l *VPCLink) Status(now int64) (status, message string) {
	if now-l.CreatedDate < linkPendingTime {
		return LinkPending, ""
	}
	return l.Settled()
}

// Settled is what becomes of the link once it is no longer pending.
// Source: recorded AWS answer (available); public bug report, hashicorp/terraform-provider-aws issue 30910 (failed).
func (l *VPCLink) Settled() (status, message string) {
	if !isNetworkLoadBalancer(l.TargetARNs[0]) {
		return LinkFailed, "NLB ARN is malformed"
	}
	return LinkAvailable, "Your vpc link is ready for use"
}

func isNetworkLoadBalancer(text string) bool {
	a, err := arn.Parse(text)
	return err == nil && a.Service == "elasticloadbalancing" && strings.HasPrefix(a.Resource, "loadbalancer/net/")
}

var vpcLinkPaths = PatchTable[VPCLink]{
	Refuse: refuseListing,
	Paths: []PatchPath[VPCLink]{
		{Pattern: "/name", Ops: Replace, Apply: func(l *VPCLink, c Change) error {
			l.Name = c.Value
			return l.checkName()
		}},
		{Pattern: "/description", Ops: Replace, Apply: func(l *VPCLink, c Change) error {
			l.Description = c.Value
			return nil
		}},
		// Message: public report, hashicorp/terraform-provider-aws pull request 2512.
		{Pattern: "/targetArns", Refusal: "Target arns are not allowed to be changed/added."},
	},
}

// Patch returns the link with the operations applied.
func (l *VPCLink) Patch(ops []PatchOperation) (*VPCLink, error) {
	next := clone(l)
	return next, vpcLinkPaths.Apply(next, ops)
}

// LinkUser is a deployed method that calls its backend through a VPC link.
type LinkUser struct{ APIID, HTTPMethod, ResourceID, StageName string }

// String is the user as DeleteVpcLink's refusal lists it.
func (u LinkUser) String() string {
	return u.APIID + ":" + u.HTTPMethod + ":" + u.ResourceID + ":" + u.StageName
}

// LinkUsers are the methods of a snapshot that use a VPC link, on a stage with those variables.
func (s *Snapshot) LinkUsers(link, stageName string, variables map[string]string) []LinkUser {
	var users []LinkUser
	for _, res := range s.Resources {
		for verb, m := range res.Methods {
			in := m.Integration
			if in == nil || in.ConnectionType != OverVPCLink {
				continue
			}
			if id := fillStageVariables(in.ConnectionID, variables); id == link {
				users = append(users, LinkUser{s.RestAPI.ID, verb, res.ID, stageName})
			}
		}
	}
	return users
}

func fillStageVariables(text string, variables map[string]string) string {
	return stageVariable.ReplaceAllStringFunc(text, func(reference string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(reference, "${stageVariables."), "}")
		return variables[name]
	})
}
