package openapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The keys stand as exports have them. Sources: recorded AWS answers (GetExport), the first two; the rest are exports in the
// developer guide: "OpenAPI definitions of sample API integrated with a Lambda function", "OpenAPI definitions of the
// sample API as an Amazon S3 proxy" and "... as a Kinesis proxy".
func TestKeysHaveTheOrderOfExports(t *testing.T) {
	tests := []struct {
		name  string
		order func(map[string]bool) []string
		keys  []string
	}{
		{"models", hashed[bool], []string{"Pets", "Empty", "NewPetResponse", "Pet", "NewPet", "PetType"}},
		{"query parameters", packed[bool], []string{"method.request.querystring.type", "method.request.querystring.page"}},
		{"headers", hashed[bool], []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"}},
		{"mapped headers", hashed[bool], []string{
			"method.response.header.operator", "method.response.header.operand_2", "method.response.header.operand_1",
		}},
		{"integration responses", hashed[bool], []string{`4\d{2}`, "default", `5\d{2}`}},
		{"path parameters in one place of the table", packed[bool], []string{
			"method.request.path.operand2", "method.request.path.operator", "method.request.path.operand1",
		}},
		{"query parameters in one place of the table", packed[bool], []string{
			"method.request.querystring.operand2", "method.request.querystring.operator", "method.request.querystring.operand1",
		}},
		{"a header and path parameters", packed[bool], []string{
			"method.request.header.Content-Type", "method.request.path.item", "method.request.path.folder",
		}},
		{"a path parameter and a header", packed[bool], []string{"method.request.path.stream-name", "method.request.header.Shard-Iterator"}},
		{"a path and a query parameter", packed[bool], []string{"method.request.path.stream-name", "method.request.querystring.shard-id"}},
		{"none", hashed[bool], nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := make(map[string]bool)
			for _, key := range test.keys {
				set[key] = true
			}
			if diff := cmp.Diff(test.keys, test.order(set)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A table has room for twelve keys before it doubles, and twelve stand in a table of sixteen.
func TestTablesDoubleAtThreeQuarters(t *testing.T) {
	for _, test := range []struct{ size, n, want int }{{16, 0, 16}, {16, 12, 16}, {16, 13, 32}, {16, 25, 64}, {4, 3, 4}, {4, 4, 8}, {4, 7, 16}} {
		if got := tableSize(test.size, test.n); got != test.want {
			t.Errorf("tableSize(%d, %d) = %d, want %d", test.size, test.n, got, test.want)
		}
	}
}
