package jsonpath

// op is what a step does.
type op uint8

const (
	opRoot         op = iota // $, which past the front of a path does nothing
	opProperty               // ['a']
	opProperties             // ['a','b'], also of no names at all
	opIndex                  // [1]
	opIndexes                // [1,2]
	opFromEnd                // [(@.length-1)]
	opSliceFrom              // [1:]
	opSliceTo                // [:2]
	opSliceBetween           // [1:2]
	opBroken                 // an index that Jayway compiles but cannot evaluate
	opWildcard               // *
	opScan                   // ..
	opFilter                 // [?(...)]
)

// step is one part of a path.
type step struct {
	op     op
	name   string   // of opProperty
	key    any      // name as a map's key
	names  []string // of opProperties
	ints   []int32  // indices; for opFromEnd what to add to the length
	filter filter   // of opFilter; nil for [?], which has nothing to ask

	// strict says that a missing property that is not the last step is not found; otherwise nothing is added to
	// the results. Jayway looks for it at the step before this one and at all that follow.
	strict bool
}

func (s *step) definite() bool {
	switch s.op {
	case opRoot, opProperty, opProperties, opIndex, opFromEnd:
		return true
	}
	return false
}

func definite(steps []step) bool {
	for i := range steps {
		if !steps[i].definite() {
			return false
		}
	}
	return true
}

// link fills in what a step must know of its neighbours.
func link(steps []step) {
	rest := true // all from i on are definite
	for i := len(steps) - 1; i >= 0; i-- {
		rest = rest && steps[i].definite()
		if i < len(steps)-1 { // from the step before on
			steps[i+1].strict = rest
		}
	}
	steps[0].strict = steps[0].definite()
}
