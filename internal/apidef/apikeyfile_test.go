package apidef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Source: developer guide, "API Gateway API key file format"; refusals inferred.
func TestReadAPIKeyFile(t *testing.T) {
	for _, c := range []struct {
		sentence, file string
		want           []ImportedKey
		refusal        string
	}{
		{
			sentence: "the guide's example",
			file: "Name,key,description,Enabled,usageplanIds\n" +
				"MyFirstApiKey,apikey1234abcdefghij0123456789,An imported key,TRUE,c7y23b\n",
			want: []ImportedKey{{Row: 2, UsagePlanIDs: []string{"c7y23b"}, APIKey: APIKey{
				Name: "MyFirstApiKey", Value: "apikey1234abcdefghij0123456789", Description: "An imported key", Enabled: true,
			}}},
		},
		{
			sentence: "several plans are quoted; the columns stand in any order, their names in any case",
			file:     "KEY,USAGEPLANIDS,NAME,other,enabled\nk,\"p1, p2\",n,x,false\n",
			want:     []ImportedKey{{Row: 2, UsagePlanIDs: []string{"p1", "p2"}, APIKey: APIKey{Name: "n", Value: "k"}}},
		},
		{
			sentence: `the guide's import into a plan, and its list in single quotes ("Create, configure, and test usage plans")`,
			file: "key,name, description, enabled, usageplanIds\n" +
				"abcdef1234ghijklmnop8901234567, importedKey_1, firstone,  tRuE, n371pt \n" +
				"abcdef1234ghijklmnop9012345678, importedKey_3,          , true, 'n371pt,m282qs'\n",
			want: []ImportedKey{
				{Row: 2, UsagePlanIDs: []string{"n371pt"}, APIKey: APIKey{
					Name: "importedKey_1", Value: "abcdef1234ghijklmnop8901234567", Description: "firstone", Enabled: true,
				}},
				{Row: 3, UsagePlanIDs: []string{"n371pt", "m282qs"}, APIKey: APIKey{
					Name: "importedKey_3", Value: "abcdef1234ghijklmnop9012345678", Enabled: true,
				}},
			},
		},
		{
			sentence: "columns behind a list in single quotes stay where they are; a quote alone is text",
			file:     "usageplanids,name,key\n'p1, p2' ,n,k1\n'p1,n,k2\n",
			want: []ImportedKey{
				{Row: 2, UsagePlanIDs: []string{"p1", "p2"}, APIKey: APIKey{Name: "n", Value: "k1", Enabled: true}},
				{Row: 3, UsagePlanIDs: []string{"'p1"}, APIKey: APIKey{Name: "n", Value: "k2", Enabled: true}},
			},
		},
		{
			sentence: "a key is enabled unless the file says otherwise",
			file:     "name,key,enabled\na,k1,\nb,k2\n",
			want: []ImportedKey{
				{Row: 2, APIKey: APIKey{Name: "a", Value: "k1", Enabled: true}},
				{Row: 3, APIKey: APIKey{Name: "b", Value: "k2", Enabled: true}},
			},
		},
		{
			sentence: "a byte order mark is no part of the first name",
			file:     "\xef\xbb\xbfname,key\na,k\n",
			want:     []ImportedKey{{Row: 2, APIKey: APIKey{Name: "a", Value: "k", Enabled: true}}},
		},
		{sentence: "a header alone imports nothing", file: "name,key\n"},
		{
			sentence: "an empty file", file: "",
			refusal: "BadRequestException: Invalid API Key file, must be CSV with a header row",
		},
		{
			sentence: "a file without keys", file: "name,description\n",
			refusal: "BadRequestException: Invalid API Key file, the column 'key' is required",
		},
		{
			sentence: "a quote that does not end", file: "name,key\n\"a,k\n",
			refusal: "BadRequestException: Invalid API Key file, row 2 is not CSV",
		},
	} {
		got, err := ReadAPIKeyFile([]byte(c.file))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sentence, diff)
		}
		refusal := ""
		if err != nil {
			refusal = err.Error()
		}
		if refusal != c.refusal {
			t.Errorf("%s: refusal %q, want %q", c.sentence, refusal, c.refusal)
		}
	}
}

// FuzzReadAPIKeyFile: any bytes are read or refused, and every key comes from a row behind the header.
func FuzzReadAPIKeyFile(f *testing.F) {
	f.Add([]byte("Name,key,description,Enabled,usageplanIds\nMyFirstApiKey,apikey1234abcdefghij0123456789,An imported key,TRUE,c7y23b\n"))
	f.Add([]byte("usageplanids,name,key\n'p1, p2',n,k\n',',\n"))
	f.Add([]byte("key,name\n\"a\nb\",c,d\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		keys, err := ReadAPIKeyFile(file)
		if err != nil && keys != nil {
			t.Fatalf("refused, and yet %d keys", len(keys))
		}
		for i, key := range keys {
			if key.Row != i+2 {
				t.Fatalf("key %d is of row %d", i, key.Row)
			}
		}
	})
}
