package apidef

import (
	"maps"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// ErrNoMethod is what operations on an unknown method answer. Recorded AWS answer: GetMethod.
var ErrNoMethod = awserr.NotFound.Errorf("Invalid Method identifier specified")

// AnyMethod is the verb of a method that takes the requests of every verb that has no method of its own.
const AnyMethod = "ANY"

// httpMethods are the verbs in the order in which AWS's message lists them.
var httpMethods = []string{"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", AnyMethod}

// CheckHTTPMethod refuses what is no verb, of a method as of an integration. Recorded AWS answer: PutMethod.
func CheckHTTPMethod(verb string) error {
	if !slices.Contains(httpMethods, verb) {
		return awserr.BadRequest.Errorf("Invalid HttpMethod specified. Valid options are %s", strings.Join(httpMethods, ","))
	}
	return nil
}

// The values of Method.AuthorizationType.
const (
	AuthNone    = "NONE"
	AuthIAM     = "AWS_IAM"
	AuthCustom  = "CUSTOM"
	AuthCognito = "COGNITO_USER_POOLS"
)

// References is what a method may refer to.
type References struct {
	Models            map[string]bool   // by name
	RequestValidators map[string]bool   // by id
	Authorizers       map[string]string // id to type: TOKEN, REQUEST or COGNITO_USER_POOLS
}

// NewMethod checks what PutMethod was given, and brings it into the form in which it is stored.
// Recorded AWS answers: PutMethod.
func NewMethod(m Method, refs References) (*Method, error) {
	m.AuthorizationType = strings.ToUpper(m.AuthorizationType)
	if err := m.settle(refs); err != nil {
		return nil, err
	}
	if err := m.checkParameters(); err != nil {
		return nil, err
	}
	if err := m.checkModels(refs); err != nil {
		return nil, err
	}
	return &m, nil
}

// settle checks what depends on several members at once, and drops what the others make meaningless.
func (m *Method) settle(refs References) error {
	if err := m.settleAuthorization(refs); err != nil {
		return err
	}
	if m.RequestValidatorID != "" && !refs.RequestValidators[m.RequestValidatorID] {
		return awserr.BadRequest.Errorf("Invalid Request Validator identifier specified")
	}
	if len(m.AuthorizationScopes) > 0 && m.AuthorizationType != AuthCognito {
		return awserr.BadRequest.Errorf("Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type")
	}
	return nil
}

func (m *Method) settleAuthorization(refs References) error {
	var fits bool
	switch kind := refs.Authorizers[m.AuthorizerID]; m.AuthorizationType {
	case AuthNone, AuthIAM:
		m.AuthorizerID = ""
		return nil
	case AuthCustom:
		fits = kind == "TOKEN" || kind == "REQUEST"
	case AuthCognito:
		fits = kind == "COGNITO_USER_POOLS"
	default:
		return awserr.BadRequest.Errorf("Invalid Authorization Type specified. Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS")
	}
	if !fits {
		return awserr.BadRequest.Errorf("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
	}
	return nil
}

func (m *Method) checkParameters() error {
	var found faults
	for _, key := range slices.Sorted(maps.Keys(m.RequestParameters)) {
		found.checkKey(key, MethodRequest, InPath, InQueryString, InHeader)
	}
	if err := found.err(); err != nil {
		return err
	}
	names := make(map[string]string)
	for key := range m.RequestParameters {
		e, _ := ParseExpression(key)
		if location, taken := names[e.Name]; taken && location != e.Location {
			return awserr.BadRequest.Errorf("Parameter names must be unique across querystring, header and path")
		}
		names[e.Name] = e.Location
	}
	return nil
}

func (m *Method) checkModels(refs References) error {
	if err := checkContentTypes(m.RequestModels); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(m.RequestModels)) {
		if err := refs.checkModel(m.RequestModels[key]); err != nil {
			return err
		}
	}
	return nil
}

func (refs References) checkModel(name string) error {
	if !refs.Models[name] {
		return awserr.BadRequest.Errorf("Invalid model identifier specified: %s", name)
	}
	return nil
}

// patchModel changes the model of a content type: one that is replaced or removed must be there, whatever the new one is.
// Recorded AWS answer: UpdateMethodResponse, replace of an unknown content type; that no model helps is inferred.
func (refs References) patchModel(models *map[string]string, c Change) error {
	if err := patchEntry(models, c, c.Value, unknownContentType); err != nil || c.Op == Remove {
		return err
	}
	return refs.checkModel(c.Value)
}

// methodPatch is a method being patched, with what it may refer to.
type methodPatch struct {
	*Method
	refs References
}

var methodPaths = PatchTable[methodPatch]{
	Refuse: refuseBriefly,
	Paths: []PatchPath[methodPatch]{
		{Pattern: "/authorizationType", Ops: Replace, Apply: func(m *methodPatch, c Change) error {
			m.AuthorizationType = strings.ToUpper(c.Value)
			return nil
		}},
		{Pattern: "/authorizerId", Ops: Replace, Apply: func(m *methodPatch, c Change) error {
			m.AuthorizerID = c.Value
			return nil
		}},
		{Pattern: "/authorizationScopes", Ops: Add | Remove, Apply: func(m *methodPatch, c Change) error {
			return patchElement(&m.AuthorizationScopes, c.Op, c.Value, "", "Invalid authorization scope specified")
		}},
		{Pattern: "/apiKeyRequired", Ops: Replace, Apply: func(m *methodPatch, c Change) error {
			m.APIKeyRequired = c.Bool()
			return nil
		}},
		{Pattern: "/operationName", Ops: Replace, Apply: func(m *methodPatch, c Change) error {
			m.OperationName = c.Value
			return nil
		}},
		{Pattern: "/requestValidatorId", Ops: Replace, Apply: func(m *methodPatch, c Change) error {
			m.RequestValidatorID = c.Value
			return nil
		}},
		{Pattern: "/requestParameters/{name}", Ops: Add | Replace | Remove, Apply: func(m *methodPatch, c Change) error {
			return patchEntry(&m.RequestParameters, c, c.Bool(), unknownParameter)
		}},
		{Pattern: "/requestModels/{contentType}", Ops: Add | Replace | Remove, Apply: func(m *methodPatch, c Change) error {
			return m.refs.patchModel(&m.RequestModels, c)
		}},
	},
}

// Patch returns the method with the operations applied. What depends on several members, such as the authorizer, is
// checked once all operations are done. Recorded AWS answers: UpdateMethod.
func (m *Method) Patch(ops []PatchOperation, refs References) (*Method, error) {
	next := clone(m)
	if err := methodPaths.Apply(&methodPatch{next, refs}, ops); err != nil {
		return nil, err
	}
	if err := next.settle(refs); err != nil {
		return nil, err
	}
	if err := next.checkParameters(); err != nil {
		return nil, err
	}
	if err := checkContentTypes(next.RequestModels); err != nil {
		return nil, err
	}
	return next, nil
}
