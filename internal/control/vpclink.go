package control

import (
	"context"
	"maps"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindVPCLink = "vpclink" // {id}

// CreateVPCLink makes a VPC link, which is pending for a moment. Recorded AWS answers: CreateVpcLink.
func (c *Control) CreateVPCLink(ctx context.Context, call *wire.Call, in *apigateway.CreateVPCLinkRequest) (*apigateway.VPCLink, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.VPCLink, error) {
		link, err := apidef.NewVPCLink(apidef.VPCLink{
			Name: value(in.Name), Description: value(in.Description), TargetARNs: in.TargetARNs, Tags: in.Tags, CreatedDate: c.now(),
		})
		if err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, link.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		n, err := r.count(kindVPCLink, "")
		if err != nil {
			return nil, err
		}
		if n >= c.options.Limits.VPCLinks {
			return nil, awserr.LimitExceeded.Errorf("Maximum number of VPC Links for this account has been reached.  Please contact AWS if you need additional VPC Links.")
		}
		if link.ID, err = c.newID(r, kindVPCLink, "", resourceIDLength); err != nil {
			return nil, err
		}
		return c.vpcLinkAnswer(link, tagsWhenSet), put(r, kindVPCLink, link.ID, link)
	})
}

func (r records) vpcLink(id string) (*apidef.VPCLink, error) {
	return find[apidef.VPCLink](r, kindVPCLink, id, apidef.ErrNoVPCLink)
}

// GetVPCLink answers one VPC link.
func (c *Control) GetVPCLink(ctx context.Context, call *wire.Call, in *apigateway.GetVPCLinkRequest) (*apigateway.VPCLink, error) {
	return view(ctx, c, call, func(r records) (*apigateway.VPCLink, error) {
		link, err := r.vpcLink(in.VPCLinkID)
		if err != nil {
			return nil, err
		}
		return c.vpcLinkAnswer(link, tagsAlways), nil
	})
}

// GetVPCLinks lists VPC links, by id.
func (c *Control) GetVPCLinks(ctx context.Context, call *wire.Call, in *apigateway.GetVPCLinksRequest) (*apigateway.VPCLinks, error) {
	return view(ctx, c, call, func(r records) (*apigateway.VPCLinks, error) {
		links, err := list[apidef.VPCLink](r, kindVPCLink, "")
		if err != nil {
			return nil, err
		}
		cut, next, err := page(links, func(l *apidef.VPCLink) string { return l.ID }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(l *apidef.VPCLink) apigateway.VPCLink { return *c.vpcLinkAnswer(l, tagsWhenSet) })
		return &apigateway.VPCLinks{Items: items, Position: next}, nil
	})
}

// UpdateVPCLink patches a VPC link.
func (c *Control) UpdateVPCLink(ctx context.Context, call *wire.Call, in *apigateway.UpdateVPCLinkRequest) (*apigateway.VPCLink, error) {
	return update(ctx, c, call, func(r records) (*apigateway.VPCLink, error) {
		link, err := r.vpcLink(in.VPCLinkID)
		if err != nil {
			return nil, err
		}
		if link, err = link.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		return c.vpcLinkAnswer(link, tagsAlways), put(r, kindVPCLink, link.ID, link)
	})
}

// DeleteVPCLink removes a VPC link that no stage uses. It is gone at once. Message: public deployment logs.
func (c *Control) DeleteVPCLink(ctx context.Context, call *wire.Call, in *apigateway.DeleteVPCLinkRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		link, err := r.vpcLink(in.VPCLinkID)
		if err != nil {
			return none, err
		}
		users, err := r.linkUsers(link.ID)
		if err != nil {
			return none, err
		}
		if len(users) > 0 {
			return none, awserr.BadRequest.Errorf("Cannot delete vpc link. Vpc link '%s', is referenced in [%s] in format of [RESTApiId:Method:Resource:Stage].", link.ID, strings.Join(users, ", "))
		}
		return none, r.delete(kindVPCLink, link.ID)
	})
	return err
}

// linkUsers are the deployed methods that use a link, canaries included, in order. What is not deployed does not count:
// those who replace a link deploy first, and delete the old one then.
func (r records) linkUsers(link string) ([]string, error) {
	apis, err := list[apidef.RestAPI](r, kindRestAPI, "")
	if err != nil {
		return nil, err
	}
	var users []string
	for _, api := range apis {
		stages, err := list[apidef.Stage](r, kindStage, api.ID+"/")
		if err != nil {
			return nil, err
		}
		for _, stage := range stages {
			of, err := r.linkUsersOf(api.ID, stage, link)
			if err != nil {
				return nil, err
			}
			users = append(users, of...)
		}
	}
	slices.Sort(users)
	return slices.Compact(users), nil
}

func (r records) linkUsersOf(api string, stage *apidef.Stage, link string) ([]string, error) {
	snapshot, err := get[apidef.Snapshot](r, kindSnapshot, api+"/"+stage.DeploymentID)
	if err != nil {
		return nil, err
	}
	users := snapshot.LinkUsers(link, stage.StageName, stage.Variables)
	if canary := stage.CanarySettings; canary != nil {
		if snapshot, err = get[apidef.Snapshot](r, kindSnapshot, api+"/"+canary.DeploymentID); err != nil {
			return nil, err
		}
		variables := maps.Clone(stage.Variables)
		if variables == nil {
			variables = make(map[string]string)
		}
		maps.Copy(variables, canary.StageVariableOverrides)
		users = append(users, snapshot.LinkUsers(link, stage.StageName, variables)...)
	}
	return answers(users, apidef.LinkUser.String), nil
}

func (c *Control) vpcLinkAnswer(l *apidef.VPCLink, showTags bool) *apigateway.VPCLink {
	status, message := l.Status(c.now())
	return &apigateway.VPCLink{
		ID:            &l.ID,
		Name:          &l.Name,
		Description:   optional(l.Description),
		TargetARNs:    l.TargetARNs,
		Status:        &status,
		StatusMessage: optional(message),
		Tags:          tagsOf(l.Tags, showTags),
	}
}
