package control

import (
	"maps"

	"postern/internal/apidef"
	"postern/internal/aws/wire/apigateway"
)

// value reads an optional member: the zero value when it was not sent.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// optional words a member that AWS leaves out when it is not set.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// unlessEmpty leaves out an empty map or list.
func unlessEmpty[V any](m map[string]V) map[string]V {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

func patchOperations(in []apigateway.PatchOperation) []apidef.PatchOperation {
	ops := make([]apidef.PatchOperation, len(in))
	for i, op := range in {
		ops[i] = apidef.PatchOperation{Op: value(op.Op), Path: op.Path, Value: op.Value, From: op.From}
	}
	return ops
}
