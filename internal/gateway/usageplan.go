package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postern/internal/apidef"
	"postern/internal/eventloop"
	"postern/internal/gateway/apikey"
	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
	"postern/internal/gateway/program"
	"postern/internal/gateway/throttle"
)

// usagePlanCheck is step 4: who calls by which API key, and what its usage plan leaves.
type usagePlanCheck struct {
	traffic *Traffic
	// fromAuthorizer tells that the API's key source is AUTHORIZER.
	fromAuthorizer bool
	apiID, stage   string
	// names are what the method goes by in usage plans, the most special first.
	names verbs[[]string]
}

// apiKeyHeader is where clients send their key. Source: developer guide, "Choose an API key source in API Gateway".
const apiKeyHeader = "x-api-key"

// fromAuthorizer is the apiKeySource for keys that an authorizer names.
const fromAuthorizer = "AUTHORIZER"

// readyTimeout bounds how long a request waits for the keys of a node that has just started.
const readyTimeout = 10 * time.Second

// usagePlan compiles the check. A method without apiKeyRequired admits everybody, and what a client sends as a key counts
// nowhere.
func (p *pipeline) usagePlan(d *program.Definition) Step {
	if !d.Method.APIKeyRequired {
		return notRequired
	}
	c := &usagePlanCheck{
		traffic: &p.traffic, fromAuthorizer: d.Snapshot.RestAPI.APIKeySource == fromAuthorizer,
		apiID: d.Snapshot.RestAPI.ID, stage: d.Stage.StageName,
	}
	c.names = forVerbs(d, func(verb string) []string {
		names := []string{d.Resource.Path + "/" + verb}
		if verb != d.Method.HTTPMethod {
			names = append(names, d.Resource.Path+"/"+d.Method.HTTPMethod)
		}
		return append(names, d.Resource.Path+"/*", "/*/*")
	})
	return c.check
}

// callersKey is the step before the Lambda authorizer of a method that requires a key: a function that is given the request
// sees whose key it carries, one that is given a token does not. Whether that lets the request in is found out by check.
// Source: developer guide, "Input to an Amazon API Gateway Lambda authorizer", for identity.apiKey; public reports for apiKeyId.
func (p *pipeline) callersKey(d *program.Definition) []Step {
	if p.traffic.Keys == nil || !d.Method.APIKeyRequired || d.Method.AuthorizationType != apidef.AuthCustom ||
		d.Snapshot.RestAPI.APIKeySource == fromAuthorizer {
		return nil
	}
	if def := authorizerOf(d); def == nil || def.Type != apidef.RequestAuthorizer {
		return nil
	}
	c := &usagePlanCheck{traffic: &p.traffic}
	return []Step{c.show}
}

// show fills in the key that a client sent, if there is such a key.
func (c *usagePlanCheck) show(ctx context.Context, x *message.Exchange) error {
	value := c.value(x)
	if value == "" {
		return nil
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	if key, ok := c.traffic.Keys.Find(x.AccountID, x.Region, value); ok && key.Enabled {
		x.Identity.APIKey, x.Identity.APIKeyID = key.Value, key.ID
	}
	return nil
}

// notRequired says so in the log. Source of the lines: knowledge center, "How do I use API Gateway logs ...".
func notRequired(_ context.Context, x *message.Exchange) error {
	if x.Trace.On() {
		verifying(x, "")
		x.Trace.Addf("API Key  authorized because method '%s %s' does not require API Key. Request will not contribute to throttle or quota limits",
			x.MethodHTTP, x.ResourcePath)
		x.Trace.Addf("Usage Plan check succeeded for API Key  and API Stage %s/%s", x.APIID, x.Stage)
	}
	return nil
}

func verifying(x *message.Exchange, key string) {
	x.Trace.Addf("Verifying Usage Plan for request: %s. API Key: %s API Stage: %s/%s", x.RequestID, observe.Masked(key), x.APIID, x.Stage)
}

// check finds the key and takes what the request costs it: a token, then a request of the quota, so that a request which
// is throttled does not count (inferred).
func (c *usagePlanCheck) check(ctx context.Context, x *message.Exchange) error {
	value := c.value(x)
	if x.Trace.On() {
		verifying(x, value)
	}
	admission, err := c.admit(ctx, x, value)
	if err != nil {
		return err
	}
	now := c.traffic.now(x)
	if l := admission.Throttle(now, c.names.of(x.Request.Method)); l != nil {
		return c.overThrottle(x, &admission, l)
	}
	left, err := admission.Count(ctx, now)
	if err != nil {
		// AWS lets such requests through. Source: knowledge center, "How do I use API Gateway logs ...".
		x.Trace.Addf("Usage Plan check failed due to an internal error")
	}
	if !left {
		return c.overQuota(x, &admission)
	}
	if x.Trace.On() {
		x.Trace.Addf("Usage Plan check succeeded for API Key %s and API Stage %s/%s", observe.Masked(value), x.APIID, x.Stage)
	}
	return nil
}

// value is the key that the request counts on; of several headers the last one, as everywhere.
func (c *usagePlanCheck) value(x *message.Exchange) string {
	if !c.fromAuthorizer {
		value, _ := x.Request.Header.GetFold(apiKeyHeader)
		return value
	}
	if x.Authorizer == nil {
		return ""
	}
	return x.Authorizer.UsageIdentifierKey
}

// admit finds the key and the plan that lets it in.
func (c *usagePlanCheck) admit(ctx context.Context, x *message.Exchange, value string) (apikey.Admission, error) {
	if value == "" || c.traffic.Keys == nil {
		return apikey.Admission{}, c.invalid(x, value, "requires API Key")
	}
	if err := c.ready(ctx); err != nil {
		return apikey.Admission{}, err
	}
	key, ok := c.traffic.Keys.Find(x.AccountID, x.Region, value)
	switch {
	case !ok:
		return apikey.Admission{}, c.invalid(x, value, "requires API Key and API Key is not found")
	case !key.Enabled:
		return apikey.Admission{}, c.invalid(x, value, "requires API Key and API Key is not enabled")
	}
	admission, ok := c.traffic.Keys.Admission(key, c.apiID, c.stage)
	if !ok {
		return apikey.Admission{}, c.invalid(x, value, "requires API Key and API Key is not associated with a usage plan for API Stage "+
			x.APIID+"/"+x.Stage+": No Usage Plan found for key and API Stage")
	}
	x.Identity.APIKey, x.Identity.APIKeyID = key.Value, key.ID
	return admission, nil
}

// ready waits, on a node that has just started, until every key is known: nobody is refused for a key that is there.
func (c *usagePlanCheck) ready(ctx context.Context) error {
	if c.traffic.Keys.IsReady() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	eventloop.Of(ctx).Block()
	if err := c.traffic.Keys.Ready(ctx); err != nil {
		return fmt.Errorf("API keys are not known yet: %w", err)
	}
	return nil
}

// invalid refuses a key; the words of the line are inferred from those that are published for other outcomes.
func (c *usagePlanCheck) invalid(x *message.Exchange, value, why string) error {
	if !x.Trace.On() {
		return gatewayresponse.InvalidAPIKey
	}
	return gatewayresponse.InvalidAPIKey.WithLog(fmt.Sprintf("API Key %s not authorized because method '%s %s' %s",
		observe.Masked(value), x.MethodHTTP, x.ResourcePath, why))
}

// overThrottle and overQuota: sources of the lines are public execution logs.
func (c *usagePlanCheck) overThrottle(x *message.Exchange, a *apikey.Admission, l *throttle.Limit) error {
	if !x.Trace.On() {
		return gatewayresponse.Throttled
	}
	return gatewayresponse.Throttled.WithLog(fmt.Sprintf("API Key %s exceeded throttle limit for API Stage %s/%s: "+
		"Key throttle limit exceeded for Usage Plan ID %s, %s. %s",
		observe.Masked(x.Identity.APIKey), x.APIID, x.Stage, a.PlanID(), methodText(x), limitText(l)))
}

func (c *usagePlanCheck) overQuota(x *message.Exchange, a *apikey.Admission) error {
	if !x.Trace.On() {
		return gatewayresponse.QuotaExceeded
	}
	q := a.Quota()
	return gatewayresponse.QuotaExceeded.WithLog(fmt.Sprintf("API Key %s exceeded quota limit for API Stage %s/%s: "+
		"Key quota exhausted for Usage Plan ID %s. Quota Limit: %d Period: %s",
		observe.Masked(x.Identity.APIKey), x.APIID, x.Stage, a.PlanID(), q.Limit, q.Period))
}

// methodText names the method that a throttle belongs to.
func methodText(x *message.Exchange) string {
	return strings.Join([]string{"RestApi " + x.APIID, "Stage " + x.Stage, "Resource " + x.ResourceID, "HttpMethod " + x.Request.Method}, ", ")
}

func limitText(l *throttle.Limit) string {
	return fmt.Sprintf("Limit: %.2f Burst: %d", l.Rate, l.Burst)
}
