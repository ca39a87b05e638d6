package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// ImportAPIKeys makes the keys of a CSV file. A row with a value that is there already changes that key. A row that
// cannot be imported, and a usage plan that cannot take a key, is a warning; with failonwarnings it takes back the whole
// import. The texts of the warnings are inferred.
// Source: API Gateway API reference, ImportApiKeys; developer guide, "API Gateway API key file format".
func (c *Control) ImportAPIKeys(ctx context.Context, call *wire.Call, in *apigateway.ImportAPIKeysRequest) (*apigateway.APIKeyIDs, error) {
	rows, err := apidef.ReadAPIKeyFile(in.Body)
	if err != nil {
		return nil, err
	}
	return publish(ctx, c, call, func(r records) (*apigateway.APIKeyIDs, error) {
		out := &apigateway.APIKeyIDs{IDs: []string{}}
		for _, row := range rows {
			if err := c.importRow(r, row, out); err != nil {
				return nil, err
			}
		}
		if value(in.FailOnWarnings) && len(out.Warnings) > 0 {
			return nil, awserr.BadRequest.Errorf("Warnings found during import:\n\t%s", strings.Join(out.Warnings, "\n\t"))
		}
		return out, nil
	})
}

// importRow makes or changes one key, and puts it into its usage plans.
func (c *Control) importRow(r records, row apidef.ImportedKey, out *apigateway.APIKeyIDs) error {
	warn := func(err error, doing string) error {
		refusal, ok := errors.AsType[*awserr.Error](err)
		if ok {
			out.Warnings = append(out.Warnings, fmt.Sprintf("Unable to %s in row %d: %s", doing, row.Row, refusal.Message))
			return nil
		}
		return err
	}
	id, err := c.importAPIKey(r, row)
	if err != nil {
		return warn(err, "import API Key")
	}
	out.IDs = append(out.IDs, id)
	for _, plan := range row.UsagePlanIDs {
		attached, err := r.isAttached(plan, id)
		if err == nil && !attached {
			err = c.attachKey(r, plan, id)
		}
		if err := warn(err, "add API Key to usage plan "+plan); err != nil {
			return err
		}
	}
	return nil
}

// importAPIKey makes or changes one key. It writes nothing when it refuses.
func (c *Control) importAPIKey(r records, row apidef.ImportedKey) (id string, err error) {
	if row.Value == "" {
		return "", awserr.BadRequest.Errorf("API Key value should be at least %d characters", c.options.Limits.APIKeyValueShortest)
	}
	if err := row.Check(*c.options.Limits); err != nil {
		return "", err
	}
	known, err := get[string](r, kindAPIKeyValue, row.Value)
	if notFound(err) {
		key, err := c.newAPIKey(r, row.APIKey)
		if err != nil {
			return "", err
		}
		return key.ID, nil
	}
	if err != nil {
		return "", err
	}
	return *known, c.overwriteAPIKey(r, *known, row.APIKey)
}

func (c *Control) overwriteAPIKey(r records, id string, with apidef.APIKey) error {
	key, err := r.apiKey(id)
	if err != nil {
		return err
	}
	key.Name, key.Description, key.Enabled, key.LastUpdatedDate = with.Name, with.Description, with.Enabled, c.now()
	return put(r, kindAPIKey, id, key)
}
