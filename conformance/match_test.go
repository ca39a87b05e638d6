package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// compareBody compares as JSON when the body expected is JSON, else as text.
func (d *dialogue) compareBody(want string, got []byte) string {
	if want == "." {
		want = ""
	}
	if raw, ok := bytesOf(want); ok {
		if raw != string(got) {
			return fmt.Sprintf("body %q, want %q", got, raw)
		}
		return ""
	}
	if strings.HasPrefix(want, "<") {
		return d.compareMarkup(want, string(got))
	}
	expected, err := decode([]byte(want))
	if err != nil || want == "" {
		if filled := d.fill(want); filled != string(got) {
			return fmt.Sprintf("body %q, want %q", got, filled)
		}
		return ""
	}
	actual, err := decode(got)
	if err != nil {
		return fmt.Sprintf("body is not JSON: %v", err)
	}
	return d.match(expected, actual)
}

var markupHole = regexp.MustCompile(`\.\.\.|\$[a-z][A-Za-z0-9]*\b`)

// compareMarkup compares text in which "..." is any text, and $name what is bound or, where it first stands, what it binds: all
// up to the next tag.
func (d *dialogue) compareMarkup(want, got string) string {
	var pattern strings.Builder
	var names []string
	last := 0
	for _, at := range markupHole.FindAllStringIndex(want, -1) {
		pattern.WriteString(regexp.QuoteMeta(want[last:at[0]]))
		hole := want[at[0]:at[1]]
		last = at[1]
		value, bound := d.bound[hole[1:]]
		switch {
		case hole == "...":
			pattern.WriteString(`(?s:.*?)`)
		case bound:
			pattern.WriteString(regexp.QuoteMeta(fmt.Sprint(value)))
		default:
			pattern.WriteString(`([^<]*)`)
			names = append(names, hole[1:])
		}
	}
	pattern.WriteString(regexp.QuoteMeta(want[last:]))
	found := regexp.MustCompile(`^` + pattern.String() + `$`).FindStringSubmatch(strings.TrimRight(got, "\n"))
	if found == nil {
		return fmt.Sprintf("body %q, want %q", got, want)
	}
	for i, name := range names {
		d.bound[name] = found[i+1]
	}
	return ""
}

func decode(text []byte) (v any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&v)
	if err == nil && decoder.More() {
		err = fmt.Errorf("more than one value")
	}
	return v, err
}

// match says where got differs from want, or "". It binds the names that want introduces.
func (d *dialogue) match(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		return d.matchObject(want, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%v, want %v", show(got), show(want))
		}
		for i := range want {
			if problem := d.match(want[i], list[i]); problem != "" {
				return fmt.Sprintf("[%d]: %s", i, problem)
			}
		}
		return ""
	case string:
		return d.matchString(want, got)
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Sprintf("%v, want %v", show(got), show(want))
	}
	return ""
}

func (d *dialogue) matchString(want string, got any) string {
	if want == "$_" {
		return ""
	}
	if name, ok := strings.CutPrefix(want, "$"); ok && variable.FindString(want) == want {
		if _, bound := d.bound[name]; !bound {
			d.bound[name] = got
			return ""
		}
		if !reflect.DeepEqual(d.bound[name], got) {
			return fmt.Sprintf("%v, want %s, which is %v", show(got), want, show(d.bound[name]))
		}
		return ""
	}
	if filled := d.fill(want); filled != got {
		return fmt.Sprintf("%v, want %v", show(got), show(filled))
	}
	return ""
}

func (d *dialogue) matchObject(want map[string]any, got any) string {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%v, want %v", show(got), show(want))
	}
	_, open := want["..."]
	var names []string
	for name := range want {
		names = append(names, name)
	}
	slices.Sort(names)
	listed := map[string]bool{}
	for _, name := range names {
		if name == "..." {
			continue
		}
		key := d.fill(name)
		listed[key] = true
		value, there := object[key]
		if !there {
			return fmt.Sprintf("member %q is missing", key)
		}
		if problem := d.match(want[name], value); problem != "" {
			return fmt.Sprintf("%s: %s", key, problem)
		}
	}
	for name := range object {
		if !open && !listed[name] {
			return fmt.Sprintf("member %q is there: %v", name, show(object[name]))
		}
	}
	return ""
}

func show(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func headerText(header map[string][]string) string {
	var lines []string
	for name, values := range header {
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
