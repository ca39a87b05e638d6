package apidef

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"postern/internal/aws/awserr"
)

// ErrTooManyResources is the answer to one resource more than the quota, also by an import.
// Recorded AWS answers: CreateResource; ImportRestApi (public report: boto/boto3 issue 1296).
var ErrTooManyResources = awserr.LimitExceeded.Errorf("Maximum number of Resources for this API has been reached.  Please contact AWS if you need additional Resources.")

// ErrNoResource is what operations on an unknown resource answer. Recorded AWS answer: GetResource.
var ErrNoResource = awserr.NotFound.Errorf("Invalid Resource identifier specified")

// Tree is the resources of one API. Putting a resource into it, and finding those below one, takes no longer in a large
// tree than in a small one. It is for one goroutine.
type Tree struct {
	byID  map[string]*Resource
	below map[string]map[string]*Resource // by the parent's id, then by path part
}

// NewTree makes a tree of resources that were one before: they are not checked again.
func NewTree(resources []*Resource) *Tree {
	t := &Tree{byID: make(map[string]*Resource, len(resources)), below: make(map[string]map[string]*Resource)}
	for _, r := range resources {
		t.put(r)
	}
	return t
}

// Len is the number of resources, the root included.
func (t *Tree) Len() int { return len(t.byID) }

// Get finds a resource by its id.
func (t *Tree) Get(id string) (*Resource, bool) {
	r, ok := t.byID[id]
	return r, ok
}

// All are the resources, in no order.
func (t *Tree) All() iter.Seq[*Resource] { return maps.Values(t.byID) }

// Remove takes a resource out of the tree. Those below it stay.
func (t *Tree) Remove(id string) {
	if r, ok := t.byID[id]; ok {
		delete(t.byID, id)
		t.detach(r)
	}
}

func (t *Tree) put(r *Resource) {
	t.byID[r.ID] = r
	if r.ParentID == "" || r.ParentID == r.ID {
		return
	}
	if t.below[r.ParentID] == nil {
		t.below[r.ParentID] = make(map[string]*Resource)
	}
	t.below[r.ParentID][r.PathPart] = r
}

func (t *Tree) detach(r *Resource) {
	if t.below[r.ParentID][r.PathPart] == r {
		delete(t.below[r.ParentID], r.PathPart)
	}
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
func (t *Tree) Add(r *Resource) error {
	if err := CheckPathPart(r.PathPart); err != nil {
		return err
	}
	if err := t.checkPlace(r); err != nil {
		return err
	}
	r.Path = t.path(r)
	t.put(r)
	return nil
}

// checkPlace checks a resource against its parent and its siblings.
// Recorded AWS answers: CreateResource, UpdateResource.
func (t *Tree) checkPlace(r *Resource) error {
	parent, ok := t.byID[r.ParentID]
	if !ok {
		return ErrNoResource
	}
	if IsGreedy(parent.PathPart) {
		return awserr.BadRequest.Errorf("Cannot create a child of a resource with a greedy path variable: %s", parent.PathPart)
	}
	siblings := t.below[r.ParentID]
	if sibling, ok := siblings[r.PathPart]; ok && sibling.ID != r.ID {
		return awserr.Conflict.Errorf("Another resource with the same parent already has this name: %s", r.PathPart)
	}
	if !IsVariable(r.PathPart) {
		return nil
	}
	for _, sibling := range siblings { // at most one of them is variable
		if sibling.ID != r.ID && IsVariable(sibling.PathPart) {
			return awserr.BadRequest.Errorf("A sibling (%s) of this resource already has a variable path part -- only one is allowed", sibling.PathPart)
		}
	}
	return nil
}

// Children are the resources directly below one, by path part.
func (t *Tree) Children(id string) []*Resource {
	return slices.SortedFunc(maps.Values(t.below[id]), func(a, b *Resource) int { return strings.Compare(a.PathPart, b.PathPart) })
}

// Subtree is a resource with all its descendants, the resource first.
func (t *Tree) Subtree(id string) []*Resource {
	r, ok := t.byID[id]
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
func (t *Tree) isBelow(id, ancestor string) bool {
	for range len(t.byID) + 1 {
		if id == ancestor {
			return true
		}
		r, ok := t.byID[id]
		if !ok || r.ParentID == "" {
			return false
		}
		id = r.ParentID
	}
	return true // a loop that does not pass the ancestor cannot be built; treat it as one
}

func (t *Tree) path(r *Resource) string {
	parent, ok := t.byID[r.ParentID]
	if !ok {
		return "/"
	}
	return strings.TrimSuffix(parent.Path, "/") + "/" + r.PathPart
}

// repath computes the paths of a resource and its descendants anew, and returns those resources.
func (t *Tree) repath(r *Resource) []*Resource {
	moved := t.Subtree(r.ID)
	for _, m := range moved { // parents come first
		m.Path = t.path(m)
	}
	return moved
}

// resourcePatch is a resource on its way to another place in the tree.
type resourcePatch struct {
	tree *Tree
	*Resource
}

var resourcePaths = PatchTable[resourcePatch]{
	Refuse: refuseListing,
	Paths: []PatchPath[resourcePatch]{
		{Pattern: "/parentId", Ops: Replace, Apply: (*resourcePatch).setParent},
		{Pattern: "/pathPart", Ops: Replace, Apply: (*resourcePatch).setPathPart},
	},
}

func (p *resourcePatch) setParent(c Change) error {
	if p.ParentID == "" {
		return awserr.BadRequest.Errorf("Root resource cannot update its parentId.")
	}
	if _, ok := p.tree.byID[c.Value]; !ok {
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
func (t *Tree) Patch(id string, ops []PatchOperation) ([]*Resource, error) {
	r, ok := t.byID[id]
	if !ok {
		return nil, ErrNoResource
	}
	t.detach(r)
	if err := resourcePaths.Apply(&resourcePatch{tree: t, Resource: r}, ops); err != nil {
		return nil, err
	}
	if r.ParentID != "" {
		if err := t.checkPlace(r); err != nil {
			return nil, err
		}
	}
	t.put(r)
	return t.repath(r), nil
}
