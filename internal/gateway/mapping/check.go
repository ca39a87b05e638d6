package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"postern/vtl"
)

// Finding is something wrong or doubtful in a template.
type Finding struct {
	// Line and Column are counted from 1; Column in characters.
	Line, Column int
	Message      string
}

// Check returns what is wrong with a mapping template and what is doubtful in it, in the order of the source: a broken
// grammar, JSON paths that do not compile, members that $input, $util and $context do not have, and variables that
// neither the gateway provides nor the template sets. $null is not reported: templates use it as a name for null.
func Check(name, source string) []Finding {
	t := CompileTemplate(name, source)
	if t.err != nil {
		if e, ok := errors.AsType[*vtl.Error](t.err); ok {
			return []Finding{{e.Line, e.Column, e.Message}}
		}
		return []Finding{{1, 1, t.err.Error()}}
	}
	refs := t.vtl.References()
	set := setVariables(source, refs)
	var found []Finding
	for i := range refs {
		r := &refs[i]
		var doubt string
		switch {
		case r.Root == "input":
			doubt = t.doubtInput(r)
		case r.Root == "util":
			doubt = doubtUtil(r)
		case r.Root == "context":
			doubt = doubtContext(r)
		case r.Root == "method" && !set["method"]:
			doubt = doubtMethod(r.Path)
		case !set[r.Root]:
			doubt = fmt.Sprintf("$%s is never set", r.Root)
		}
		if doubt != "" {
			found = append(found, Finding{r.Line, r.Column, doubt})
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return found
}

var (
	// parameterList finds the directives that name variables without a #set.
	parameterList = regexp.MustCompile(`#\{?(?:(?:macro|define)\}?\s*\(([^)]*)\)|foreach\}?\s*\((\s*\$!?\{?[A-Za-z][A-Za-z0-9_-]*))`)
	variableName  = regexp.MustCompile(`\$!?\{?([A-Za-z][A-Za-z0-9_-]*)`)
)

// setVariables returns the variables that a template may read.
func setVariables(source string, refs []vtl.Reference) map[string]bool {
	set := map[string]bool{
		"null": true, "stageVariables": true, "bodyContent": true,
		"foreach": true, "velocityCount": true, "velocityHasNext": true,
	}
	for i := range refs {
		if refs[i].Assigned && len(refs[i].Path) == 0 {
			set[refs[i].Root] = true
		}
	}
	for _, list := range parameterList.FindAllStringSubmatch(source, -1) {
		for _, name := range variableName.FindAllStringSubmatch(list[1]+list[2], -1) {
			set[name[1]] = true
		}
	}
	return set
}

// doubtInput says what is doubtful in a reference to $input, "" if nothing is.
func (t *Template) doubtInput(r *vtl.Reference) string {
	if len(r.Path) == 0 {
		return ""
	}
	first := r.Path[0]
	switch {
	case first.Kind == vtl.PropertyAccess && first.Name == "body":
		if len(r.Path) > 1 && r.Path[1].Kind != vtl.MethodAccess {
			return "$input.body is text and has no members; use $input.path"
		}
		return ""
	case first.Kind != vtl.MethodAccess:
		return unknownMember("$input", first.Name, append([]string{"body"}, inputMethods...))
	case first.Name == "params" && len(first.Args) == 0:
		return doubtParams(r.Path[1:])
	case first.Name == "getBody":
		return ""
	case !slices.Contains(inputMethods, first.Name):
		return unknownMember("$input", first.Name+"()", append([]string{"body"}, inputMethods...))
	case len(first.Args) != 1:
		return fmt.Sprintf("$input.%s takes one argument", first.Name)
	}
	if text, ok := first.Args[0].Value.(string); ok && first.Name != "params" {
		if p := t.paths[text]; p != nil && p.err != nil {
			return p.err.Error()
		}
	}
	return ""
}

func doubtParams(path []vtl.Access) string { return doubtGroup("$input.params()", path) }

// doubtGroup says what is doubtful in a reference to a map of the maps path, querystring and header.
func doubtGroup(of string, path []vtl.Access) string {
	if len(path) == 0 {
		return ""
	}
	name, ok := memberName(path[0])
	if !ok || slices.Contains(paramGroups[:], name) {
		return ""
	}
	return unknownMember(of, name, paramGroups[:])
}

// doubtMethod says what is doubtful in a reference to $method, "" if nothing is.
func doubtMethod(path []vtl.Access) string {
	if len(path) == 0 {
		return ""
	}
	name, ok := memberName(path[0])
	switch {
	case !ok:
		return ""
	case name != "request":
		return unknownMember("$method", name, []string{"request"})
	}
	return doubtGroup("$method.request", path[1:])
}

func doubtUtil(r *vtl.Reference) string {
	if len(r.Path) == 0 {
		return "$util is no value; call one of its methods: " + strings.Join(utilMethods, ", ")
	}
	call := r.Path[0]
	if call.Kind != vtl.MethodAccess || !slices.Contains(utilMethods, call.Name) {
		return unknownMember("$util", call.Name, utilMethods)
	}
	if len(call.Args) != 1 {
		return fmt.Sprintf("$util.%s takes one argument", call.Name)
	}
	return ""
}

// doubtContext follows a reference to $context as far as the names are known.
func doubtContext(r *vtl.Reference) string {
	table, of := contextVariables, "$context"
	for _, access := range r.Path {
		name, ok := memberName(access)
		if !ok {
			if access.Kind == vtl.MethodAccess && !slices.Contains(contextMethods, access.Name) {
				return unknownMember(of, access.Name+"()", contextMethods)
			}
			return ""
		}
		row := table.row(name)
		if row == nil {
			return unknownMember(of, name, table.names())
		}
		if row.table == nil || row.pairs != nil {
			return ""
		}
		table, of = row.table, of+"."+name
	}
	return ""
}

// memberName returns the name of a member that a step reads, if it is known before rendering: .name, ["name"] or
// .get("name").
func memberName(a vtl.Access) (string, bool) {
	if a.Kind == vtl.PropertyAccess {
		return a.Name, true
	}
	if a.Kind == vtl.MethodAccess && a.Name != "get" || len(a.Args) != 1 {
		return "", false
	}
	name, ok := a.Args[0].Value.(string)
	return name, ok
}

func (t contextTable) names() []string {
	names := make([]string, len(t))
	for i := range t {
		names[i] = t[i].name
	}
	slices.Sort(names)
	return names
}

func unknownMember(of, name string, known []string) string {
	return fmt.Sprintf("%s has no %s; it has %s", of, name, strings.Join(known, ", "))
}
