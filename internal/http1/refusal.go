package http1

import "strconv"

// Refusal is why a request is refused before a handler sees it.
type Refusal int

// The refusals, with the status that each is answered with unless Server.Refuse says otherwise.
const (
	// Malformed breaks a rule of RFC 9112: 400.
	Malformed Refusal = iota + 1
	// Slow did not arrive within Server.HeadTimeout, or slower than Server.MinBodyRate: 408.
	Slow
	// BodyTooLarge exceeds what Server.MaxBody allows: 413.
	BodyTooLarge
	// TargetTooLong exceeds Server.MaxTarget: 414.
	TargetTooLong
	// UnmetExpectation is an Expect header other than 100-continue: 417.
	UnmetExpectation
	// HeaderTooLarge exceeds Server.MaxHeader: 431.
	HeaderTooLarge
	// UnknownCoding is a transfer coding other than chunked: 501.
	UnknownCoding
	// UnknownVersion is an HTTP version other than 1.x: 505.
	UnknownVersion
)

// Status is the status code of the refusal.
func (r Refusal) Status() int {
	switch r {
	case Slow:
		return 408
	case BodyTooLarge:
		return 413
	case TargetTooLong:
		return 414
	case UnmetExpectation:
		return 417
	case HeaderTooLarge:
		return 431
	case UnknownCoding:
		return 501
	case UnknownVersion:
		return 505
	default:
		return 400
	}
}

// refused carries a refusal and the sentence that explains it.
type refused struct {
	Refusal
	reason string
}

func (r *refused) Error() string { return strconv.Itoa(r.Status()) + ": " + r.reason }

func malformed(reason string) error { return &refused{Malformed, reason} }
