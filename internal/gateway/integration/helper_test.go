package integration

import (
	"regexp"
	"strconv"
	"testing"
)

func mustRegexp(t *testing.T, pattern string) *regexp.Regexp {
	t.Helper()
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func statusText(status int) string { return strconv.Itoa(status) }
