package lambda

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// archive reads the archive of a function.
func (r records) archive(name, key string) ([]byte, error) {
	doc, err := r.tx.Get(r.key(kindCode, name+"/"+key))
	if err != nil {
		return nil, err
	}
	var archive []byte
	if err := json.Unmarshal(doc.Body, &archive); err != nil {
		return nil, fmt.Errorf("read the code of %s: %w", name, err)
	}
	return archive, nil
}

// putArchive keeps an archive.
func (r records) putArchive(name, key string, archive []byte) error {
	body := make([]byte, 0, base64.StdEncoding.EncodedLen(len(archive))+2)
	body = append(body, '"')
	body = base64.StdEncoding.AppendEncode(body, archive)
	return r.tx.Put(r.key(kindCode, name+"/"+key), append(body, '"'))
}

// dropArchives removes the archives that no version of the function needs any more.
func (r records) dropArchives(f *function) error {
	needed := map[string]bool{f.Latest.Code.Key: true}
	versions, err := r.versions(f.Name)
	if err != nil {
		return err
	}
	for _, v := range versions {
		needed[v.Code.Key] = true
	}
	return r.deleteAll(kindCode, f.Name+"/", func(id string) bool { return !needed[id[len(f.Name)+1:]] })
}

// deleteAll removes the documents of a kind whose id starts with prefix and that doomed is true of.
func (r records) deleteAll(kind, prefix string, doomed func(id string) bool) error {
	ids, err := r.ids(kind, prefix)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !doomed(id) {
			continue
		}
		if err := r.delete(kind, id); err != nil {
			return err
		}
	}
	return nil
}
