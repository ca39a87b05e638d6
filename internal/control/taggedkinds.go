package control

import (
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
)

// taggedResource finds what carries tags besides APIs and stages, by its path in an ARN.
// Source: API Gateway API reference, TagResource.
func (r records) taggedResource(path []string) (*tagged, error) {
	kind, id := path[0], strings.Join(path[1:], "/")
	switch kind {
	case "apikeys":
		key, err := r.apiKey(id)
		if err != nil {
			return nil, err
		}
		return tagsIn(r, kindAPIKey, id, key, &key.Tags), nil
	case "usageplans":
		plan, err := r.usagePlan(id)
		if err != nil {
			return nil, err
		}
		return tagsIn(r, kindUsagePlan, id, plan, &plan.Tags), nil
	case "vpclinks":
		link, err := r.vpcLink(id)
		if err != nil {
			return nil, err
		}
		return tagsIn(r, kindVPCLink, id, link, &link.Tags), nil
	case "clientcertificates":
		v, err := r.clientCertificate(id)
		if err != nil {
			return nil, err
		}
		return tagsIn(r, kindClientCertificate, id, v, &v.Tags), nil
	case "domainnames":
		d, err := find[apidef.DomainName](r, kindDomainName, id, apidef.ErrNoDomainName)
		if err != nil {
			return nil, err
		}
		return tagsIn(r, kindDomainName, id, d, &d.Tags), nil
	case "domainnameaccessassociations":
		return r.taggedAssociation("/" + strings.Join(path, "/"))
	}
	return nil, awserr.BadRequest.Errorf("Invalid ARN specified in the request")
}

// taggedAssociation finds the scope's access association whose ARN ends so.
func (r records) taggedAssociation(resource string) (*tagged, error) {
	all, err := list[apidef.AccessAssociation](r, kindAccessAssociation, "")
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if strings.HasSuffix(v.ARN, ":"+resource) {
			return tagsIn(r, kindAccessAssociation, v.ARN, v, &v.Tags), nil
		}
	}
	return nil, apidef.ErrNoAccessAssociation
}

// tagsIn are the tags of a document, in a member of it.
func tagsIn[T any](r records, kind, id string, v *T, tags *map[string]string) *tagged {
	return &tagged{tags: *tags, save: func(next map[string]string) error {
		*tags = next
		return put(r, kind, id, v)
	}}
}
