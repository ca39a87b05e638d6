package control

import (
	"context"
	"errors"
	"strings"

	"postern/internal/apidef"
	"postern/internal/store"
)

// WatchSubscriptions delivers every API key, every usage plan and who is in which, and from then on what changes, until ctx
// ends. Then, or when the store cannot be read, it closes the channel. Every revision of the store is delivered.
func (s *Source) WatchSubscriptions(ctx context.Context) (<-chan apidef.SubscriptionChanges, error) {
	revision, feed, err := s.follow(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.allSubscriptions(ctx, revision)
	if err != nil {
		return nil, err
	}
	out := make(chan apidef.SubscriptionChanges, 1)
	out <- all
	go func() {
		defer close(out)
		for {
			for batch := range feed {
				c, err := s.subscriptionsIn(ctx, batch)
				if err != nil || !sendSubscriptions(ctx, out, c) {
					return
				}
			}
			// The feed ended because this reader fell behind, or because ctx did.
			if revision, feed, err = s.follow(ctx); err != nil {
				return
			}
			if all, err = s.allSubscriptions(ctx, revision); err != nil || !sendSubscriptions(ctx, out, all) {
				return
			}
		}
	}()
	return out, nil
}

func sendSubscriptions(ctx context.Context, out chan<- apidef.SubscriptionChanges, c apidef.SubscriptionChanges) bool {
	select {
	case out <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

// allSubscriptions reads everything there is, as new as the revision or newer.
func (s *Source) allSubscriptions(ctx context.Context, revision int64) (apidef.SubscriptionChanges, error) {
	var c apidef.SubscriptionChanges
	err := s.store.View(ctx, func(tx store.Tx) error {
		c = apidef.SubscriptionChanges{Revision: revision, All: true}
		r := records{tx: tx}
		return errors.Join(
			scanAll(r, kindUsagePlan, func(at store.Scope, p *apidef.UsagePlan) {
				c.Plans = append(c.Plans, apidef.PlanChange{Scope: scopePair(at), Plan: *p})
			}),
			scanAll(r, kindUsagePlanKey, func(at store.Scope, k *planKey) {
				c.Subscriptions = append(c.Subscriptions, apidef.SubscriptionChange{Scope: scopePair(at), Subscription: k.subscription()})
			}),
			scanAll(r, kindAPIKey, func(at store.Scope, k *apiKey) {
				c.Keys = append(c.Keys, apidef.KeyChange{Scope: scopePair(at), Key: k.APIKey})
			}),
		)
	})
	return c, err
}

func scopePair(s store.Scope) apidef.Scope {
	return apidef.Scope{AccountID: s.Account, Region: s.Region}
}

func (k *planKey) subscription() apidef.Subscription {
	return apidef.Subscription{PlanID: k.PlanID, KeyID: k.KeyID, Joined: k.Joined}
}

// subscriptionsIn reads what a batch of changes says of keys and plans, as it is now.
func (s *Source) subscriptionsIn(ctx context.Context, batch []store.Change) (apidef.SubscriptionChanges, error) {
	var c apidef.SubscriptionChanges
	concerned := false
	for _, change := range batch {
		c.Revision = max(c.Revision, change.Revision)
		switch change.Key.Kind {
		case kindAPIKey, kindUsagePlan, kindUsagePlanKey, kindUsageGrant:
			concerned = true
		}
	}
	if !concerned {
		return c, nil
	}
	revision := c.Revision
	err := s.store.View(ctx, func(tx store.Tx) error {
		c = apidef.SubscriptionChanges{Revision: revision}
		for _, change := range batch {
			if err := addSubscription(&c, records{tx: tx, scope: change.Key.Scope}, change.Key); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// addSubscription adds what became of one document.
func addSubscription(c *apidef.SubscriptionChanges, r records, key store.Key) error {
	at := scopePair(r.scope)
	first, second, _ := strings.Cut(key.ID, "/")
	switch key.Kind {
	case kindAPIKey:
		k, err := getOrNone[apiKey](r, key)
		if err != nil {
			return err
		}
		if k == nil {
			k = &apiKey{APIKey: apidef.APIKey{ID: key.ID}}
		}
		c.Keys = append(c.Keys, apidef.KeyChange{Scope: at, Key: k.APIKey, Deleted: k.Value == ""})
	case kindUsagePlan:
		p, err := getOrNone[apidef.UsagePlan](r, key)
		if err != nil {
			return err
		}
		if p == nil {
			c.Plans = append(c.Plans, apidef.PlanChange{Scope: at, Plan: apidef.UsagePlan{ID: key.ID}, Deleted: true})
			return nil
		}
		c.Plans = append(c.Plans, apidef.PlanChange{Scope: at, Plan: *p})
	case kindUsagePlanKey:
		k, err := getOrNone[planKey](r, key)
		if err != nil {
			return err
		}
		change := apidef.SubscriptionChange{Scope: at, Subscription: apidef.Subscription{PlanID: first, KeyID: second}, Deleted: true}
		if k != nil {
			change.Subscription, change.Deleted = k.subscription(), false
		}
		c.Subscriptions = append(c.Subscriptions, change)
	case kindUsageGrant:
		keyID, _, _ := strings.Cut(second, "/")
		c.Granted = append(c.Granted, apidef.SubscriptionChange{Scope: at, Subscription: apidef.Subscription{PlanID: first, KeyID: keyID}})
	}
	return nil
}

// getOrNone is get; nil when there is no such document.
func getOrNone[T any](r records, key store.Key) (*T, error) {
	v, err := get[T](r, key.Kind, key.ID)
	if notFound(err) {
		return nil, nil //nolint:nilnil // absence is an answer here
	}
	return v, err
}
