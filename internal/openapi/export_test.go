package openapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/control"
	"postern/internal/openapi"
)

var update = flag.Bool("update", false, "write what testdata expects of exports, and of the pet store, anew: read what changed")

// TestExport reads each case of testdata/export: a definition, and what its export must be, to the letter. A file to
// compare with is named after the request: type, extensions, and the ending of the format, as "oas30?apigateway.json".
// "change" is JSON that is laid over the imported snapshot first, for what no import makes. "documentation" is the stage's
// documentation version. A refusal reads "refused: " with the message of the BadRequestException.
func TestExport(t *testing.T) {
	names, err := filepath.Glob("testdata/export/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(archive.Comment), "Source: ") {
				t.Fatal("the case does not name its source")
			}
			var s *apidef.Snapshot
			var version *apidef.DocumentationVersion
			for i, f := range archive.Files {
				want := strings.TrimSuffix(string(f.Data), "\n")
				switch f.Name {
				case "definition":
					s = deployed(t, f.Data)
				case "change":
					if err := json.Unmarshal(f.Data, s); err != nil {
						t.Fatal(err)
					}
				case "documentation":
					version = new(apidef.DocumentationVersion)
					if err := json.Unmarshal(f.Data, version); err != nil {
						t.Fatal(err)
					}
				default:
					got, message := export(t, s, version, f.Name)
					if message != "" {
						got = "refused: " + message
					}
					if diff := cmp.Diff(want, strings.TrimSuffix(got, "\n")); diff != "" && !*update {
						t.Errorf("%s%s (-want +got):\n%s", archive.Comment, f.Name, diff)
					}
					archive.Files[i].Data = []byte(strings.TrimSuffix(got, "\n") + "\n")
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// deployed imports a definition and freezes it, as far as an export looks at it.
func deployed(t testing.TB, source []byte) *apidef.Snapshot {
	t.Helper()
	d, _, err := openapi.Importer{}.Parse(source, options(nil))
	if err != nil {
		t.Fatal(err)
	}
	return snapshotOf(d)
}

// snapshotOf is a definition with ids, as a deployment has it.
func snapshotOf(d *apidef.Definition) *apidef.Snapshot {
	d.Sort()
	ids := map[string]string{}
	for _, r := range d.Resources {
		r.ID = "id" + r.Path
		ids[r.Path] = r.ID
		if r.Path != "/" {
			r.ParentID = ids[r.Path[:max(1, strings.LastIndexByte(r.Path, '/'))]]
		}
	}
	return &apidef.Snapshot{
		RestAPI: *d.RestAPI, Resources: d.Resources, Models: d.Models, RequestValidators: d.RequestValidators,
		GatewayResponses: d.GatewayResponses, Authorizers: d.Authorizers,
	}
}

// export exports what "oas30?apigateway.json" asks for.
func export(t testing.TB, s *apidef.Snapshot, v *apidef.DocumentationVersion, request string) (file, message string) {
	t.Helper()
	name, format, _ := strings.Cut(request, ".")
	kind, extensions, _ := strings.Cut(name, "?")
	o := control.ExportOptions{
		Type: kind, YAML: format == "yaml", Version: s.RestAPI.Version, Stage: "prod",
		Host: "abcdefghij.execute-api.eu-central-1.amazonaws.com", Extensions: extensions, Documentation: v,
	}
	if o.Version == "" {
		o.Version = "2017-04-20T04:08:08Z"
	}
	body, err := openapi.Exporter{}.Export(s, o)
	if refused, ok := errors.AsType[*awserr.Error](err); ok && refused.Code == awserr.BadRequest {
		return "", refused.Message
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(body), ""
}

// TestExportsAreImportedAgain takes every definition of testdata on a journey: import, export with everything, import.
// OpenAPI 3.0 brings back the same definition at once. Swagger 2.0 has one list of content types for an operation, so
// that the first journey may spread a model over more of them; after it nothing changes any more.
// Source: developer guide, "Export a REST API from API Gateway" (a definition to import again); that nothing is lost is
// inferred.
func TestExportsAreImportedAgain(t *testing.T) {
	for name, source := range definitions(t) {
		for _, format := range []string{"oas30?apigateway.json", "oas30?apigateway.yaml", "swagger?apigateway.json", "swagger?apigateway.yaml"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				first, _, _ := openapi.Importer{}.Parse(source, options(nil))
				if first == nil {
					t.Skip("no definition")
				}
				checkJourney(t, first, format)
			})
		}
	}
}

func checkJourney(t testing.TB, first *apidef.Definition, format string) {
	t.Helper()
	second, file := journey(t, first, nil, format)
	third, again := journey(t, second, nil, format)
	if diff := cmp.Diff(file, again); diff != "" {
		t.Errorf("exported again (-before +after):\n%s", diff)
	}
	before, after := first, second
	if strings.HasPrefix(format, "swagger") {
		before, after = second, third
	}
	if diff := cmp.Diff(carried(before), carried(after), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("imported again (-before +after):\n%s\n%s", diff, file)
	}
}

// journey exports a definition and imports the file.
func journey(t testing.TB, d *apidef.Definition, v *apidef.DocumentationVersion, format string) (*apidef.Definition, string) {
	t.Helper()
	file, message := export(t, snapshotOf(d), v, format)
	if message != "" {
		t.Fatal(message)
	}
	next, warnings, err := openapi.Importer{}.Parse([]byte(file), options(nil))
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v, warnings %q\n%s", err, warnings, file)
	}
	return next, file
}

// carried is a definition without what exports do not carry, and with the defaults that they spell out.
func carried(d *apidef.Definition) *apidef.Definition {
	data, _ := json.Marshal(d)
	out := new(apidef.Definition)
	_ = json.Unmarshal(data, out)
	out.DocumentationParts = nil // see TestDocumentationIsImportedAgain
	out.EndpointDisabled = nil   // what it says is in RestAPI
	out.RestAPI.EndpointConfiguration.Types = nil
	if out.RestAPI.Version == "" {
		out.RestAPI.Version = "2017-04-20T04:08:08Z"
	}
	if out.RestAPI.APIKeySource == apidef.KeyFromHeader {
		out.RestAPI.APIKeySource = ""
	}
	var policy bytes.Buffer
	if json.Compact(&policy, []byte(out.RestAPI.Policy)) == nil {
		out.RestAPI.Policy = policy.String()
	}
	for _, a := range out.Authorizers {
		if a.AuthType == "" {
			a.AuthType = "custom"
			if a.Type == "COGNITO_USER_POOLS" {
				a.AuthType = "cognito_user_pools"
			}
		}
	}
	for _, r := range out.Resources {
		r.ID, r.ParentID = "", ""
	}
	out.Sort()
	return out
}

// TestDocumentationIsImportedAgain: what an export lists comes back, and what it writes beside that into the definition
// does not become documentation of its own. Documentation of what a definition does not have is in the list only.
// Source: developer guide, "Publish API documentation using the API Gateway REST API", "Import API documentation".
func TestDocumentationIsImportedAgain(t *testing.T) {
	for name, source := range definitions(t) {
		for _, format := range []string{"oas30?apigateway.json", "swagger?apigateway.yaml"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				first, _, _ := openapi.Importer{}.Parse(source, options(nil))
				if first == nil {
					t.Skip("no definition")
				}
				for _, part := range first.DocumentationParts { // written as text, JSON may hold spaces
					var properties bytes.Buffer
					if json.Compact(&properties, []byte(part.Properties)) == nil {
						part.Properties = properties.String()
					}
				}
				second, file := journey(t, first, &apidef.DocumentationVersion{Version: "1", Parts: first.DocumentationParts}, format)
				if diff := cmp.Diff(first.DocumentationParts, second.DocumentationParts); diff != "" {
					t.Errorf("imported again (-before +after):\n%s\n%s", diff, file)
				}
			})
		}
	}
}

// definitions are the documents of testdata by name.
func definitions(t testing.TB) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	for _, pattern := range []string{"testdata/*.txtar", "testdata/export/*.txtar", "testdata/*.yaml", "testdata/*.json", "testdata/public/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, ".txtar") {
				out[filepath.Base(name)] = source
				continue
			}
			for _, f := range txtar.Parse(source).Files {
				if f.Name == "definition" {
					out[strings.TrimSuffix(filepath.Base(name), ".txtar")] = f.Data
				}
			}
		}
	}
	return out
}

// FuzzJourney: whatever can be imported, its export can be imported again, and is the same then.
func FuzzJourney(f *testing.F) {
	for _, source := range definitions(f) {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		for _, format := range []string{"oas30?apigateway.json", "swagger?apigateway.yaml"} {
			if d, _, _ := (openapi.Importer{}).Parse(source, options(nil)); d != nil {
				checkJourney(t, d, format)
			}
		}
	})
}
