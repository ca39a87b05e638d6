package vtl

import (
	"math/big"

	"postern/java"
)

// property is v.name for values that are neither maps nor Objects: a getter of their Java class.
func property(r *renderer, v any, name string) (any, error) {
	switch v := v.(type) {
	case string:
		switch name {
		case "bytes", "Bytes":
			return stringBytes(&call{r: r, recv: v})
		case "empty", "Empty":
			return v == "", nil
		case "blank", "Blank":
			return (&methodCall{methods: methodTable()["isBlank"]}).call(r, v, nil)
		}
	case *java.List:
		if v.Kind != java.Array && (name == "empty" || name == "Empty") {
			return len(v.Items) == 0, nil
		}
	case *mapView:
		if name == "empty" || name == "Empty" {
			return v.m.Len() == 0, nil
		}
	case *entry:
		switch name {
		case "key", "Key":
			return v.key, nil
		case "value", "Value":
			return v.current(), nil
		}
	case *big.Int:
		if name == "lowestSetBit" || name == "LowestSetBit" {
			return lowestSetBit(v), nil
		}
	case float64:
		switch name {
		case "NaN":
			return v != v, nil
		case "infinite", "Infinite":
			return v-v != 0 && v == v, nil
		}
	case *scopeInfo:
		return v.property(name), nil
	case *javaClass:
		if name == "name" || name == "Name" {
			return v.name, nil
		}
	}
	return nil, nil
}
