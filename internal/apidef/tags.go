package apidef

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"postern/internal/aws/awserr"
)

// CheckTags checks the tags that a user sets. have is what the resource carries already.
// Source: API Gateway API reference, TagResource; developer guide, "Tag restrictions". The texts are inferred.
func CheckTags(have, add map[string]string, limits Limits) error {
	for _, key := range slices.Sorted(maps.Keys(add)) {
		switch n := utf8.RuneCountInString(key); {
		case n == 0 || n > limits.TagKey:
			return awserr.BadRequest.Errorf("Invalid tag key specified. Tag keys must be between 1 and %d characters", limits.TagKey)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return awserr.BadRequest.Errorf("Invalid tag key specified. Tag keys must not start with aws:")
		case utf8.RuneCountInString(add[key]) > limits.TagValue:
			return awserr.BadRequest.Errorf("Invalid tag value specified. Tag values can be at most %d characters", limits.TagValue)
		}
	}
	total := len(have)
	for key := range add {
		if _, there := have[key]; !there {
			total++
		}
	}
	if total > limits.Tags {
		return awserr.LimitExceeded.Errorf("Maximum number of tags for this resource has been reached.")
	}
	return nil
}
