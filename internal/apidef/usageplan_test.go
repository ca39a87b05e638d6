package apidef

import "testing"

// Keys of method throttles. Source: developer guide, "Set up usage plans for REST APIs in API Gateway"; message: public
// deployment logs; the quota's text is inferred.
func TestMethodThrottles(t *testing.T) {
	limits := DefaultLimits()
	limits.MethodThrottles = 2
	one := ThrottleSettings{RateLimit: new(1.0)}
	for _, c := range []struct {
		sentence string
		throttle map[string]ThrottleSettings
		refusal  string
	}{
		{"a path and a verb", map[string]ThrottleSettings{"/pets/{id}/GET": one}, ""},
		{"the root", map[string]ThrottleSettings{"//GET": one}, ""},
		{"any verb", map[string]ThrottleSettings{"/pets/ANY": one, "/pets/*": one}, ""},
		{
			"no slash",
			map[string]ThrottleSettings{"badkey": one},
			"BadRequestException: Invalid method {resourcePath: badkey,method: } specified",
		},
		{
			"no verb",
			map[string]ThrottleSettings{"/pets/get": one},
			"BadRequestException: Invalid method {resourcePath: /pets,method: get} specified",
		},
		{
			"no path",
			map[string]ThrottleSettings{"/GET": one},
			"BadRequestException: Invalid method {resourcePath: ,method: GET} specified",
		},
		{
			"a negative rate",
			map[string]ThrottleSettings{"/a/GET": {RateLimit: new(-1.0)}},
			"BadRequestException: Usage Plan throttle rate limit must be a non-negative numeric",
		},
		{
			"a negative burst",
			map[string]ThrottleSettings{"/a/GET": {BurstLimit: new(-1)}},
			"BadRequestException: Usage Plan throttle burst limit must be a non-negative numeric",
		},
		{
			"one too many",
			map[string]ThrottleSettings{"/a/GET": one, "/b/GET": one, "/c/GET": one},
			"LimitExceededException: Maximum number of method throttles for this API stage has been reached.",
		},
	} {
		got := ""
		plan := &UsagePlan{Name: "p", Throttle: &ThrottleSettings{}, APIStages: []APIStage{{APIID: "a", Stage: "s", Throttle: c.throttle}}}
		if err := plan.Check(limits); err != nil {
			got = err.Error()
		}
		if got != c.refusal {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.refusal)
		}
	}
}
