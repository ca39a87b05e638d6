package control

import (
	"context"
	"slices"
	"strings"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const (
	kindUsagePlanKey = "usageplankey" // {plan}/{key}
	// kindKeyUsagePlan holds the plans of a key, the other way round than kindUsagePlanKey.
	kindKeyUsagePlan = "keyusageplan" // {key}/{plan}

	keyTypeAPIKey = "API_KEY"
)

// planKey is an API key's place in a usage plan.
type planKey struct {
	PlanID   string `json:"usagePlanId"`
	KeyID    string `json:"keyId"`
	Sequence int64  `json:"sequence"` // in the order in which keys joined plans
	// Joined is in seconds since the epoch: an offset of the plan's quota counts in the period that it falls into.
	Joined int64 `json:"joined,omitempty"`
}

func (k *planKey) position() string { return newestFirst(k.Sequence) }

// errNoUsagePlanKey is the answer where a key is not in a plan; the text is that of public emulators.
var errNoUsagePlanKey = awserr.NotFound.Errorf("Invalid Usage Plan Key identifier specified")

// CreateUsagePlanKey puts an API key into a usage plan.
func (c *Control) CreateUsagePlanKey(ctx context.Context, call *wire.Call, in *apigateway.CreateUsagePlanKeyRequest) (*apigateway.UsagePlanKey, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.UsagePlanKey, error) {
		if _, err := r.usagePlan(in.UsagePlanID); err != nil {
			return nil, err
		}
		if value(in.KeyType) != keyTypeAPIKey {
			return nil, awserr.BadRequest.Errorf("Invalid key type specified. Valid options are API_KEY") // inferred
		}
		key, err := r.apiKey(value(in.KeyID))
		if err != nil {
			return nil, err
		}
		attached, err := r.isAttached(in.UsagePlanID, key.ID)
		if err != nil {
			return nil, err
		}
		if attached {
			return nil, awserr.Conflict.Errorf("Usage Plan Key %s already exists in Usage Plan %s", key.ID, in.UsagePlanID) // inferred
		}
		if err := c.attachKey(r, in.UsagePlanID, key.ID); err != nil {
			return nil, err
		}
		return new(usagePlanKeyAnswer(key)), nil
	})
}

func (r records) isAttached(plan, key string) (bool, error) {
	_, err := r.tx.Get(r.key(kindUsagePlanKey, plan+"/"+key))
	if notFound(err) {
		return false, nil
	}
	return err == nil, err
}

// attachKey puts a key into a plan that it is not in yet, unless that would give it two plans for one stage. It writes
// nothing when it refuses.
func (c *Control) attachKey(r records, plan, key string) error {
	p, err := r.usagePlan(plan)
	if err != nil {
		return err
	}
	plans, err := r.plansOf(key)
	if err != nil {
		return err
	}
	if len(plans) >= c.options.Limits.UsagePlansPerKey {
		return awserr.LimitExceeded.Errorf("Maximum number of Usage Plans for this API Key has been reached.  Please contact AWS if you need additional Usage Plans.")
	}
	if err := r.checkStagesOfKey(p, key, plans); err != nil {
		return err
	}
	sequence, err := r.nextSequence(kindUsagePlanKey)
	if err != nil {
		return err
	}
	place := &planKey{PlanID: plan, KeyID: key, Sequence: sequence, Joined: c.now()}
	if err := put(r, kindUsagePlanKey, plan+"/"+key, place); err != nil {
		return err
	}
	return put(r, kindKeyUsagePlan, key+"/"+plan, place)
}

// checkStagesOfKey refuses a plan for a key that another of its plans covers a stage of the plan for already.
// Source: developer guide, "Usage plans and API keys for REST APIs in API Gateway"; the text is inferred.
func (r records) checkStagesOfKey(plan *apidef.UsagePlan, key string, plans []string) error {
	for _, id := range plans {
		if id == plan.ID {
			continue
		}
		other, err := r.usagePlan(id)
		if err != nil {
			return err
		}
		for _, stage := range plan.APIStages {
			if slices.ContainsFunc(other.APIStages, func(s apidef.APIStage) bool { return s.String() == stage.String() }) {
				return awserr.Conflict.Errorf("Usage Plan %s cannot be added because API Key %s cannot reference multiple Usage Plans with the same API stage: %s", plan.ID, key, stage)
			}
		}
	}
	return nil
}

// checkKeysOf refuses a change that gives one of a plan's keys two plans for one stage.
func (r records) checkKeysOf(plan *apidef.UsagePlan) error {
	if len(plan.APIStages) == 0 {
		return nil
	}
	keys, err := list[planKey](r, kindUsagePlanKey, plan.ID+"/")
	if err != nil {
		return err
	}
	for _, key := range keys {
		plans, err := r.plansOf(key.KeyID)
		if err != nil {
			return err
		}
		if err := r.checkStagesOfKey(plan, key.KeyID, plans); err != nil {
			return err
		}
	}
	return nil
}

// plansOf are the ids of the plans that a key is in.
func (r records) plansOf(key string) ([]string, error) {
	places, err := list[planKey](r, kindKeyUsagePlan, key+"/")
	return answers(places, func(k *planKey) string { return k.PlanID }), err
}

// detachKey takes a key out of a plan.
func (r records) detachKey(plan, key string) error {
	if err := r.delete(kindUsagePlanKey, plan+"/"+key); err != nil {
		return err
	}
	return r.delete(kindKeyUsagePlan, key+"/"+plan)
}

// GetUsagePlanKey answers a key of a plan, with its value.
func (c *Control) GetUsagePlanKey(ctx context.Context, call *wire.Call, in *apigateway.GetUsagePlanKeyRequest) (*apigateway.UsagePlanKey, error) {
	return view(ctx, c, call, func(r records) (*apigateway.UsagePlanKey, error) {
		if _, err := r.usagePlan(in.UsagePlanID); err != nil {
			return nil, err
		}
		if _, err := find[planKey](r, kindUsagePlanKey, in.UsagePlanID+"/"+in.KeyID, errNoUsagePlanKey); err != nil {
			return nil, err
		}
		key, err := r.apiKey(in.KeyID)
		if err != nil {
			return nil, err
		}
		return new(usagePlanKeyAnswer(key)), nil
	})
}

// GetUsagePlanKeys lists the keys of a plan, the one that joined last first: those whose name starts so. An unknown plan
// has none. Recorded AWS answers: GetUsagePlanKeys.
func (c *Control) GetUsagePlanKeys(ctx context.Context, call *wire.Call, in *apigateway.GetUsagePlanKeysRequest) (*apigateway.UsagePlanKeys, error) {
	return view(ctx, c, call, func(r records) (*apigateway.UsagePlanKeys, error) {
		places, err := list[planKey](r, kindUsagePlanKey, in.UsagePlanID+"/")
		if err != nil {
			return nil, err
		}
		slices.SortFunc(places, func(a, b *planKey) int { return strings.Compare(a.position(), b.position()) })
		type placed struct {
			*apiKey
			place *planKey
		}
		var keys []placed
		for _, place := range places {
			key, err := r.apiKey(place.KeyID)
			if err != nil {
				return nil, err
			}
			if strings.HasPrefix(key.Name, value(in.NameQuery)) {
				keys = append(keys, placed{key, place})
			}
		}
		cut, next, err := page(keys, func(k placed) string { return k.place.position() }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(k placed) apigateway.UsagePlanKey { return usagePlanKeyAnswer(k.apiKey) })
		return &apigateway.UsagePlanKeys{Items: items, Position: next}, nil
	})
}

// DeleteUsagePlanKey takes a key out of a plan; the key stays.
func (c *Control) DeleteUsagePlanKey(ctx context.Context, call *wire.Call, in *apigateway.DeleteUsagePlanKeyRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		if _, err := r.usagePlan(in.UsagePlanID); err != nil {
			return none, err
		}
		if _, err := find[planKey](r, kindUsagePlanKey, in.UsagePlanID+"/"+in.KeyID, errNoUsagePlanKey); err != nil {
			return none, err
		}
		return none, r.detachKey(in.UsagePlanID, in.KeyID)
	})
	return err
}

func usagePlanKeyAnswer(k *apiKey) apigateway.UsagePlanKey {
	return apigateway.UsagePlanKey{ID: &k.ID, Type: new(keyTypeAPIKey), Value: &k.Value, Name: optional(k.Name)}
}
