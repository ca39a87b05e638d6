package wiretest

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Recorder is a service's handler that notes its input and fills its output, as the generated recorders do.
type Recorder interface {
	// Noted is the operation that was called last, with its input.
	Noted() (operation string, input any)
	// Fill lets the next outputs be filled.
	Fill(fill func(output any))
}

// RoundTrip calls every operation of a model through one of AWS's clients, with every member set: what the handler gets
// must be what was sent, and what the client gives must be what the handler answered. except names operations that this
// cannot do.
func RoundTrip(t *testing.T, modelPath string, client any, recorder Recorder, except ...string) {
	m := readModel(t, modelPath)
	for name, op := range m.Operations {
		if slices.Contains(except, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := &model{t, m.Operations, m.Shapes}
			method := reflect.ValueOf(client).MethodByName(name)
			if !method.IsValid() {
				t.Fatalf("the client has no %s", name)
			}
			in := reflect.New(method.Type().In(1).Elem())
			sent := m.sample(op.Input, "")
			m.set(in.Elem(), op.Input, sent)
			var answered any = map[string]any{}
			recorder.Fill(func(output any) {
				answered = m.sample(op.Output, "")
				m.fill(reflect.ValueOf(output).Elem(), op.Output, answered)
			})
			results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
			if err, ok := reflect.TypeAssert[error](results[1]); ok {
				t.Fatal(err)
			}
			called, input := recorder.Noted()
			if called != name {
				t.Fatalf("%s was called", called)
			}
			if diff := cmp.Diff(sent, m.tree(reflect.ValueOf(input).Elem(), op.Input)); diff != "" {
				t.Errorf("the input (-sent +got):\n%s", diff)
			}
			if op.Output == "" {
				return
			}
			if diff := cmp.Diff(answered, m.read(results[0].Elem(), op.Output)); diff != "" {
				t.Errorf("the output (-answered +got):\n%s", diff)
			}
		})
	}
}

// set writes a sample into a value of the client's types, whose structures have members by name.
func (m *model) set(v reflect.Value, name string, sample any) {
	m.put(v, name, sample, func(v reflect.Value, _ int, f member) reflect.Value {
		field := v.FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, f.Name) })
		if !field.IsValid() {
			m.t.Fatalf("%s has no %s", v.Type(), f.Name)
		}
		return field
	})
}

// fill writes a sample into a value of the generated types, whose structures have members in the model's order.
func (m *model) fill(v reflect.Value, name string, sample any) {
	m.put(v, name, sample, func(v reflect.Value, i int, _ member) reflect.Value { return v.Field(i) })
}

func (m *model) put(v reflect.Value, name string, sample any, field func(reflect.Value, int, member) reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	s := m.Shapes[name]
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(int64(sample.(float64)), 0).UTC()))
		return
	}
	switch value := sample.(type) {
	case string:
		switch v.Kind() {
		case reflect.Slice:
			v.SetBytes([]byte(value))
		case reflect.Interface: // an io.Reader
			v.Set(reflect.ValueOf(bytes.NewReader([]byte(value))))
		default:
			v.SetString(value)
		}
	case bool:
		v.SetBool(value)
	case float64:
		switch {
		case v.CanInt() && v.Type().Name() == "Millis":
			v.SetInt(int64(value) * 1000)
		case v.CanInt():
			v.SetInt(int64(value))
		default:
			v.SetFloat(value)
		}
	case []any:
		v.Set(reflect.MakeSlice(v.Type(), len(value), len(value)))
		for i, element := range value {
			m.put(v.Index(i), s.Member, element, field)
		}
	case map[string]any:
		if v.Kind() == reflect.Map {
			v.Set(reflect.MakeMap(v.Type()))
			for key, entry := range value {
				one := reflect.New(v.Type().Elem()).Elem()
				m.put(one, s.Value, entry, field)
				v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), one)
			}
			return
		}
		for i, f := range s.Fields {
			m.put(field(v, i, f), f.Shape, value[f.Name], field)
		}
	}
}

// tree is a value of the generated types as sample gives it; read one of the client's types.
func (m *model) tree(v reflect.Value, name string) any {
	return m.get(v, name, func(v reflect.Value, i int, _ member) reflect.Value { return v.Field(i) })
}

func (m *model) read(v reflect.Value, name string) any {
	return m.get(v, name, func(v reflect.Value, _ int, f member) reflect.Value {
		return v.FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, f.Name) })
	})
}

func (m *model) get(v reflect.Value, name string, field func(reflect.Value, int, member) reflect.Value) any {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if at, ok := reflect.TypeAssert[time.Time](v); ok {
		return float64(at.Unix())
	}
	s := m.Shapes[name]
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int32, reflect.Int64:
		if v.Type().Name() == "Millis" {
			return float64(v.Int()) / 1000
		}
		return float64(v.Int())
	case reflect.Float64, reflect.Float32:
		return v.Float()
	case reflect.Slice:
		if s.Type == "blob" {
			return string(v.Bytes())
		}
		list := []any{}
		for i := range v.Len() {
			list = append(list, m.get(v.Index(i), s.Member, field))
		}
		return list
	case reflect.Map:
		values := map[string]any{}
		for _, key := range v.MapKeys() {
			values[key.String()] = m.get(v.MapIndex(key), s.Value, field)
		}
		return values
	case reflect.Struct:
		values := map[string]any{}
		for i, f := range s.Fields {
			if member := field(v, i, f); member.IsValid() {
				values[f.Name] = m.get(member, f.Shape, field)
			}
		}
		return values
	default:
		m.t.Fatalf("%s: %s", name, v.Type())
		return nil
	}
}
