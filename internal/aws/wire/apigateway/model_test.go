package apigateway

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"postern/internal/aws/wire"
)

// model is the service model as the tests read it, on their own: nothing of the generator's reading is trusted.
type model struct {
	Operations map[string]operation
	Shapes     map[string]shape
}

type operation struct {
	Method, Path, Input, Output string
}

type shape struct {
	Type, Payload, Pattern, Member, Value string
	Enum                                  []string
	Fields                                []member
}

type member struct{ Name, Shape, In, Wire string }

func (m member) wire() string {
	if m.Wire != "" {
		return m.Wire
	}
	return m.Name
}

func readModel(t testing.TB) model {
	t.Helper()
	text, err := os.ReadFile("../model/apigateway-2015-07-09.json")
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// names of the operations, sorted.
func (m model) names() []string {
	var names []string
	for name := range m.Operations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// sample gives a legal value of a shape with every member set, as encoding/json would decode it; a structure by the
// members' names on the wire, which are unique in each structure of this model.
func (m model) sample(shapeName, hint string) any {
	switch s := m.Shapes[shapeName]; s.Type {
	case "string":
		switch {
		case len(s.Enum) > 0:
			return s.Enum[len(s.Enum)-1]
		case s.Pattern != "":
			return "204"
		}
		return hint + " é\"<&>\u2028\n/%"
	case "boolean":
		return true
	case "integer", "long":
		return float64(1453416433)
	case "timestamp":
		return float64(1453416433)
	case "double":
		return 1.5
	case "blob":
		return "\x00raw\xff"
	case "list":
		return []any{m.sample(s.Member, hint+"1"), m.sample(s.Member, hint+"2")}
	case "map":
		return map[string]any{"k~/1": m.sample(s.Value, hint+"1"), "k\"2": m.sample(s.Value, hint+"2")}
	default:
		values := map[string]any{}
		for _, f := range s.Fields {
			values[f.key()] = m.sample(f.Shape, f.Name)
		}
		return values
	}
}

// key keeps members of different places apart that have one name (httpMethod of PutIntegration).
func (m member) key() string { return m.In + ":" + m.wire() }

// tree is a Go value as sample gives it. Struct fields stand in the order of the model's members.
func (m model) tree(v reflect.Value, shapeName string) any {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch s := m.Shapes[shapeName]; s.Type {
	case "string":
		return v.String()
	case "boolean":
		return v.Bool()
	case "integer", "long", "timestamp":
		return float64(v.Int())
	case "double":
		return v.Float()
	case "blob":
		return string(v.Bytes())
	case "list":
		list := []any{}
		for i := range v.Len() {
			list = append(list, m.tree(v.Index(i), s.Member))
		}
		return list
	case "map":
		values := map[string]any{}
		for _, key := range v.MapKeys() {
			values[key.String()] = m.tree(v.MapIndex(key), s.Value)
		}
		return values
	default:
		values := map[string]any{}
		for i, f := range s.Fields {
			if field := v.Field(i); !field.IsZero() {
				values[f.key()] = m.tree(field, f.Shape)
			}
		}
		return values
	}
}

// fill sets a Go value to what sample gave.
func (m model) fill(v reflect.Value, shapeName string, value any) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch s := m.Shapes[shapeName]; s.Type {
	case "string":
		v.SetString(value.(string))
	case "boolean":
		v.SetBool(value.(bool))
	case "integer", "long", "timestamp":
		v.SetInt(int64(value.(float64)))
	case "double":
		v.SetFloat(value.(float64))
	case "blob":
		v.SetBytes([]byte(value.(string)))
	case "list":
		list := value.([]any)
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		for i := range list {
			m.fill(v.Index(i), s.Member, list[i])
		}
	case "map":
		v.Set(reflect.MakeMap(v.Type()))
		for key, entry := range value.(map[string]any) {
			element := reflect.New(v.Type().Elem()).Elem()
			m.fill(element, s.Value, entry)
			v.SetMapIndex(reflect.ValueOf(key), element)
		}
	default:
		for i, f := range s.Fields {
			m.fill(v.Field(i), f.Shape, value.(map[string]any)[f.key()])
		}
	}
}

// object is the JSON body of a structure's sample: its members without a place, by their plain names, all the way down.
func (m model) object(shapeName string, value any) any {
	switch s := m.Shapes[shapeName]; s.Type {
	case "list":
		list := []any{}
		for _, element := range value.([]any) {
			list = append(list, m.object(s.Member, element))
		}
		return list
	case "map":
		values := map[string]any{}
		for key, entry := range value.(map[string]any) {
			values[key] = m.object(s.Value, entry)
		}
		return values
	case "structure":
		values := map[string]any{}
		for _, f := range s.Fields {
			if f.In == "" && f.Name != s.Payload {
				values[f.wire()] = m.object(f.Shape, value.(map[string]any)[f.key()])
			}
		}
		return values
	}
	return value
}

// Every path of the model is one that wire.TargetOf gives to API Gateway.
func TestPathsAddressAPIGateway(t *testing.T) {
	m := readModel(t)
	for _, name := range m.names() {
		path, _, _ := strings.Cut(m.Operations[name].Path, "?")
		if target, ok := wire.TargetOf(request("GET", path, "")); !ok || target.Service != "apigateway" {
			t.Errorf("%s: %s is taken for %+v", name, path, target)
		}
	}
}
