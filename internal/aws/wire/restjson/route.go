package restjson

import "strings"

// node is one level of the path tree. Where a fixed segment and a parameter compete, the fixed one wins and nothing
// goes back; no AWS model has both at one place.
type node struct {
	fixed     map[string]*node
	parameter *node
	// operations by method; the ones with a query parameter first.
	operations map[string][]*Operation
}

func (n *node) insert(operation *Operation) {
	for rest := operation.Path; rest != ""; {
		var segment string
		segment, rest = cutSegment(rest)
		n = n.child(segment)
	}
	if n.operations == nil {
		n.operations = map[string][]*Operation{}
	}
	same := n.operations[operation.Method]
	if operation.Query == "" {
		same = append(same, operation)
	} else {
		same = append([]*Operation{operation}, same...)
	}
	n.operations[operation.Method] = same
}

func (n *node) child(segment string) *node {
	if strings.HasPrefix(segment, "{") {
		if n.parameter == nil {
			n.parameter = new(node)
		}
		return n.parameter
	}
	if n.fixed == nil {
		n.fixed = map[string]*node{}
	}
	next := n.fixed[segment]
	if next == nil {
		next = new(node)
		n.fixed[segment] = next
	}
	return next
}

// find gives the operation that the request addresses, and notes the path's parameters, still encoded, in in. The path
// is cut where it has a slash; an encoded slash (%2F in the ARN of a tagged resource) stays inside its segment.
// Slashes at the end do not count.
func (n *node) find(in *Input) *Operation {
	for rest := strings.TrimRight(in.request.Path, "/"); rest != ""; {
		var segment string
		segment, rest = cutSegment(rest)
		next := n.fixed[segment]
		if next == nil {
			if next = n.parameter; next == nil || segment == "" || in.count == maxParameters {
				return nil
			}
			in.parameters[in.count] = segment
			in.count++
		}
		n = next
	}
	for _, operation := range n.operations[in.request.Method] {
		if operation.Query == "" || in.hasQuery(operation.Query) {
			return operation
		}
	}
	return nil
}

// cutSegment takes the first segment off a path that begins with a slash.
func cutSegment(path string) (segment, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}
