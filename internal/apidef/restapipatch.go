package apidef

import (
	"slices"
	"strconv"

	"postern/internal/aws/awserr"
)

// restAPIPatch is an API being patched, with its owner, whose ARNs its policy names.
type restAPIPatch struct {
	*RestAPI
	owner Owner
}

var restAPIPaths = PatchTable[restAPIPatch]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[restAPIPatch]{
		{Pattern: "/name", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			if c.Value == "" {
				return awserr.BadRequest.Errorf("Name cannot be empty")
			}
			a.Name = c.Value
			return nil
		}},
		{Pattern: "/description", Ops: Add | Replace | Remove, Apply: func(a *restAPIPatch, c Change) error {
			a.Description = c.Value
			if c.Op == Remove {
				a.Description = ""
			}
			return nil
		}},
		{Pattern: "/apiKeySource", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			a.APIKeySource = c.Value
			return checkAPIKeySource(c.Value)
		}},
		{Pattern: "/binaryMediaTypes/{type}", Ops: Add | Replace | Remove, Apply: (*restAPIPatch).patchBinaryMediaType},
		{Pattern: "/disableExecuteApiEndpoint", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			a.DisableExecuteAPIEndpoint = c.Bool()
			return nil
		}},
		{
			Pattern: "/endpointConfiguration/types/{type}", Ops: Replace, Apply: (*restAPIPatch).setType,
			Refusal: "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
		},
		{Pattern: "/endpointConfiguration/ipAddressType", Ops: Replace, Apply: (*restAPIPatch).setIPAddressType},
		{Pattern: "/endpointConfiguration/vpcEndpointIds", Ops: Add | Remove, Apply: func(a *restAPIPatch, c Change) error {
			if a.EndpointType() != Private {
				return awserr.BadRequest.Errorf(onlyPrivate)
			}
			return patchElement(&a.EndpointConfiguration.VPCEndpointIDs, c.Op, c.Value, "", "Invalid VPC endpoint id specified")
		}},
		{Pattern: "/endpointAccessMode", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			a.EndpointAccessMode = c.Value
			return nil
		}},
		{Pattern: "/minimumCompressionSize", Ops: Replace, Apply: (*restAPIPatch).setCompressionSize},
		{Pattern: "/policy", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			return a.setPolicy(c.Value, a.owner)
		}},
		{Pattern: "/securityPolicy", Ops: Replace, Apply: func(a *restAPIPatch, c Change) error {
			a.SecurityPolicy = c.Value
			return nil
		}},
	},
}

// patchBinaryMediaType: a type that is not there is removed already. The text about one to be replaced is inferred.
// Source: developer guide, "Enabling binary support using the API Gateway REST API", which replaces a type and removes it.
func (a *restAPIPatch) patchBinaryMediaType(c Change) error {
	if c.Op == Remove && !slices.Contains(a.BinaryMediaTypes, c.Key()) {
		return nil
	}
	return patchElement(&a.BinaryMediaTypes, c.Op, c.Key(), c.Value, "Invalid binary media type specified")
}

// setType replaces the API's only type, whatever index or type the path names. A private API becomes dual stack.
func (a *restAPIPatch) setType(c Change) error {
	e := &a.EndpointConfiguration
	if err := checkEndpointType(c.Value); err != nil {
		return err
	}
	e.Types = []string{c.Value}
	if c.Value == Private {
		e.IPAddressType = DualStack
	}
	return nil
}

func (a *restAPIPatch) setIPAddressType(c Change) error {
	if c.Value != IPv4 && c.Value != DualStack {
		return awserr.BadRequest.Errorf("ipAddressType must be either ipv4 or dualstack.")
	}
	a.EndpointConfiguration.IPAddressType = c.Value
	return nil
}

func (a *restAPIPatch) setCompressionSize(c Change) error {
	if c.Value == "" {
		a.MinimumCompressionSize = nil
		return nil
	}
	size, err := strconv.Atoi(c.Value)
	if err != nil {
		size = -1 // out of range, so the check's message answers
	}
	if err := checkCompressionSize(&size); err != nil {
		return err
	}
	a.MinimumCompressionSize = &size
	return nil
}

// Patch returns the API with the operations applied. Recorded AWS answers: UpdateRestApi.
func (a *RestAPI) Patch(ops []PatchOperation, owner Owner) (*RestAPI, error) {
	next := clone(a)
	if err := restAPIPaths.Apply(&restAPIPatch{next, owner}, ops); err != nil {
		return nil, err
	}
	if err := a.checkMove(next); err != nil {
		return nil, err
	}
	if err := next.settle(); err != nil {
		return nil, err
	}
	return next, nil
}

// checkMove refuses the steps that AWS does not take at once: the way from PRIVATE to EDGE leads through REGIONAL, no way
// leads from one of the older security policies to the other, and a strict access mode keeps the type. What a type was
// between two operations of one request does not count.
// Source: developer guide, "Change a public or private API endpoint type in API Gateway", "Security policies for REST
// APIs in API Gateway"; the texts are inferred.
func (a *RestAPI) checkMove(next *RestAPI) error {
	legacy := func(policy string) bool { return policy == "TLS_1_0" || policy == "TLS_1_2" }
	from, to := a.EndpointType(), next.EndpointType()
	switch {
	case from != to && a.EndpointAccessMode == AccessStrict:
		return awserr.BadRequest.Errorf("Cannot update endpoint type while the endpoint access mode is STRICT.")
	case from == Private && to == Edge:
		return awserr.BadRequest.Errorf("Cannot update endpoint from PRIVATE to EDGE.")
	case next.SecurityPolicy != a.SecurityPolicy && legacy(next.SecurityPolicy) && legacy(a.SecurityPolicy):
		return awserr.BadRequest.Errorf("Cannot update security policy from %s to %s", a.SecurityPolicy, next.SecurityPolicy)
	}
	return nil
}
