package mock

import (
	"testing"

	"postern/java"
	"postern/jsonpath"
)

func TestStatusCode(t *testing.T) {
	tests := []struct {
		text     string
		want     int // 0: none
		evidence string
	}{
		{`{statusCode: 200}`, 200, "recorded AWS answer"},
		{`{"statusCode": 200}`, 200, "recorded AWS answer"},
		{" {\r\n\t\"statusCode\" : 404\n}\n", 404, "JSON"},
		{`{'statusCode': 200, '': ''}`, 200, "observed by an emulator's authors"},
		{`{"statusCode": 200 , }`, 200, "observed by an emulator's authors"},
		{`{"statusCode": 200 ,, }`, 200, "observed by an emulator's authors"},
		{`{"other": 1, "statusCode": 201}`, 201, "JSON"},
		{`{"statusCode": "200"}`, 0, "observed by an emulator's authors"},
		{`{"statusCode": 200.5}`, 0, "an integer is asked for"},
		{`{"statusCode": }`, 0, "no value"},
		{`"statusCode": 200`, 0, "observed by an emulator's authors: no braces"},
		{`{"statusCode: 200}`, 0, "observed by an emulator's authors: quotes do not match"},
		{`{}`, 0, "no statusCode"},
		{`[200]`, 0, "no object"},
		{``, 0, "nothing"},
		{`{"statusCode": 99999999999999999999}`, 0, "no status"},
	}
	for _, tt := range tests {
		got, ok := statusCode([]byte(tt.text))
		if got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%s: %d, %v; want %d (%s)", tt.text, got, ok, tt.want, tt.evidence)
		}
	}
}

// The short way must agree with the long one wherever it says anything.
func FuzzPlainStatusCode(f *testing.F) {
	f.Add(`{"statusCode": 200}`)
	f.Add(`{statusCode:0200}`)
	f.Fuzz(func(t *testing.T, text string) {
		status, ok := plainStatusCode([]byte(text))
		if !ok {
			return
		}
		root, err := jsonpath.Parse(text)
		if err != nil {
			t.Fatalf("%q: %d, but %v", text, status, err)
		}
		m, _ := root.(*java.Map)
		if v, _ := m.GetString("statusCode"); java.String(v) != java.String(java.Int(int64(status))) {
			t.Fatalf("%q: %d, but %v", text, status, v)
		}
	})
}
