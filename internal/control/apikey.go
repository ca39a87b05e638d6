package control

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const (
	kindAPIKey = "apikey" // {id}
	// kindAPIKeyValue tells the id of the key that has a value.
	kindAPIKeyValue = "apikeyvalue" // {value}

	apiKeyIDLength    = 10
	apiKeyValueLength = 40
)

// apiKey is an API key as it is stored: with its place in the order in which keys were made.
type apiKey struct {
	apidef.APIKey
	Sequence int64 `json:"sequence"`
}

func (k *apiKey) position() string { return newestFirst(k.Sequence) }

// CreateAPIKey makes an API key, with a value of its own unless one is given. generateDistinctId is deprecated: the id is
// always distinct from the value. Recorded AWS answers: CreateApiKey.
func (c *Control) CreateAPIKey(ctx context.Context, call *wire.Call, in *apigateway.CreateAPIKeyRequest) (*apigateway.APIKey, error) {
	key := apidef.APIKey{
		Name: value(in.Name), Description: value(in.Description), CustomerID: value(in.CustomerID), Value: value(in.Value),
		Enabled: value(in.Enabled), Tags: in.Tags,
	}
	for _, stage := range in.StageKeys {
		key.StageKeys = append(key.StageKeys, value(stage.RestAPIID)+"/"+value(stage.StageName))
	}
	return publish(ctx, c, call, func(r records) (*apigateway.APIKey, error) {
		if err := key.Check(*c.options.Limits); err != nil {
			return nil, err
		}
		if err := apidef.CheckTags(nil, key.Tags, *c.options.Limits); err != nil {
			return nil, err
		}
		made, err := c.newAPIKey(r, key)
		if err != nil {
			return nil, err
		}
		return apiKeyAnswer(made, showValue, tagsWhenSet), nil
	})
}

// newAPIKey stores a checked key under an id of its own.
func (c *Control) newAPIKey(r records, key apidef.APIKey) (*apiKey, error) {
	n, err := r.count(kindAPIKey, "")
	if err != nil {
		return nil, err
	}
	if n >= c.options.Limits.APIKeys {
		return nil, awserr.LimitExceeded.Errorf("Maximum number of API Keys for this account has been reached.  Please contact AWS if you need additional API Keys.")
	}
	if key.Value == "" {
		key.Value = randomAPIKeyValue()
	}
	if _, err := get[string](r, kindAPIKeyValue, key.Value); !notFound(err) {
		if err != nil {
			return nil, err
		}
		return nil, apidef.ErrAPIKeyExists
	}
	if key.ID, err = c.newID(r, kindAPIKey, "", apiKeyIDLength); err != nil {
		return nil, err
	}
	key.CreatedDate = c.now()
	key.LastUpdatedDate = key.CreatedDate
	made := &apiKey{APIKey: key}
	if made.Sequence, err = r.nextSequence(kindAPIKey); err != nil {
		return nil, err
	}
	if err := put(r, kindAPIKeyValue, key.Value, &key.ID); err != nil {
		return nil, err
	}
	return made, put(r, kindAPIKey, key.ID, made)
}

// randomAPIKeyValue draws a secret of letters and digits, each equally likely.
func randomAPIKeyValue() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	secret := make([]byte, 0, apiKeyValueLength)
	for len(secret) < apiKeyValueLength {
		var random [64]byte
		_, _ = rand.Read(random[:]) // never fails
		for _, b := range random {
			if int(b) < 256/len(alphabet)*len(alphabet) && len(secret) < apiKeyValueLength {
				secret = append(secret, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(secret)
}

func (r records) apiKey(id string) (*apiKey, error) {
	return find[apiKey](r, kindAPIKey, id, apidef.ErrNoAPIKey)
}

// GetAPIKey answers one key; its value only on demand.
func (c *Control) GetAPIKey(ctx context.Context, call *wire.Call, in *apigateway.GetAPIKeyRequest) (*apigateway.APIKey, error) {
	return view(ctx, c, call, func(r records) (*apigateway.APIKey, error) {
		key, err := r.apiKey(in.APIKey)
		if err != nil {
			return nil, err
		}
		return apiKeyAnswer(key, value(in.IncludeValue), tagsWhenSet), nil
	})
}

// GetAPIKeys lists keys, the newest first: those whose name starts so, or that are of that customer.
// Recorded AWS answers: GetApiKeys.
func (c *Control) GetAPIKeys(ctx context.Context, call *wire.Call, in *apigateway.GetAPIKeysRequest) (*apigateway.APIKeys, error) {
	return view(ctx, c, call, func(r records) (*apigateway.APIKeys, error) {
		keys, err := list[apiKey](r, kindAPIKey, "")
		if err != nil {
			return nil, err
		}
		keys = slices.DeleteFunc(keys, func(k *apiKey) bool {
			return !strings.HasPrefix(k.Name, value(in.NameQuery)) || in.CustomerID != nil && k.CustomerID != *in.CustomerID
		})
		slices.SortFunc(keys, func(a, b *apiKey) int { return strings.Compare(a.position(), b.position()) })
		cut, next, err := page(keys, (*apiKey).position, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(k *apiKey) apigateway.APIKey { return *apiKeyAnswer(k, value(in.IncludeValues), tagsWhenSet) })
		return &apigateway.APIKeys{Items: items, Position: next}, nil
	})
}

// UpdateAPIKey patches a key. Its value cannot be changed, and is not answered.
func (c *Control) UpdateAPIKey(ctx context.Context, call *wire.Call, in *apigateway.UpdateAPIKeyRequest) (*apigateway.APIKey, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.APIKey, error) {
		key, err := r.apiKey(in.APIKey)
		if err != nil {
			return nil, err
		}
		patched, err := key.Patch(patchOperations(in.PatchOperations), *c.options.Limits)
		if err != nil {
			return nil, err
		}
		key.APIKey = *patched
		key.LastUpdatedDate = c.now()
		return apiKeyAnswer(key, hideValue, tagsAlways), put(r, kindAPIKey, key.ID, key)
	})
}

// DeleteAPIKey removes a key, and takes it out of its usage plans. Recorded AWS answer: GetUsagePlanKeys after it.
func (c *Control) DeleteAPIKey(ctx context.Context, call *wire.Call, in *apigateway.DeleteAPIKeyRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		key, err := r.apiKey(in.APIKey)
		if err != nil {
			return none, err
		}
		plans, err := r.plansOf(key.ID)
		if err != nil {
			return none, err
		}
		for _, plan := range plans {
			if err := r.detachKey(plan, key.ID); err != nil {
				return none, err
			}
			if err := r.dropUsage(plan+"/"+key.ID+"/", ""); err != nil {
				return none, err
			}
		}
		if err := r.delete(kindAPIKeyValue, key.Value); err != nil {
			return none, err
		}
		return none, r.delete(kindAPIKey, key.ID)
	})
	return err
}

// Whether an answer shows a key's value.
const (
	showValue = true
	hideValue = false
)

func apiKeyAnswer(k *apiKey, withValue, showTags bool) *apigateway.APIKey {
	out := &apigateway.APIKey{
		ID:              &k.ID,
		Name:            optional(k.Name),
		CustomerID:      optional(k.CustomerID),
		Description:     optional(k.Description),
		Enabled:         &k.Enabled,
		CreatedDate:     new(wire.Timestamp(k.CreatedDate)),
		LastUpdatedDate: new(wire.Timestamp(k.LastUpdatedDate)),
		StageKeys:       append([]string{}, k.StageKeys...),
		Tags:            tagsOf(k.Tags, showTags),
	}
	if withValue {
		out.Value = &k.Value
	}
	return out
}
