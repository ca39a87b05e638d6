package control

import (
	"strings"

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
	}
	return nil, awserr.BadRequest.Errorf("Invalid ARN specified in the request")
}

// tagsIn are the tags of a document, in a member of it.
func tagsIn[T any](r records, kind, id string, v *T, tags *map[string]string) *tagged {
	return &tagged{tags: *tags, save: func(next map[string]string) error {
		*tags = next
		return put(r, kind, id, v)
	}}
}
