package apidef

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Set gives one quota another figure; its name is the field's, in any case. A figure below 0 is refused.
func (l *Limits) Set(name string, n int) error {
	field := reflect.ValueOf(l).Elem().FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, name) })
	if !field.IsValid() {
		return fmt.Errorf("there is no quota %q; the quotas are %s", name, strings.Join(l.names(), ", "))
	}
	if n < 0 {
		return fmt.Errorf("the quota %s cannot be %d", name, n)
	}
	field.SetInt(int64(n))
	return nil
}

func (l *Limits) names() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(*l)) {
		names = append(names, field.Name)
	}
	slices.Sort(names)
	return names
}
