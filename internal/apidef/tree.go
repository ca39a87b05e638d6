package apidef

import (
	"regexp"
	"sort"
	"strings"

	"postern/internal/aws/awserr"
)

// ErrNoResource is what operations on an unknown resource answer. Recorded AWS answer: GetResource.
var ErrNoResource = awserr.NotFound.Errorf("Invalid Resource identifier specified")

// Tree is the resources of one API by id.
type Tree map[string]*Resource

// NewTree indexes resources.
func NewTree(resources []*Resource) Tree {
	t := make(Tree, len(resources))
	for _, r := range resources {
		t[r.ID] = r
	}
	return t
}

// legalPathPart is what the message of Resource.pathPart says, read strictly: a brace stands at both ends or nowhere.
var legalPathPart = regexp.MustCompile(`^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$`)

const illegalPathPart = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end."

// IsVariable tells whether a path part is {name} or {name+}.
func IsVariable(pathPart string) bool { return strings.HasPrefix(pathPart, "{") }

// IsGreedy tells whether a path part is {name+}.
func IsGreedy(pathPart string) bool { return strings.HasSuffix(pathPart, "+}") }

// CheckPathPart refuses what no path part may be.
func CheckPathPart(pathPart string) error {
	if !legalPathPart.MatchString(pathPart) {
		return awserr.BadRequest.Errorf("%s", illegalPathPart)
	}
	return nil
}

// Add puts a new resource below its parent, and computes its path.
func (t Tree) Add(r *Resource) error {
	if err := CheckPathPart(r.PathPart); err != nil {
		return err
	}
	if err := t.checkPlace(r); err != nil {
		return err
	}
	t[r.ID] = r
	r.Path = t.path(r)
	return nil
}

// checkPlace checks a resource against its parent and its siblings.
// Recorded AWS answers: CreateResource, UpdateResource.
func (t Tree) checkPlace(r *Resource) error {
	parent, ok := t[r.ParentID]
	if !ok {
		return ErrNoResource
	}
	if IsGreedy(parent.PathPart) {
		return awserr.BadRequest.Errorf("Cannot create a child of a resource with a greedy path variable: %s", parent.PathPart)
	}
	for _, sibling := range t.Children(r.ParentID) {
		if sibling.ID != r.ID && sibling.PathPart == r.PathPart {
			return awserr.Conflict.Errorf("Another resource with the same parent already has this name: %s", r.PathPart)
		}
	}
	for _, sibling := range t.Children(r.ParentID) {
		if sibling.ID != r.ID && IsVariable(r.PathPart) && IsVariable(sibling.PathPart) {
			return awserr.BadRequest.Errorf("A sibling (%s) of this resource already has a variable path part -- only one is allowed", sibling.PathPart)
		}
	}
	return nil
}

// Children are the resources directly below one, by path part.
func (t Tree) Children(id string) []*Resource {
	var children []*Resource
	for _, r := range t {
		if r.ParentID == id && r.ID != id {
			children = append(children, r)
		}
	}
	sort.Slice(children, func(i, j int) bool { return children[i].PathPart < children[j].PathPart })
	return children
}

// Subtree is a resource with all its descendants, the resource first.
func (t Tree) Subtree(id string) []*Resource {
	r, ok := t[id]
	if !ok {
		return nil
	}
	out := []*Resource{r}
	for _, child := range t.Children(id) {
		out = append(out, t.Subtree(child.ID)...)
	}
	return out
}

// isBelow tells whether a resource is another one or a descendant of it.
func (t Tree) isBelow(id, ancestor string) bool {
	for range len(t) + 1 {
		if id == ancestor {
			return true
		}
		r, ok := t[id]
		if !ok || r.ParentID == "" {
			return false
		}
		id = r.ParentID
	}
	return true // a loop that does not pass the ancestor cannot be built; treat it as one
}

func (t Tree) path(r *Resource) string {
	parent, ok := t[r.ParentID]
	if !ok {
		return "/"
	}
	return strings.TrimSuffix(parent.Path, "/") + "/" + r.PathPart
}

// repath computes the paths of a resource and its descendants anew, and returns those resources.
func (t Tree) repath(r *Resource) []*Resource {
	moved := t.Subtree(r.ID)
	for _, m := range moved { // parents come first
		m.Path = t.path(m)
	}
	return moved
}

// resourcePatch is a resource on its way to another place in the tree.
type resourcePatch struct {
	tree Tree
	*Resource
}

var resourcePaths = PatchTable[resourcePatch]{
	Refuse: refuseListing("/parentId", "/pathPart"),
	Paths: []PatchPath[resourcePatch]{
		{Pattern: "/parentId", Ops: Replace, Apply: (*resourcePatch).setParent},
		{Pattern: "/pathPart", Ops: Replace, Apply: (*resourcePatch).setPathPart},
	},
}

func (p *resourcePatch) setParent(c Change) error {
	if p.ParentID == "" {
		return awserr.BadRequest.Errorf("Root resource cannot update its parentId.")
	}
	if _, ok := p.tree[c.Value]; !ok {
		return ErrNoResource
	}
	if p.tree.isBelow(c.Value, p.ID) {
		return awserr.BadRequest.Errorf("Resources cannot be cyclical.")
	}
	p.ParentID = c.Value
	return nil
}

func (p *resourcePatch) setPathPart(c Change) error {
	if p.ParentID == "" {
		return awserr.BadRequest.Errorf("Root resource cannot update its pathPart.")
	}
	if err := CheckPathPart(c.Value); err != nil {
		return err
	}
	if IsGreedy(c.Value) && len(p.tree.Children(p.ID)) > 0 {
		return awserr.BadRequest.Errorf("Cannot create a child of a resource with a greedy path variable: %s", c.Value)
	}
	p.PathPart = c.Value
	return nil
}

// Patch changes a resource's place, and returns every resource whose path changed with it, the resource first. After an
// error the tree is not to be used any more.
// Recorded AWS answers: UpdateResource.
func (t Tree) Patch(id string, ops []PatchOperation) ([]*Resource, error) {
	r, ok := t[id]
	if !ok {
		return nil, ErrNoResource
	}
	if err := resourcePaths.Apply(&resourcePatch{tree: t, Resource: r}, ops); err != nil {
		return nil, err
	}
	if r.ParentID != "" {
		if err := t.checkPlace(r); err != nil {
			return nil, err
		}
	}
	return t.repath(r), nil
}
