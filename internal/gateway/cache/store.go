package cache

import "time"

// Key tells which requests an entry answers for.
type Key [32]byte

// Store is the cache of one stage. Its methods may be called from any goroutine.
type Store interface {
	// Get returns the entry of a key that has not expired.
	Get(key Key) (*Response, bool)
	// Put keeps a response, in the place of the one that the key had. The store may also decide not to.
	Put(key Key, r *Response, terms Terms)
	// Delete forgets the entry of a key.
	Delete(key Key)
}

// Terms are how an entry is kept.
type Terms struct {
	TTL time.Duration
	// Encrypted entries are not readable in the store's memory.
	Encrypted bool
}

// Stores has the caches of stages.
type Stores interface {
	// Open returns the cache of a stage. Whoever uses it keeps it: a memory that nobody holds is given up.
	Open(p Place) Store
}

// Place is where a stage's cache is. Another generation or another size is another cache, which begins empty.
type Place struct {
	APIID, Stage string
	Generation   int64
	// Size is the stage's cacheClusterSize, in GB: "0.5".
	Size string
}
