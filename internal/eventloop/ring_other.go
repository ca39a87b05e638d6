//go:build !linux

package eventloop

import "errors"

// ring is never made here.
type ring struct{}

func newRing() (*ring, error)     { return nil, errors.ErrUnsupported }
func (r *ring) send([]*Task) bool { return false }
func (r *ring) close()            {}
