package operations

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
)

// bindings are the names that answers have bound.
type bindings map[string]any

var variable = regexp.MustCompile(`\$([a-z][A-Za-z0-9]*)\b`)

// fill puts what was bound in the place of its name, everywhere in v; other dollars stay.
func (b bindings) fill(v any) any {
	switch v := v.(type) {
	case string:
		return b.fillText(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = b.fill(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[b.fillText(key)] = b.fill(v[key])
		}
		return out
	}
	return v
}

func (b bindings) fillText(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		if v, ok := b[name[1:]]; ok {
			return fmt.Sprint(v)
		}
		return name
	})
}

// match says where got differs from want, or "". It binds the names that want introduces.
func (b bindings) match(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		return b.matchObject(want, got)
	case []any:
		return b.matchList(want, got)
	case string:
		return b.matchText(want, got)
	}
	if toJSON(want) != toJSON(got) && !sameNumber(want, got) {
		return fmt.Sprintf("%s, want %s", toJSON(got), toJSON(want))
	}
	return ""
}

// sameNumber: the CLI writes 10000.0 where the SDK has 10000.
func sameNumber(a, b any) bool {
	one, isNumber := a.(json.Number)
	other, too := b.(json.Number)
	if !isNumber || !too {
		return false
	}
	x, err := one.Float64()
	y, failed := other.Float64()
	return err == nil && failed == nil && x == y
}

func (b bindings) matchText(want string, got any) string {
	if want == "$_" {
		return ""
	}
	if name := variable.FindStringSubmatch(want); name != nil && name[0] == want {
		if _, bound := b[name[1]]; !bound {
			b[name[1]] = got
			return ""
		}
		if !reflect.DeepEqual(b[name[1]], got) {
			return fmt.Sprintf("%s, want %s, which is %s", toJSON(got), want, toJSON(b[name[1]]))
		}
		return ""
	}
	if filled := b.fillText(want); filled != got {
		return fmt.Sprintf("%s, want %s", toJSON(got), toJSON(filled))
	}
	return ""
}

func (b bindings) matchList(want []any, got any) string {
	list, ok := got.([]any)
	open := len(want) > 0 && want[len(want)-1] == "..."
	if open {
		want = want[:len(want)-1]
	}
	if !ok || len(list) < len(want) || len(list) > len(want) && !open {
		return fmt.Sprintf("%s, want %s", toJSON(got), toJSON(want))
	}
	for i := range want {
		if problem := b.match(want[i], list[i]); problem != "" {
			return fmt.Sprintf("[%d]: %s", i, problem)
		}
	}
	return ""
}

func (b bindings) matchObject(want map[string]any, got any) string {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s, want %s", toJSON(got), toJSON(want))
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		key := b.fillText(name)
		value, there := object[key]
		if !there {
			return fmt.Sprintf("member %q is missing", key)
		}
		if problem := b.match(want[name], value); problem != "" {
			return fmt.Sprintf("%s: %s", key, problem)
		}
	}
	return ""
}
