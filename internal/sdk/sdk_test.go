package sdk_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"postern/internal/apidef"
	"postern/internal/sdk"
)

// shop is the API whose client is tested.
func shop() *apidef.Snapshot {
	return &apidef.Snapshot{
		RestAPI: apidef.RestAPI{Name: "Shop */ \n for \"pets\""},
		Resources: []*apidef.Resource{
			{Path: "/", Methods: map[string]*apidef.Method{"GET": {}}},
			{Path: "/pets", Methods: map[string]*apidef.Method{
				"GET": {OperationName: "ListPets", RequestParameters: map[string]bool{
					"method.request.querystring.kind": false, "method.request.multivaluequerystring.tag": false, "method.request.header.X-Trace": true,
				}},
				"POST": {OperationName: "create pet"},
			}},
			{Path: "/pets/{pet_id}", Methods: map[string]*apidef.Method{"GET": {RequestParameters: map[string]bool{"method.request.path.pet_id": true}}}},
			{Path: "/petsPet/{id}", Methods: map[string]*apidef.Method{"GET": {OperationName: "ListPets"}}},
			{Path: "/files/{proxy+}", Methods: map[string]*apidef.Method{"ANY": {}, "GET": {OperationName: "read"}}},
			{Path: "/2015", Methods: map[string]*apidef.Method{"GET": {}}},
		},
	}
}

func archive(t *testing.T, invokeURL string) []byte {
	t.Helper()
	body, err := sdk.JavaScript(shop(), sdk.Options{
		Stage: "prod", Region: "eu-central-1", InvokeURL: invokeURL, Version: "1.0.0", Created: time.Unix(1492661288, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// unzip writes an archive's files into a folder, and returns their names.
func unzip(t *testing.T, body []byte, folder string) []string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
		source, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(source)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// Source: public clients that AWS generated (the folder and the names of its files; the libraries that those bring along
// are part of Node and of browsers today).
func TestTheArchiveIsLaidOutLikeAWSs(t *testing.T) {
	body := archive(t, "https://abc.execute-api.eu-central-1.amazonaws.com/prod")
	want := []string{
		"apiGateway-js-sdk/README.md",
		"apiGateway-js-sdk/apigClient.js",
		"apiGateway-js-sdk/lib/apiGatewayCore/apiGatewayClient.js",
		"apiGateway-js-sdk/lib/apiGatewayCore/sigV4Client.js",
		"apiGateway-js-sdk/lib/apiGatewayCore/simpleHttpClient.js",
		"apiGateway-js-sdk/lib/apiGatewayCore/utils.js",
		"apiGateway-js-sdk/package.json",
	}
	folder := t.TempDir()
	names := unzip(t, body, folder)
	slices.Sort(names)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !bytes.Equal(body, archive(t, "https://abc.execute-api.eu-central-1.amazonaws.com/prod")) {
		t.Error("made twice, the archive differs")
	}
	readme, err := os.ReadFile(filepath.Join(folder, "apiGateway-js-sdk", "README.md"))
	if err != nil || !strings.Contains(string(readme), "| `petsGet`, `listPets` | `GET /pets` | `tag`, `kind`, `X-Trace` |\n") {
		t.Errorf("the README is %s (%v)", readme, err)
	}
}

// seen is what a server was asked.
type seen struct {
	Request string            `json:"request"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body,omitempty"`
	Signed  bool              `json:"signed,omitempty"`
}

// server answers what it sees. It answers 404 for what starts with /prod/missing or holds "lost".
func server(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		saw := seen{Request: r.Method + " " + r.RequestURI, Headers: map[string]string{}, Body: string(body)}
		for _, name := range []string{"X-Api-Key", "X-Trace", "X-More", "Content-Type", "Accept", "X-Amz-Security-Token"} {
			if v := r.Header.Get(name); v != "" {
				saw.Headers[name] = v
			}
		}
		if given := r.Header.Get("Authorization"); given != "" {
			saw.Signed = given == signature(t, r, body)
			if !saw.Signed {
				saw.Headers["Authorization"] = given
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.RequestURI, "lost") {
			w.WriteHeader(http.StatusNotFound)
		}
		_ = json.NewEncoder(w).Encode(saw)
	}))
	t.Cleanup(s.Close)
	return s
}

// signature is what the AWS SDK signs the request with.
func signature(t *testing.T, r *http.Request, body []byte) string {
	t.Helper()
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		t.Error(err)
	}
	address, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		t.Error(err)
	}
	address.Scheme, address.Host = "http", r.Host
	same := &http.Request{Method: r.Method, URL: address, Host: r.Host, Header: http.Header{}}
	credentials := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: r.Header.Get("X-Amz-Security-Token")}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, same, hex.EncodeToString(hash[:]), "execute-api", "eu-central-1", at); err != nil {
		t.Error(err)
	}
	return same.Header.Get("Authorization")
}

// node runs a script beside the client, and decodes the JSON that it prints.
func node(t *testing.T, invokeURL, script string) any {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed")
	}
	folder := t.TempDir()
	unzip(t, archive(t, invokeURL), folder)
	program := "const apigClientFactory = require('./apiGateway-js-sdk');\n" +
		"const print = v => console.log(JSON.stringify(v));\n(async () => {\n" + script + "\n})();\n"
	if err := os.WriteFile(filepath.Join(folder, "test.js"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), path, "test.js")
	command.Dir = folder
	var errors bytes.Buffer
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errors.String())
	}
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return v
}

// TestCalls runs the client in Node against a server that tells what it was asked. The names and arguments of the
// functions are AWS's: developer guide, "Use a JavaScript SDK generated by API Gateway for a REST API". Signatures are
// compared with those of the AWS SDK for Go.
func TestCalls(t *testing.T) {
	const keys = `accessKey: 'AKIDEXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'`
	tests := []struct{ name, config, call, want string }{
		{
			"the root", "", "rootGet()",
			`{"request": "GET /prod/", "headers": {"Accept": "application/json"}}`,
		},
		{
			"parameters go where the API declares them, lists as several",
			"", "petsGet({kind: 'big dog', tag: ['b', 'a&b'], 'X-Trace': '1', unknown: 'dropped'})",
			`{"request": "GET /prod/pets?kind=big%20dog&tag=a%26b&tag=b", "headers": {"Accept": "application/json", "X-Trace": "1"}}`,
		},
		{
			"the name of the operation is a name too [inferred]", "", "listPets({'X-Trace': '1'})",
			`{"request": "GET /prod/pets", "headers": {"Accept": "application/json", "X-Trace": "1"}}`,
		},
		{
			"an object is sent as JSON", "", "createPet({}, {name: 'Rex'})",
			`{"request": "POST /prod/pets", "headers": {"Accept": "application/json", "Content-Type": "application/json"}, "body": "{\"name\":\"Rex\"}"}`,
		},
		{
			"text is sent as it is, and headers may be added", "", "petsPost({}, 'Rex', {headers: {'content-type': 'text/plain', 'X-More': 'yes'}, queryParams: {dry: true}})",
			`{"request": "POST /prod/pets?dry=true", "headers": {"Accept": "application/json", "Content-Type": "text/plain", "X-More": "yes"}, "body": "Rex"}`,
		},
		{
			"an empty object is no body", "", "petsPost({}, {})",
			`{"request": "POST /prod/pets", "headers": {"Accept": "application/json"}}`,
		},
		{
			"path parameters are escaped", "", "petsPetIdGet({pet_id: 'a/b (c)*'})",
			`{"request": "GET /prod/pets/a%2Fb%20%28c%29%2A", "headers": {"Accept": "application/json"}}`,
		},
		{
			"a second path of the same name gets a number", "", "petsPetIdGet2({id: '7'})",
			`{"request": "GET /prod/petsPet/7", "headers": {"Accept": "application/json"}}`,
		},
		{
			"a greedy parameter spans segments; ANY has a function for each verb [inferred]", "", "filesProxyPut({proxy: 'a b/c'}, 'x')",
			`{"request": "PUT /prod/files/a%20b/c", "headers": {"Accept": "application/json", "Content-Type": "application/json"}, "body": "x"}`,
		},
		{
			"a name does not start with a digit [inferred]", "", "_2015Get()",
			`{"request": "GET /prod/2015", "headers": {"Accept": "application/json"}}`,
		},
		{
			"the API key", "apiKey: 'k1'", "rootGet()",
			`{"request": "GET /prod/", "headers": {"Accept": "application/json", "X-Api-Key": "k1"}}`,
		},
		{
			"a signature", keys, "rootGet()",
			`{"request": "GET /prod/", "headers": {"Accept": "application/json"}, "signed": true}`,
		},
		{
			"a signature over everything, with a session token", keys + ", sessionToken: 'tok/en==', apiKey: 'k1'",
			"filesProxyPost({proxy: 'ü b/c*(1)'}, {name: 'Rex ☃'}, {queryParams: {z: '1', a: ['x y', 'x+y', ''], A: '='}})",
			`{"request": "POST /prod/files/%C3%BC%20b/c%2A%281%29?A=%3D&a=&a=x%20y&a=x%2By&z=1",
			  "headers": {"Accept": "application/json", "Content-Type": "application/json", "X-Api-Key": "k1", "X-Amz-Security-Token": "tok/en=="},
			  "body": "{\"name\":\"Rex ☃\"}", "signed": true}`,
		},
		{
			"bytes are signed too", keys, "petsPost({}, new Uint8Array([104, 105]), {headers: {'Content-Type': 'image/png'}})",
			`{"request": "POST /prod/pets", "headers": {"Accept": "application/json", "Content-Type": "image/png"}, "body": "hi", "signed": true}`,
		},
	}
	var script strings.Builder // one process for all: starting one takes most of the time
	script.WriteString("const out = [];\n")
	for _, tt := range tests {
		script.WriteString("out.push((await apigClientFactory.newClient({" + tt.config + "})." + tt.call + ").data);\n")
	}
	answers, _ := node(t, server(t).URL+"/prod", script.String()+"print(out);").([]any)
	if len(answers) != len(tests) {
		t.Fatalf("%d answers to %d calls", len(answers), len(tests))
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, answers[i]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.call, diff)
			}
		})
	}
}

// TestAnswers: the members are those of the HTTP library in AWS's clients; that rejections are Errors is ours.
func TestAnswers(t *testing.T) {
	s := server(t)
	got := node(t, "https://elsewhere.invalid/dev", `
		const c = apigClientFactory.newClient({invokeUrl: '`+s.URL+`/'});
		const good = await c.rootGet();
		const lost = await c.petsPetIdGet({pet_id: 'lost'}).catch(e => e);
		const less = await c.petsGet({}).catch(e => e);
		print({
			good: [good.status, good.statusText, good.headers['content-type'], good.config.method],
			lost: [lost instanceof Error, lost.message, lost.status, lost.data.request, lost.response.status],
			less: [less instanceof Error, less.message],
			any: [typeof c.filesProxyAny, typeof c.filesProxyGet, typeof c.read],
		});`)
	want := map[string]any{
		"good": []any{200.0, "OK", "application/json", "GET"},
		"lost": []any{true, "Request failed with status code 404", 404.0, "GET /pets/lost", 404.0},
		"less": []any{true, "Missing required parameter: X-Trace"},
		"any":  []any{"undefined", "function", "function"},
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
