package apidef

// Scope is the account and the region that something belongs to.
type Scope struct{ AccountID, Region string }

// Subscription is an API key's place in a usage plan.
type Subscription struct {
	PlanID, KeyID string
	// Joined is when the key was put into the plan, in seconds since the epoch; zero when that is not known.
	Joined int64
}

// SubscriptionChanges tells a gateway node of API keys, usage plans, and who is in which.
type SubscriptionChanges struct {
	// Revision is the store's revision that these changes bring the reader to.
	Revision int64
	// All says that these are all there are: whatever else the reader holds is gone.
	All           bool
	Keys          []KeyChange
	Plans         []PlanChange
	Subscriptions []SubscriptionChange
	// Granted are subscriptions whose quota UpdateUsage changed.
	Granted []SubscriptionChange
}

// KeyChange is an API key as it is now. Of a deleted one there is the id only.
type KeyChange struct {
	Scope   Scope
	Key     APIKey
	Deleted bool
}

// PlanChange is a usage plan as it is now. Of a deleted one there is the id only.
type PlanChange struct {
	Scope   Scope
	Plan    UsagePlan
	Deleted bool
}

// SubscriptionChange is a key's place in a plan as it is now.
type SubscriptionChange struct {
	Scope        Scope
	Subscription Subscription
	Deleted      bool
}
