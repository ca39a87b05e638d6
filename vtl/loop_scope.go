package vtl

import (
	"fmt"
	"strings"

	"postern/java"
)

// loopScope is $foreach: where the loop is, and a map for values of the template's own.
type loopScope struct {
	owner    *foreach
	index    int32
	hasNext  bool
	parent   *loopScope
	replaced any
	values   java.Map
}

// newLoopScope makes the scope of a loop; outer is what $foreach was before.
func newLoopScope(owner *foreach, outer any) *loopScope {
	s := &loopScope{owner: owner, index: -1}
	if p, ok := outer.(*loopScope); ok {
		s.parent = p
	} else {
		s.replaced = outer
	}
	return s
}

// property is $foreach.name: a fact about the loop, or a value that the template put there.
func (s *loopScope) property(name string) any {
	switch name {
	case "index", "Index":
		return boxInt(s.index)
	case "count", "Count":
		return boxInt(s.index + 1)
	case "hasNext", "HasNext":
		return s.hasNext
	case "first", "First":
		return s.index < 1
	case "last", "Last":
		return !s.hasNext
	case "parent", "Parent":
		return s.outer()
	case "topmost", "Topmost":
		return s.topmost()
	case "replaced", "Replaced":
		return s.outerValue()
	case "info", "Info":
		return &scopeInfo{s}
	case "class", "Class":
		return classScope.object(s)
	}
	return s.get(name)
}

// outer is the scope of the loop around this one, as a value.
func (s *loopScope) outer() any {
	if s.parent == nil {
		return nil
	}
	return s.parent
}

func (s *loopScope) topmost() any {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

// outerValue is what $foreach was outside of all loops.
func (s *loopScope) outerValue() any {
	for s.replaced == nil && s.parent != nil {
		s = s.parent
	}
	return s.replaced
}

func (s *loopScope) depth() int32 {
	n := int32(0)
	for ; s != nil; s = s.parent {
		n++
	}
	return n
}

// get looks in this loop and the loops around it.
func (s *loopScope) get(key any) any {
	for ; s != nil; s = s.parent {
		if v, ok := s.values.Get(key); ok {
			return v
		}
	}
	return nil
}

// JavaString prints the template's own values.
func (s *loopScope) JavaString() string { return nestedText(&s.values) }

// scopeInfo is $foreach.info.
type scopeInfo struct{ scope *loopScope }

// JavaString is what Velocity prints about the directive.
func (i *scopeInfo) JavaString() string {
	at, depth := i.scope.owner, ""
	if n := i.scope.depth(); n > 1 {
		depth = fmt.Sprintf(" depth:%d", n)
	}
	template := at.template
	if strings.Contains(template, " ") {
		template = `"` + template + `"`
	}
	return fmt.Sprintf("#foreach[type:block%s template:%s line:%d column:%d]", depth, template, at.line, at.column)
}

func (i *scopeInfo) property(name string) any {
	at := i.scope.owner
	switch name {
	case "name", "Name":
		return "foreach"
	case "type", "Type":
		return "block"
	case "depth", "Depth":
		return i.scope.depth()
	case "template", "Template":
		return at.template
	case "line", "Line":
		return at.line
	case "column", "Column":
		return at.column
	}
	return nil
}
