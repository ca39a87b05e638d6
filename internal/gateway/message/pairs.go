package message

import "slices"

// Pair is one header line, query parameter or path parameter.
type Pair struct{ Name, Value string }

// Pairs is a flat, ordered list of pairs; names may repeat.
//
// The Fold methods compare names without regard to ASCII case, as HTTP header names compare; the others exactly,
// as query and path parameter names do.
type Pairs []Pair

// Get returns the last value under name, as API Gateway's single-value views do.
func (p Pairs) Get(name string) (string, bool) {
	for _, pair := range slices.Backward(p) {
		if pair.Name == name {
			return pair.Value, true
		}
	}
	return "", false
}

// GetFold returns the last value under name.
func (p Pairs) GetFold(name string) (string, bool) {
	//nolint:modernize // an iterator copies each pair, and this is asked for every header of interest
	for i := len(p) - 1; i >= 0; i-- {
		if len(p[i].Name) == len(name) && EqualFold(p[i].Name, name) {
			return p[i].Value, true
		}
	}
	return "", false
}

// Values returns all values under name, in order.
func (p Pairs) Values(name string) []string {
	var values []string
	for i := range p {
		if p[i].Name == name {
			values = append(values, p[i].Value)
		}
	}
	return values
}

// ValuesFold returns all values under name, in order.
func (p Pairs) ValuesFold(name string) []string {
	var values []string
	for i := range p {
		if EqualFold(p[i].Name, name) {
			values = append(values, p[i].Value)
		}
	}
	return values
}

// Add appends one pair.
func (p *Pairs) Add(name, value string) { *p = append(*p, Pair{name, value}) }

// SetFold replaces every pair under name by one, at the place of the first.
func (p *Pairs) SetFold(name, value string) {
	for i := range *p {
		if EqualFold((*p)[i].Name, name) {
			(*p)[i] = Pair{name, value}
			rest := (*p)[i+1:]
			kept := rest[:0]
			for _, r := range rest {
				if !EqualFold(r.Name, name) {
					kept = append(kept, r)
				}
			}
			clear(rest[len(kept):])
			*p = (*p)[:i+1+len(kept)]
			return
		}
	}
	p.Add(name, value)
}

// DelFold removes every pair under name.
func (p *Pairs) DelFold(name string) {
	kept := (*p)[:0]
	for _, r := range *p {
		if !EqualFold(r.Name, name) {
			kept = append(kept, r)
		}
	}
	clear((*p)[len(kept):])
	*p = kept
}

// Reset empties p and keeps its memory.
func (p *Pairs) Reset() {
	clear(*p)
	*p = (*p)[:0]
}

// EqualFold compares two ASCII names without regard to case.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if lower(x) != lower(y) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
