package apidef

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/awserr"
)

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          []string
		ok            bool
	}{
		{"/name", "/name", nil, true},
		{"/name", "/name/", nil, false},
		{"/name", "name", nil, false},
		{"/name", "", nil, false},
		{"/a/{b}", "/a/x", []string{"x"}, true},
		{"/a/{b}", "/a/x~1y", []string{"x~1y"}, true},
		{"/a/{b}", "/a/", nil, false}, // an empty segment is no key
		{"/a/{b}", "/a", nil, false},
		{"/a/{b}", "/a/x/y", nil, false}, // recorded AWS answer: an unescaped slash makes a path unknown
		{"/{m...}/metrics/enabled", "/*/*/metrics/enabled", []string{"*/*"}, true},
		{"/{m...}/metrics/enabled", "/a/b/{c}/GET/metrics/enabled", []string{"a/b/{c}/GET"}, true},
		{"/{m...}/metrics/enabled", "//GET/metrics/enabled", []string{"/GET"}, true}, // the root, unescaped
		{"/{m...}/metrics/enabled", "/metrics/enabled", nil, false},
		{"/{m...}", "/a/GET", []string{"a/GET"}, true},
		{"/{m...}", "/", nil, false},
	} {
		got, ok := matchPath(c.pattern, c.path)
		if diff := cmp.Diff(c.want, got); ok != c.ok || ok && diff != "" {
			t.Errorf("%s against %s: %v %v, want %v %v", c.path, c.pattern, got, ok, c.want, c.ok)
		}
	}
}

// RFC 6901, section 4: "~1" is read before "~0".
func TestUnescapePointer(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "a~1b": "a/b", "a~0b": "a~b", "~01": "~1", "~10": "/0", "~2": "~2", "~": "~",
	} {
		if got := unescapePointer(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A patch that is refused leaves what it was applied to as it was, and one that succeeds too: it works on a copy.
func TestPatchWorksOnACopy(t *testing.T) {
	before := &Method{HTTPMethod: "GET", AuthorizationType: AuthNone, RequestParameters: map[string]bool{"method.request.header.A": true}}
	after := clone(before)
	for _, ops := range [][]PatchOperation{
		{{Op: "remove", Path: new("/requestParameters/method.request.header.A")}},
		{{Op: "add", Path: new("/requestParameters/method.request.header.B"), Value: new("true")}, {Op: "replace", Path: new("/wrong")}},
	} {
		_, _ = before.Patch(ops, References{})
		if diff := cmp.Diff(after, before); diff != "" {
			t.Errorf("%v changed its subject:\n%s", ops, diff)
		}
	}
}

// A path may lack its first slash; where it is refused, it is printed as it was sent.
// Source: AWS CLI reference, update-integration, "To update (replace) a custom template ... with Input Passthrough";
// developer guide, "Migrate a custom domain name to a different API endpoint type in API Gateway".
func TestPathsWithoutTheirFirstSlash(t *testing.T) {
	before := &Method{HTTPMethod: "GET", AuthorizationType: AuthNone}
	after, err := before.Patch([]PatchOperation{{Op: "replace", Path: new("operationName"), Value: new("list")}}, References{})
	if err != nil || after.OperationName != "list" {
		t.Errorf("%+v, %v", after, err)
	}
	want := awserr.BadRequest.Errorf("Invalid patch path wrong")
	if _, err := before.Patch([]PatchOperation{{Op: "replace", Path: new("wrong")}}, References{}); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// The families of refusals, on a table that is nobody's (recorded AWS answers: UpdateModel, UpdateMethod; public deployment
// logs: UpdateUsagePlan).
func TestRefusals(t *testing.T) {
	type thing struct{}
	nothing := func(*thing, Change) error { return nil }
	lines := []PatchPath[thing]{
		{Pattern: "/a", Ops: Replace, Apply: nothing},
		{Pattern: "/b/{k}", Ops: Add | Remove, Apply: nothing, Listed: "/b/<key>"},
		{Pattern: "/c", Ops: Replace, Apply: nothing, Refusal: "not at {path}"},
		{Pattern: "/d", Ops: Copy, Apply: nothing, Unlisted: true},
	}
	for _, c := range []struct {
		name   string
		refuse func(Refused) error
		op     PatchOperation
		want   string
	}{
		{
			"listing: unknown path", refuseListing,
			PatchOperation{Op: "replace", Path: new("/x")},
			"Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/a, /c]",
		},
		{
			"listing: operation that the path does not take, but another", refuseListing,
			PatchOperation{Op: "add", Path: new("/a")},
			"Invalid patch path  '/a' specified for op 'add'. Must be one of: [/b/<key>]",
		},
		{
			"listing: operation that no path takes", refuseListing,
			PatchOperation{Op: "move", Path: new("/x")},
			"Invalid patch path  '/x' specified for op 'move'. Please choose supported operations",
		},
		{
			"listing: operation that only an unlisted path takes", refuseListing,
			PatchOperation{Op: "copy", Path: new("/x")},
			"Invalid patch path  '/x' specified for op 'copy'. Please choose supported operations",
		},
		{
			"listing: no path", refuseListing,
			PatchOperation{Op: "replace"},
			"Invalid patch path  'null' specified for op 'replace'. Must be one of: [/a, /c]",
		},
		{"brief: unknown path", refuseBriefly, PatchOperation{Op: "replace", Path: new("/x")}, "Invalid patch path /x"},
		{"brief: no path", refuseBriefly, PatchOperation{Op: "replace"}, "Invalid patch path null"},
		{"brief: one operation", refuseBriefly, PatchOperation{Op: "copy", Path: new("/a")}, "Invalid patch operation specified. Must be one of: [replace]"},
		{"brief: two operations", refuseBriefly, PatchOperation{Op: "replace", Path: new("/b/k")}, "Invalid patch operation specified. Must be one of: [add, remove]"},
		{"a line's own words", refuseBriefly, PatchOperation{Op: "add", Path: new("/c")}, "not at /c"},
	} {
		table := PatchTable[thing]{Paths: lines, Refuse: c.refuse}
		err := table.Apply(&thing{}, []PatchOperation{c.op})
		if want := awserr.BadRequest.Errorf("%s", c.want); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
	}
}

// AWS leaves out a map that a patch emptied (recorded AWS answer: UpdateMethodResponse), and lists no element twice.
func TestPatchCollections(t *testing.T) {
	m := map[string]string{"k": "v"}
	if err := patchEntry(&m, Change{Op: Remove, Keys: []string{"k"}}, "", "missing"); err != nil || m != nil {
		t.Errorf("emptied map: %v %v", m, err)
	}
	list := []string{"a", "b"}
	for _, step := range []struct {
		op                   Ops
		element, replacement string
		want                 string
		err                  error
	}{
		{Add, "a", "", "a b", nil},
		{Replace, "a", "c", "b c", nil}, // recorded AWS answer: UpdateRestApi, binaryMediaTypes
		{Remove, "x", "", "b c", awserr.NotFound.Errorf("missing")},
		{Remove, "b", "", "c", nil},
		{Remove, "c", "", "", nil},
	} {
		err := patchElement(&list, step.op, step.element, step.replacement, "missing")
		if got := strings.Join(list, " "); got != step.want || !errors.Is(err, step.err) {
			t.Errorf("%s %s: %q %v, want %q %v", step.op, step.element, got, err, step.want, step.err)
		}
	}
	if list != nil {
		t.Error("an emptied list is not left out")
	}
}

// FuzzPatch applies any operations to one of everything: a refusal is fine; a panic, a change of the subject, a result
// that cannot be stored and read again, or an error that AWS does not have is not.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`[{"op":"replace","path":"/name","value":"x"},{"op":"add","path":"/binaryMediaTypes/a~1b"}]`,
		`[{"op":"replace","path":"/~1a/GET/caching/ttlInSeconds","value":"1"},{"op":"remove","path":"/a/GET"}]`,
		`[{"op":"replace","path":"/canarySettings/percentTraffic","value":"1e3"},{"op":"copy","path":"/variables","from":"/canarySettings/stageVariableOverrides"}]`,
		`[{"op":"replace","path":"/canarySettings/stageVariableOverrides","value":"{\"a\":\"b\"}"}]`,
		`[{"op":"add","path":"/requestParameters/integration.request.header.x","value":"method.request.body[0]"},{"op":"replace","path":"/uri","value":"http://{a}:80"}]`,
		`[{"op":"add","path":"/cacheKeyParameters","value":"method.request.header.H"},{"op":"replace","path":"/timeoutInMillis","value":"-"}]`,
		`[{"op":"replace","path":"/selectionPattern","value":"(?<a>[b-[c]])*+"}]`,
		`[{"op":"replace","path":"/policy","value":"{\"Statement\":[]}"},{"op":"replace","path":"/endpointConfiguration/types/0","value":"PRIVATE"}]`,
		`[{"op":"replace","path":"/parentId","value":"b"},{"op":"replace","path":"/pathPart","value":"{p+}"}]`,
		`[{"op":"replace","path":"/schema","value":"{\"$ref\":\"#\"}"},{"op":"replace"}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var ops []PatchOperation
		if json.Unmarshal([]byte(text), &ops) != nil {
			return
		}
		limits := DefaultLimits()
		place := StagePlace{HasDeployment: func(id string) bool { return id == "d" }, MayLog: true, Limits: limits}
		method := &Method{HTTPMethod: "GET", AuthorizationType: AuthNone, RequestParameters: map[string]bool{"method.request.header.H": true}}
		checkPatch(t, &RestAPI{Name: "a", EndpointConfiguration: EndpointConfiguration{Types: []string{Edge}, IPAddressType: IPv4}},
			func(v *RestAPI) (*RestAPI, error) { return v.Patch(ops, Owner{Limits: limits}) })
		checkPatch(t, method, func(v *Method) (*Method, error) { return v.Patch(ops, References{Models: map[string]bool{"x": true}}) })
		checkPatch(t, &MethodResponse{StatusCode: "200"}, func(v *MethodResponse) (*MethodResponse, error) { return v.Patch(ops, References{}) })
		checkPatch(t, &Integration{Type: HTTP, HTTPMethod: "GET", URI: "http://a", TimeoutInMillis: 50, PassthroughBehavior: Never, ConnectionType: OverInternet},
			func(v *Integration) (*Integration, error) { return v.Patch(ops, Place{Method: method, Limits: limits}) })
		checkPatch(t, &IntegrationResponse{StatusCode: "200"}, func(v *IntegrationResponse) (*IntegrationResponse, error) {
			return v.Patch(ops, &MethodResponse{ResponseParameters: map[string]bool{"method.response.header.H": true}}, limits)
		})
		checkPatch(t, &GatewayResponse{ResponseType: "THROTTLED"}, func(v *GatewayResponse) (*GatewayResponse, error) { return v.Patch(ops, limits) })
		checkPatch(t, &Model{Name: "M", ContentType: "application/json", Schema: "{}"}, func(v *Model) (*Model, error) { return v.Patch(ops, nil) })
		checkPatch(t, &RequestValidator{Name: "v"}, func(v *RequestValidator) (*RequestValidator, error) { return v.Patch(ops) })
		checkPatch(t, &Deployment{ID: "d"}, func(v *Deployment) (*Deployment, error) { return v.Patch(ops) })
		checkPatch(t, &Stage{StageName: "s", DeploymentID: "d"}, func(v *Stage) (*Stage, error) { return v.Patch(ops, place) })
		checkTreePatch(t, ops)
	})
}

func checkPatch[T any](t *testing.T, subject *T, patch func(*T) (*T, error)) {
	t.Helper()
	before := clone(subject)
	after, err := patch(subject)
	if diff := cmp.Diff(before, subject); diff != "" {
		t.Fatalf("the subject changed:\n%s", diff)
	}
	if err != nil {
		if _, ok := errors.AsType[*awserr.Error](err); !ok {
			t.Fatalf("not AWS's error: %v", err)
		}
		return
	}
	if diff := cmp.Diff(clone(after), clone(clone(after))); diff != "" {
		t.Fatalf("not read as it was stored:\n%s", diff)
	}
}

func checkTreePatch(t *testing.T, ops []PatchOperation) {
	t.Helper()
	tree := NewTree([]*Resource{
		{ID: "r", Path: "/"}, {ID: "a", ParentID: "r", PathPart: "a", Path: "/a"}, {ID: "b", ParentID: "a", PathPart: "{b}", Path: "/a/{b}"},
	})
	if _, err := tree.Patch("a", ops); err != nil {
		return
	}
	if len(tree.Subtree("r")) != 3 {
		t.Fatalf("the tree fell apart: %v", tree)
	}
}
