package message

// Permissions is what the policies that admitted a caller say of other actions than execute-api:Invoke.
type Permissions interface {
	// Permits tells whether they allow an action, "execute-api:InvalidateCache", on the exchange's method.
	Permits(x *Exchange, action string) bool
}
