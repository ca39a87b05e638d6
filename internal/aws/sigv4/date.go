package sigv4

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"postern/internal/aws/awserr"
)

// dateLayout is ISO 8601's basic format, 20260131T120000Z.
const dateLayout = "20060102T150405Z"

// maxExpires is the longest that a presigned request may stay good.
// Source: API reference of Amazon S3, "Authenticating Requests: Using Query Parameters", X-Amz-Expires.
const maxExpires = 7 * 24 * time.Hour

// current gives the time that the request was signed at, if it is neither too old nor too far ahead.
func (c *claim) current(now time.Time, skew time.Duration) (time.Time, error) {
	at, err := parseDate(c.date, c.presigned)
	if err != nil {
		return time.Time{}, err
	}
	lifetime := skew
	if c.expires != "" {
		if lifetime, err = parseExpires(c.expires); err != nil {
			return time.Time{}, err
		}
	}
	if oldest := now.Add(-lifetime); at.Before(oldest) {
		return time.Time{}, awserr.InvalidSignature.Errorf("Signature expired: %s is now earlier than %s (%s - %s)",
			at.Format(dateLayout), oldest.Format(dateLayout), now.Format(dateLayout), inWords(lifetime))
	}
	if latest := now.Add(skew); at.After(latest) {
		return time.Time{}, awserr.InvalidSignature.Errorf("Signature not yet current: %s is still later than %s (%s + %s)",
			at.Format(dateLayout), latest.Format(dateLayout), now.Format(dateLayout), inWords(skew))
	}
	return at, nil
}

// parseDate reads X-Amz-Date; the Date header, which may stand in its place, comes in HTTP's formats too.
func parseDate(date string, presigned bool) (time.Time, error) {
	if at, err := time.Parse(dateLayout, date); err == nil {
		return at, nil
	}
	if !presigned {
		if at, err := http.ParseTime(date); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, awserr.IncompleteSignature.Errorf("Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", date)
}

func parseExpires(expires string) (time.Duration, error) {
	seconds, err := strconv.ParseUint(expires, 10, 32)
	switch {
	case err != nil:
		return 0, awserr.IncompleteSignature.Errorf("X-Amz-Expires should be a number")
	case seconds == 0:
		return 0, awserr.IncompleteSignature.Errorf("X-Amz-Expires must be non-negative and greater than zero")
	case time.Duration(seconds)*time.Second > maxExpires:
		return 0, awserr.IncompleteSignature.Errorf("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	return time.Duration(seconds) * time.Second, nil
}

// inWords is "5 min.", or "90 sec." where minutes do not do.
func inWords(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min.", d/time.Minute)
	}
	return fmt.Sprintf("%d sec.", d/time.Second)
}
