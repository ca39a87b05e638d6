package mapping

import (
	"strconv"
	"strings"

	"postern/internal/gateway/message"
)

// ContextVariable returns the value of the $context variable called name, as "stage" or "identity.sourceIp", and
// whether it has one for this exchange. Variables that do not exist, do not apply or are maps have none.
//
// It is the one place that knows the variables: templates, parameter mappings, gateway responses and access logs all
// ask here.
// Source: API Gateway developer guide, "Variables for data transformations for API Gateway".
func ContextVariable(x *message.Exchange, name string) (string, bool) {
	table := contextVariables
	for {
		first, rest, nested := strings.Cut(name, ".")
		row := table.row(first)
		switch {
		case row == nil:
			return "", false
		case row.pairs != nil:
			return pairVariable(x, row, rest)
		case !nested:
			return row.string(x)
		}
		table, name = row.table, rest
	}
}

// pairVariable reads below a variable whose names are not known beforehand.
func pairVariable(x *message.Exchange, row *contextRow, name string) (string, bool) {
	if below, ok := strings.CutPrefix(name, "claims."); ok && row.name == "authorizer" {
		return row.table.row("claims").pairs(x).Get(below)
	}
	if r := row.table.row(name); r != nil {
		return r.string(x)
	}
	return row.pairs(x).Get(name)
}

// A contextRow is one variable, or a map of variables.
type contextRow struct {
	name string
	// text is the variable's value; empty when it does not apply.
	text func(*message.Exchange) string
	// value is the value of a variable that is no string, nil when it does not apply.
	value func(*message.Exchange) any
	// table holds the variables below this one.
	table contextTable
	// pairs holds variables below this one whose names only the exchange knows.
	pairs func(*message.Exchange) message.Pairs
	// always tells that keySet lists the name even while it has no value.
	always bool
}

// string is the row's value as text, and whether it has one.
func (r *contextRow) string(x *message.Exchange) (string, bool) {
	if r.text != nil {
		s := r.text(x)
		return s, s != ""
	}
	if r.value == nil {
		return "", false
	}
	switch v := r.value(x).(type) {
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", false
}

// applies reports whether keySet lists the row.
func (r *contextRow) applies(x *message.Exchange) bool {
	switch {
	case r.always:
		return true
	case r.text != nil:
		return r.text(x) != ""
	case r.value != nil:
		return r.value(x) != nil
	case r.pairs != nil:
		return x.Authorizer != nil
	}
	for i := range r.table {
		if r.table[i].applies(x) {
			return true
		}
	}
	return false
}

// A contextTable lists variables in the order in which keySet shows them.
type contextTable []contextRow

func (t contextTable) row(name string) *contextRow {
	for i := range t {
		if t[i].name == name {
			return &t[i]
		}
	}
	return nil
}

// CompileContextVariable is ContextVariable for a name that is asked for again and again. A name that is no variable reads
// as one that never has a value.
func CompileContextVariable(name string) func(*message.Exchange) (string, bool) {
	table, rest := contextVariables, name
	for {
		first, below, nested := strings.Cut(rest, ".")
		row := table.row(first)
		switch {
		case row == nil:
			return func(*message.Exchange) (string, bool) { return "", false }
		case row.pairs != nil:
			return func(x *message.Exchange) (string, bool) { return pairVariable(x, row, below) }
		case !nested:
			return row.string
		}
		table, rest = row.table, below
	}
}
