package domain

import (
	"cmp"
	"slices"
	"strings"

	"postern/internal/apidef"
)

// Domain is one custom domain name, ready to route by. It is never changed.
type Domain struct {
	apidef.DeployedDomain
	// mappings are those with the longest base paths first.
	mappings []mapping
	// byPrefix says that some mapping has several levels: base paths are then compared as texts, not as segments, and all
	// header names arrive in lower case.
	byPrefix bool
}

// mapping is one base path mapping.
type mapping struct {
	apidef.BasePathMapping
	// path is the base path with a slash in front; "" for the empty one.
	path string
}

func newDomain(d apidef.DeployedDomain) *Domain {
	out := &Domain{DeployedDomain: d}
	for _, m := range d.Mappings {
		path := ""
		if m.BasePath != "" {
			path = "/" + m.BasePath
		}
		out.mappings = append(out.mappings, mapping{m, path})
		out.byPrefix = out.byPrefix || strings.Contains(m.BasePath, "/")
	}
	slices.SortStableFunc(out.mappings, func(a, b mapping) int { return cmp.Compare(len(b.path), len(a.path)) })
	return out
}

// Target is what a path of a domain leads to.
type Target struct {
	APIID, Stage string
	// Path is what is left of the path for the API, with a slash in front.
	Path string
	// BasePath is the base path that matched, "(none)" for the empty one.
	BasePath string
	// LowerHeaders says that the API sees all header names in lower case.
	LowerHeaders bool
}

// Find returns what the path leads to: the mapping with the longest base path that matches wins. False when none does, or
// when the domain routes by rules alone, of which this API version has none.
func (d *Domain) Find(path string) (Target, bool) {
	if d.DomainName.RoutingMode == apidef.RoutingRuleOnly {
		return Target{}, false
	}
	for i := range d.mappings {
		if rest, ok := d.mappings[i].match(path, d.byPrefix); ok {
			return d.target(&d.mappings[i], rest), true
		}
	}
	return Target{}, false
}

// match returns what follows the base path.
func (m *mapping) match(path string, byPrefix bool) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(path, m.path); !ok {
		return "", false
	}
	return rest, byPrefix || m.path == "" || rest == "" || rest[0] == '/'
}

// target fills in the stage: the mapping's, or the segment after the base path.
func (d *Domain) target(m *mapping, rest string) Target {
	t := Target{APIID: m.APIID, Stage: m.Stage, Path: rest, BasePath: m.Segment(), LowerHeaders: d.byPrefix}
	if t.Stage == "" {
		t.Stage, t.Path = firstSegment(rest)
	}
	if t.Path == "" || t.Path[0] != '/' {
		t.Path = "/" + t.Path
	}
	return t
}

// firstSegment splits "/a/b" into "a" and "/b".
func firstSegment(path string) (first, rest string) {
	path = strings.TrimLeft(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}
