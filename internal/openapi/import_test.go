package openapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
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

// TestImport reads each case of testdata: a definition, the query parameters of the import, and what must come of it.
//
// "want" is JSON that the imported definition must contain, member by member; null is a member that must be missing, a
// list must be equal. "faults" are the errors that are found in the definition, a line each; none otherwise. "error" is
// the message of the BadRequestException for what is no definition.
func TestImport(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			c := readCase(t, name)
			got, warnings, err := openapi.Importer{}.Parse(c.definition, c.options)
			if c.message != "" {
				wantRefused(t, err, c.message)
				return
			}
			faults, _ := errors.AsType[control.DefinitionErrors](err)
			if err != nil && faults == nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.faults, []string(faults), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nfaults (-want +got):\n%s", c.sentence, diff)
			}
			if diff := missing("", c.want, plain(t, got, warnings)); diff != nil {
				t.Errorf("%s\n%s", c.sentence, strings.Join(diff, "\n"))
			}
		})
	}
}

type testCase struct {
	sentence   string
	definition []byte
	options    control.ImportOptions
	want       any
	faults     []string
	message    string
}

func readCase(t *testing.T, name string) testCase {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{sentence: string(archive.Comment), options: options(nil), want: map[string]any{}}
	if !strings.Contains(c.sentence, "Source: ") {
		t.Fatalf("%s does not name its source", name)
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "definition":
			c.definition = f.Data
		case "parameters":
			values, err := url.ParseQuery(strings.TrimSpace(string(f.Data)))
			if err != nil {
				t.Fatal(err)
			}
			c.options = options(values)
		case "want":
			if err := json.Unmarshal(f.Data, &c.want); err != nil {
				t.Fatalf("want: %v", err)
			}
		case "faults":
			c.faults = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		case "error":
			c.message = strings.TrimSuffix(string(f.Data), "\n")
		default:
			t.Fatalf("%s: unknown section %q", name, f.Name)
		}
	}
	return c
}

// options are those of an import into the API of the tests.
func options(parameters url.Values) control.ImportOptions {
	o := control.ImportOptions{
		Partition: "aws", Region: "eu-central-1", AccountID: "123456789012", APIID: "abcdefghij", Parameters: map[string]string{},
		Resources: 300,
	}
	for name := range parameters {
		o.Parameters[name] = parameters.Get(name)
	}
	return o
}

func wantRefused(t *testing.T, err error, message string) {
	t.Helper()
	refused, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if refused.Code != awserr.BadRequest {
		t.Errorf("code %s, want BadRequestException", refused.Code.Name)
	}
	if diff := cmp.Diff(message, refused.Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// plain is a definition as the cases write it: things by their names, schemas as the JSON that they are.
func plain(t *testing.T, d *apidef.Definition, warnings []string) any {
	t.Helper()
	models, methods := map[string]any{}, map[string]any{}
	validators, authorizers, responses := map[string]any{}, map[string]any{}, map[string]any{}
	paths := []string{}
	for _, r := range d.Resources {
		paths = append(paths, r.Path)
		if r.ID != "" || r.ParentID != "" || r.Path != "/" && !strings.HasSuffix(r.Path, "/"+r.PathPart) {
			t.Errorf("resource %+v", r)
		}
		for verb, m := range r.Methods {
			methods[verb+" "+r.Path] = m
		}
	}
	for _, m := range d.Models {
		models[m.Name] = map[string]any{
			"description": m.Description, "contentType": m.ContentType, "schema": json.RawMessage(m.Schema), "text": m.Schema,
		}
	}
	for _, v := range d.RequestValidators {
		validators[v.Name] = v
	}
	for _, a := range d.Authorizers {
		authorizers[a.Name] = a
	}
	for _, g := range d.GatewayResponses {
		responses[g.ResponseType] = g
	}
	documentation := map[string]any{}
	for _, p := range d.DocumentationParts {
		documentation[p.Location.String()] = json.RawMessage(p.Properties)
	}
	data, err := json.Marshal(map[string]any{
		"documentation": documentation,
		"restApi":       d.RestAPI, "paths": paths, "methods": methods, "models": models, "requestValidators": validators,
		"authorizers": authorizers, "gatewayResponses": responses, "warnings": warnings,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// missing tells what of want is not in got.
func missing(at string, want, got any) (out []string) {
	members, ok := want.(map[string]any)
	if !ok {
		if diff := cmp.Diff(want, got); diff != "" {
			out = append(out, fmt.Sprintf("%s (-want +got):\n%s", at, diff))
		}
		return out
	}
	have, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: got %v, want an object", at, got)}
	}
	for name, member := range members {
		out = append(out, missing(at+" › "+name, member, have[name])...)
	}
	return out
}

// TestPetStore imports the sample in the manner of the one that AWS's console offers, in both versions and languages:
// one definition comes of all four.
func TestPetStore(t *testing.T) {
	var first any
	for _, name := range []string{"petstore-swagger.json", "petstore-swagger.yaml", "petstore-oas30.json", "petstore-oas30.yaml"} {
		source, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		d, warnings, err := openapi.Importer{}.Parse(source, options(nil))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := plain(t, d, warnings)
		if first == nil {
			first = got
			if *update {
				var data bytes.Buffer
				encoder := json.NewEncoder(&data)
				encoder.SetEscapeHTML(false)
				encoder.SetIndent("", "  ")
				_ = encoder.Encode(got)
				if err := os.WriteFile("testdata/petstore.want.json", data.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile("testdata/petstore.want.json")
			if err != nil {
				t.Fatal(err)
			}
			var golden any
			if err := json.Unmarshal(want, &golden); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(golden, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			continue
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s differs from the first (-first +got):\n%s", name, diff)
		}
	}
}

func TestADefinitionOfTooManyPathsIsRefused(t *testing.T) {
	var document strings.Builder
	document.WriteString(`{"swagger": "2.0", "info": {"title": "Pets"}, "paths": {`)
	for i := range 150 {
		fmt.Fprintf(&document, `"/%d/x": {}, `, i)
	}
	for _, test := range []struct {
		last string
		want error
	}{
		{`"/0": {}}}`, nil},
		{`"/last": {}}}`, apidef.ErrTooManyResources},
	} {
		if _, _, err := (openapi.Importer{}).Parse([]byte(document.String()+test.last), options(nil)); !errors.Is(err, test.want) {
			t.Errorf("with %s: %v, want %v", test.last, err, test.want)
		}
	}
}

func FuzzImport(f *testing.F) {
	names, _ := filepath.Glob("testdata/*")
	for _, name := range names {
		if archive, err := txtar.ParseFile(name); err == nil && len(archive.Files) > 0 {
			for _, file := range archive.Files {
				f.Add(file.Data, "split")
			}
			continue
		}
		if source, err := os.ReadFile(name); err == nil {
			f.Add(source, "prepend")
		}
	}
	f.Add([]byte("swagger: '2.0'\npaths: &p {<<: *p, /a: {get: *p}}"), "")
	f.Fuzz(func(t *testing.T, source []byte, basePath string) {
		o := options(url.Values{"basepath": {basePath}})
		d, warnings, err := openapi.Importer{}.Parse(source, o)
		if err != nil && d == nil {
			refused, ok := errors.AsType[*awserr.Error](err)
			if !ok || refused.Message != "Invalid OpenAPI input." && !strings.HasPrefix(refused.Message, "Unable to parse API definition because of ") {
				t.Fatalf("an error that is not AWS's: %v", err)
			}
			return
		}
		for _, m := range d.Models {
			if !json.Valid([]byte(m.Schema)) {
				t.Errorf("model %s is no JSON: %s", m.Name, m.Schema)
			}
		}
		again, warned, failed := openapi.Importer{}.Parse(source, o)
		if diff := cmp.Diff([]any{d, warnings, err}, []any{again, warned, failed}); diff != "" {
			t.Errorf("read twice, two different answers:\n%s", diff)
		}
	})
}
