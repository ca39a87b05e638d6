package lambda

import (
	"fmt"
	"strconv"

	model "postern/internal/aws/wire/lambda"
	"postern/internal/store"
	"postern/internal/store/document"
)

// The kinds of document.
const (
	kindFunction = "lambdafunction" // {name}
	kindVersion  = "lambdaversion"  // {name}/{number, ten digits}
	kindAlias    = "lambdaalias"    // {name}/{alias}
	kindCode     = "lambdacode"     // {name}/{SHA-256, hexadecimal}: the archive, base64 as a JSON string
)

// function is a function as a whole. Every change of its versions and aliases writes it too, so that its revision in the
// store tells whether anything has changed.
type function struct {
	Name string
	// Latest is what $LATEST is.
	Latest version
	// Published is the number of the version that was published last; 0 for none.
	Published int
	Tags      map[string]string `json:",omitempty"`
	// Reserved is the reserved concurrency; nil for none.
	Reserved *int `json:",omitempty"`
	// Policies are the resource policies, by qualifier; that of the function itself is under "".
	Policies map[string]*policy `json:",omitempty"`
}

// version is what runs: $LATEST, or a published copy of it.
type version struct {
	// Number is "$LATEST" or "1", "2" ...
	Number     string
	Runtime    string
	Handler    string
	Role       string
	Timeout    int
	MemorySize int
	// Description is reported as empty text when there is none.
	Description string
	Code        codeReference
	// LastModified is as the wire has it, "2026-01-31T12:00:00.000+0000".
	LastModified string
	RevisionID   string
	Architecture string
	LogFormat    string
	LogGroup     string
	// What follows is absent when it was never set.
	Variables           map[string]string        `json:",omitempty"`
	ApplicationLogLevel string                   `json:",omitempty"`
	SystemLogLevel      string                   `json:",omitempty"`
	KMSKeyARN           string                   `json:",omitempty"`
	DeadLetterTarget    string                   `json:",omitempty"`
	Tracing             string                   `json:",omitempty"`
	VPC                 *model.VPCConfigResponse `json:",omitempty"`
	EphemeralStorage    int                      `json:",omitempty"`
	SnapStart           string                   `json:",omitempty"`
}

// codeReference is where a version's code is.
type codeReference struct {
	// SHA256 is of the archive, base64; Key is the same in hexadecimal, empty for a folder.
	SHA256, Key string
	// Size is the archive's, in bytes.
	Size int64
	// Folder is a folder of this machine that the function runs in, as it is.
	Folder string `json:",omitempty"`
}

// alias points to a version, or to two.
type alias struct {
	Name        string
	Version     string
	Description string
	Weights     map[string]float64 `json:",omitempty"`
	RevisionID  string
}

// records are one scope's documents in one transaction.
type records struct {
	tx    store.Tx
	scope store.Scope
}

func (r records) key(kind, id string) store.Key { return store.Key{Scope: r.scope, Kind: kind, ID: id} }

func (r records) delete(kind, id string) error { return r.tx.Delete(r.key(kind, id)) }

// get reads one document; store.ErrNotFound when there is none.
func get[T any](r records, kind, id string) (*T, error) {
	return document.Get[T](r.tx, r.key(kind, id))
}

func put[T any](r records, kind, id string, v *T) error {
	return document.Put(r.tx, r.key(kind, id), v)
}

// list reads every document of a kind whose id starts with prefix, in order of the id.
func list[T any](r records, kind, prefix string) ([]*T, error) {
	return document.List[T](r.tx, r.scope, kind, prefix)
}

// function reads the function that at names, whatever its qualifier.
func (r records) function(at ref) (*function, error) {
	f, err := get[function](r, kindFunction, at.name)
	if notFound(err) {
		return nil, errNoFunction(at)
	}
	return f, err
}

func (r records) putFunction(f *function) error { return put(r, kindFunction, f.Name, f) }

// versionID is a version's id under its function: in order of the number.
func versionID(name, number string) string {
	n, _ := strconv.Atoi(number) // a number: the caller has looked
	return fmt.Sprintf("%s/%010d", name, n)
}

// versions reads the published versions, the oldest first.
func (r records) versions(name string) ([]*version, error) {
	return list[version](r, kindVersion, name+"/")
}

// aliases reads the aliases in order of their names.
func (r records) aliases(name string) ([]*alias, error) { return list[alias](r, kindAlias, name+"/") }

// version reads what a qualifier means: $LATEST, a number, or the version that an alias points to first. The alias is
// nil for other qualifiers.
func (r records) version(f *function, at ref) (*version, *alias, error) {
	switch {
	case at.qualifier == "" || at.qualifier == latest:
		return &f.Latest, nil, nil
	case isDigits(at.qualifier):
		v, err := r.number(at, at.qualifier)
		return v, nil, err
	}
	a, err := get[alias](r, kindAlias, f.Name+"/"+at.qualifier)
	if notFound(err) {
		return nil, nil, errNoFunction(at)
	}
	if err != nil {
		return nil, nil, err
	}
	if a.Version == latest {
		return &f.Latest, a, nil
	}
	v, err := r.number(at, a.Version)
	return v, a, err
}

// number reads a published version.
func (r records) number(at ref, number string) (*version, error) {
	if len(number) > 10 {
		return nil, errNoFunction(at)
	}
	v, err := get[version](r, kindVersion, versionID(at.name, number))
	if notFound(err) {
		return nil, errNoFunction(ref{at.scope, at.name, number})
	}
	return v, err
}

// ids lists the ids of a kind that start with prefix.
func (r records) ids(kind, prefix string) (ids []string, err error) {
	err = r.tx.Scan(r.scope, kind, prefix, "", func(doc store.Document) bool {
		ids = append(ids, doc.Key.ID)
		return true
	})
	return ids, err
}
