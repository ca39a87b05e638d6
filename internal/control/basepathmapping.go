package control

import (
	"context"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindBasePathMapping = "basepathmapping" // {domain}/{base path or (none)}

// basePathMapping is a mapping as it is stored: with the name of its domain.
type basePathMapping struct {
	apidef.BasePathMapping
	DomainName string `json:"domainName"`
}

// CreateBasePathMapping puts an API, or a stage of one, under a base path of a domain name.
func (c *Control) CreateBasePathMapping(ctx context.Context, call *wire.Call, in *apigateway.CreateBasePathMappingRequest) (*apigateway.BasePathMapping, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.BasePathMapping, error) {
		d, err := r.domainName(in.DomainName, in.DomainNameID)
		if err != nil {
			return nil, err
		}
		m, err := apidef.NewBasePathMapping(apidef.BasePathMapping{
			BasePath: value(in.BasePath), APIID: value(in.RestAPIID), Stage: value(in.Stage),
		})
		if err != nil {
			return nil, err
		}
		if err := r.checkMappingTarget(m); err != nil {
			return nil, err
		}
		return new(basePathMappingAnswer(m)), r.putNewMapping(domainKey(d.Name, &d.ID), d.Name, m)
	})
}

// checkMappingTarget: the API is there, and the stage if one is named. The first text is from public deployment logs, the
// second from public emulators.
func (r records) checkMappingTarget(m *apidef.BasePathMapping) error {
	unknown := awserr.BadRequest.Errorf("Invalid REST API identifier specified")
	if _, err := find[apidef.RestAPI](r, kindRestAPI, m.APIID, unknown); err != nil {
		return err
	}
	if m.Stage != "" && !r.hasStage(apidef.APIStage{APIID: m.APIID, Stage: m.Stage}) {
		return awserr.BadRequest.Errorf("Invalid stage identifier specified")
	}
	return nil
}

// putNewMapping stores a mapping where there is none yet.
func (r records) putNewMapping(domain, name string, m *apidef.BasePathMapping) error {
	id := domain + "/" + m.Segment()
	_, err := get[basePathMapping](r, kindBasePathMapping, id)
	if err == nil {
		return m.ErrMapped()
	}
	if !notFound(err) {
		return err
	}
	return put(r, kindBasePathMapping, id, &basePathMapping{BasePathMapping: *m, DomainName: name})
}

func (r records) basePathMapping(name string, id *string, basePath string) (*basePathMapping, error) {
	if _, err := r.domainName(name, id); err != nil {
		return nil, err
	}
	return find[basePathMapping](r, kindBasePathMapping, domainKey(name, id)+"/"+basePath, apidef.ErrNoBasePathMapping)
}

// GetBasePathMapping answers one mapping.
func (c *Control) GetBasePathMapping(ctx context.Context, call *wire.Call, in *apigateway.GetBasePathMappingRequest) (*apigateway.BasePathMapping, error) {
	return view(ctx, c, call, func(r records) (*apigateway.BasePathMapping, error) {
		m, err := r.basePathMapping(in.DomainName, in.DomainNameID, in.BasePath)
		if err != nil {
			return nil, err
		}
		return new(basePathMappingAnswer(&m.BasePathMapping)), nil
	})
}

// GetBasePathMappings lists a domain name's mappings, by base path.
func (c *Control) GetBasePathMappings(ctx context.Context, call *wire.Call, in *apigateway.GetBasePathMappingsRequest) (*apigateway.BasePathMappings, error) {
	return view(ctx, c, call, func(r records) (*apigateway.BasePathMappings, error) {
		if _, err := r.domainName(in.DomainName, in.DomainNameID); err != nil {
			return nil, err
		}
		all, err := list[basePathMapping](r, kindBasePathMapping, domainKey(in.DomainName, in.DomainNameID)+"/")
		if err != nil {
			return nil, err
		}
		cut, next, err := page(all, func(m *basePathMapping) string { return m.Segment() }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(m *basePathMapping) apigateway.BasePathMapping { return basePathMappingAnswer(&m.BasePathMapping) })
		return &apigateway.BasePathMappings{Items: items, Position: next}, nil
	})
}

// UpdateBasePathMapping patches a mapping; a new base path moves it.
func (c *Control) UpdateBasePathMapping(ctx context.Context, call *wire.Call, in *apigateway.UpdateBasePathMappingRequest) (*apigateway.BasePathMapping, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.BasePathMapping, error) {
		before, err := r.basePathMapping(in.DomainName, in.DomainNameID, in.BasePath)
		if err != nil {
			return nil, err
		}
		m, err := before.Patch(patchOperations(in.PatchOperations))
		if err != nil {
			return nil, err
		}
		if err := r.checkMappingTarget(m); err != nil {
			return nil, err
		}
		domain := domainKey(in.DomainName, in.DomainNameID)
		if m.Segment() == before.Segment() {
			before.BasePathMapping = *m
			return new(basePathMappingAnswer(m)), put(r, kindBasePathMapping, domain+"/"+m.Segment(), before)
		}
		if err := r.delete(kindBasePathMapping, domain+"/"+before.Segment()); err != nil {
			return nil, err
		}
		return new(basePathMappingAnswer(m)), r.putNewMapping(domain, before.DomainName, m)
	})
}

// DeleteBasePathMapping removes a mapping.
func (c *Control) DeleteBasePathMapping(ctx context.Context, call *wire.Call, in *apigateway.DeleteBasePathMappingRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		m, err := r.basePathMapping(in.DomainName, in.DomainNameID, in.BasePath)
		if err != nil {
			return none, err
		}
		return none, r.delete(kindBasePathMapping, domainKey(in.DomainName, in.DomainNameID)+"/"+m.Segment())
	})
	return err
}

// checkAPINotMapped refuses the deletion of an API that a domain name leads to. Message: public deployment logs.
func (r records) checkAPINotMapped(api string) error {
	domains, err := r.domainsOf(func(m *basePathMapping) bool { return m.APIID == api })
	if err != nil || len(domains) == 0 {
		return err
	}
	return awserr.BadRequest.Errorf("Deleting RestApi %s failed. Please remove all base path mappings related to the RestApi in your domains: %s", api, strings.Join(domains, ", "))
}

// checkStageNotMapped refuses the deletion of a stage that a domain name leads to. Message: public deployment logs.
func (r records) checkStageNotMapped(api, stage string) error {
	domains, err := r.domainsOf(func(m *basePathMapping) bool { return m.APIID == api && m.Stage == stage })
	if err != nil || len(domains) == 0 {
		return err
	}
	return awserr.BadRequest.Errorf("Deleting stage %s failed. Please remove all base path mappings related to the stage in your domains: %s", stage, strings.Join(domains, ", "))
}

// domainsOf are the domain names that have such a mapping, in order.
func (r records) domainsOf(such func(*basePathMapping) bool) ([]string, error) {
	mappings, err := list[basePathMapping](r, kindBasePathMapping, "")
	if err != nil {
		return nil, err
	}
	var domains []string
	for _, m := range mappings {
		if such(m) {
			domains = append(domains, m.DomainName)
		}
	}
	slices.Sort(domains)
	return slices.Compact(domains), nil
}

// basePathMappingAnswer shows "(none)" for an empty base path, and no stage where the caller names it.
func basePathMappingAnswer(m *apidef.BasePathMapping) apigateway.BasePathMapping {
	return apigateway.BasePathMapping{BasePath: new(m.Segment()), RestAPIID: &m.APIID, Stage: optional(m.Stage)}
}
