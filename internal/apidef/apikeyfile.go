package apidef

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// ImportedKey is one row of an API key file.
type ImportedKey struct {
	APIKey
	UsagePlanIDs []string
	Row          int // counted from 1, the header being row 1
}

// ReadAPIKeyFile reads a file of API keys: CSV with a header row, whose columns may stand in any order. Name and Key must
// be there; Description, Enabled (default true) and UsagePlanIds may be; others are ignored. Several plans stand in quotes,
// double or single. It checks no value.
// Source: developer guide, "API Gateway API key file format" and "Create, configure, and test usage plans using the API
// Gateway CLI and REST API" (single quotes); the texts of the refusals are inferred.
func ReadAPIKeyFile(file []byte) ([]ImportedKey, error) {
	rows := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	rows.FieldsPerRecord = -1
	rows.TrimLeadingSpace = true
	header, err := rows.Read()
	if err != nil {
		return nil, awserr.BadRequest.Errorf("Invalid API Key file, must be CSV with a header row")
	}
	columns := make(map[string]int, len(header))
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, required := range []string{"name", "key"} {
		if _, ok := columns[required]; !ok {
			return nil, awserr.BadRequest.Errorf("Invalid API Key file, the column '%s' is required", required)
		}
	}
	var keys []ImportedKey
	for number := 2; ; number++ {
		row, err := rows.Read()
		if err == io.EOF {
			return keys, nil
		}
		if err != nil {
			return nil, awserr.BadRequest.Errorf("Invalid API Key file, row %d is not CSV", number)
		}
		keys = append(keys, readAPIKeyRow(columns, row, number))
	}
}

// joinSinglyQuoted puts a list in single quotes, which CSV took apart, together again: from the field at i to the one that
// ends in a quote. A row without such a list is as it was.
func joinSinglyQuoted(row []string, i int) []string {
	for end := i; end < len(row); end++ {
		list, quoted := strings.CutPrefix(strings.TrimSpace(strings.Join(row[i:end+1], ",")), "'")
		if !quoted {
			break
		}
		if list, closed := strings.CutSuffix(list, "'"); closed {
			return slices.Concat(row[:i], []string{list}, row[end+1:])
		}
	}
	return row
}

func readAPIKeyRow(columns map[string]int, row []string, number int) ImportedKey {
	if i, ok := columns["usageplanids"]; ok {
		row = joinSinglyQuoted(row, i)
	}
	field := func(name string) string {
		i, ok := columns[name]
		if !ok || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	key := ImportedKey{Row: number, APIKey: APIKey{
		Name: field("name"), Value: field("key"), Description: field("description"),
		Enabled: field("enabled") == "" || strings.EqualFold(field("enabled"), "true"),
	}}
	for id := range strings.SplitSeq(field("usageplanids"), ",") {
		if id = strings.TrimSpace(id); id != "" {
			key.UsagePlanIDs = append(key.UsagePlanIDs, id)
		}
	}
	return key
}
