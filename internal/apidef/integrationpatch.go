package apidef

import (
	"cmp"
	"strconv"

	"postern/internal/aws/awserr"
)

// integrationPatch is an integration being patched, with the place that it stands in.
type integrationPatch struct {
	*Integration
	at Place
}

var integrationPaths = PatchTable[integrationPatch]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[integrationPatch]{
		{Pattern: "/cacheKeyParameters/{name}", Ops: Add | Replace | Remove, Apply: (*integrationPatch).setCacheKey},
		{Pattern: "/cacheKeyParameters", Ops: Add | Replace | Remove, Apply: (*integrationPatch).setCacheKey},
		{Pattern: "/cacheNamespace", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.CacheNamespace = cmp.Or(c.Value, in.at.ResourceID)
			return nil
		}},
		{Pattern: "/connectionId", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.ConnectionID = c.Value
			return nil
		}},
		{Pattern: "/connectionType", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.ConnectionType = c.Value
			return nil
		}},
		{Pattern: "/contentHandling", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.ContentHandling = c.Value
			return nil
		}},
		{Pattern: "/credentials", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.Credentials = c.Value
			return in.checkCredentials(in.at)
		}},
		{Pattern: "/httpMethod", Ops: Replace, Apply: (*integrationPatch).setHTTPMethod},
		{Pattern: "/integrationTarget", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.IntegrationTarget = c.Value
			return nil
		}},
		{Pattern: "/passthroughBehavior", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.PassthroughBehavior = c.Value
			return nil
		}},
		{Pattern: "/requestParameters/{name}", Ops: Add | Replace | Remove, Apply: (*integrationPatch).setParameter},
		{Pattern: "/requestTemplates/{contentType}", Ops: Add | Replace | Remove, Apply: func(in *integrationPatch, c Change) error {
			return patchEntry(&in.RequestTemplates, c, c.Value, unknownContentType)
		}},
		{Pattern: "/responseTransferMode", Ops: Replace, Apply: (*integrationPatch).setTransferMode},
		{Pattern: "/timeoutInMillis", Ops: Replace, Apply: (*integrationPatch).setTimeout},
		{Pattern: "/tlsConfig/insecureSkipVerification", Ops: Replace, Apply: func(in *integrationPatch, c Change) error {
			in.TLSConfig = &TLSConfig{InsecureSkipVerification: c.Bool()}
			return nil
		}},
		{Pattern: "/uri", Ops: Replace, Apply: (*integrationPatch).setURI},
	},
}

func (in *integrationPatch) setHTTPMethod(c Change) error {
	if in.Type == Mock {
		return awserr.BadRequest.Errorf("Invalid patch path %s", c.Path)
	}
	in.HTTPMethod = c.Value
	return nil
}

func (in *integrationPatch) setURI(c Change) error {
	if in.Type == Mock {
		return awserr.BadRequest.Errorf("Invalid patch path %s", c.Path)
	}
	in.URI = c.Value
	return nil
}

// setTransferMode changes how the response passes. An HTTP_PROXY integration that begins to stream loses its timeout, and one
// that no longer streams a timeout that is too long for it (the second is inferred).
// Source: developer guide, "Set up an HTTP proxy integration with payload response streaming in API Gateway".
func (in *integrationPatch) setTransferMode(c Change) error {
	streamed := in.ResponseTransferMode == Stream
	in.ResponseTransferMode = c.Value
	begins := !streamed && c.Value == Stream && in.Type == HTTPProxy
	ends := streamed && c.Value != Stream && in.TimeoutInMillis > in.at.Limits.IntegrationTimeout
	if begins || ends {
		in.TimeoutInMillis = in.defaultTimeout()
	}
	return nil
}

func (in *integrationPatch) setTimeout(c Change) error {
	ms, err := strconv.Atoi(c.Value)
	if err != nil {
		ms = 0 // out of range, so the check's message answers
	}
	in.TimeoutInMillis = ms
	return in.checkTimeout(in.at)
}

// setParameter: a mapping that is replaced or removed must be there, whatever the new one is.
func (in *integrationPatch) setParameter(c Change) error {
	if err := patchEntry(&in.RequestParameters, c, c.Value, unknownParameter); err != nil || c.Op == Remove {
		return err
	}
	var found faults
	checkRequestMapping(&found, c.Key(), c.Value, in.at.Method)
	return found.err()
}

// setCacheKey takes the key from the path, or, on the bare path, from the value. An update refuses a key that the
// method does not declare. Replace puts the value in the place of the key, if it names one.
func (in *integrationPatch) setCacheKey(c Change) error {
	key, replacement := c.Value, c.Value
	if len(c.Keys) > 0 {
		key = c.Key()
		if replacement == "" {
			replacement = key
		}
	}
	if c.Op != Remove {
		for _, k := range []string{key, replacement} {
			if err := in.checkCacheKey(k); err != nil {
				return err
			}
		}
	}
	op := c.Op
	if op == Replace && len(c.Keys) == 0 {
		op, in.CacheKeyParameters = Add, nil
	}
	err := patchElement(&in.CacheKeyParameters, op, key, replacement, unknownParameter)
	if in.CacheKeyParameters == nil {
		in.CacheKeyParameters = []string{}
	}
	return err
}

func (in *integrationPatch) checkCacheKey(key string) error {
	e, err := parseCacheKey(key)
	if err != nil {
		return err
	}
	var found faults
	found.checkDeclared(e, key, in.at.Method)
	return found.err()
}

// Patch returns the integration with the operations applied. The type never changes.
// Source: API Gateway API reference, "Patch Operations", UpdateIntegration.
func (in *Integration) Patch(ops []PatchOperation, at Place) (*Integration, error) {
	next := clone(in)
	if next.CacheKeyParameters == nil {
		next.CacheKeyParameters = []string{}
	}
	if err := integrationPaths.Apply(&integrationPatch{next, at}, ops); err != nil {
		return nil, err
	}
	if len(ops) == 0 {
		return next, nil
	}
	if err := next.checkTarget(); err != nil {
		return nil, err
	}
	next.settleConnection()
	for _, check := range []func(Place) error{next.checkEnums, next.checkConnection, next.checkTemplates} {
		if err := check(at); err != nil {
			return nil, err
		}
	}
	return next, nil
}
