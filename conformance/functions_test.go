package conformance

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
)

// code binds a name to an archive with one file, base64 as CreateFunction takes it: "pets app.py" makes $pets.
func (d *dialogue) code(of, text string) {
	d.t.Helper()
	name, file, _ := strings.Cut(of, " ")
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create(file)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.bound[name] = base64.StdEncoding.EncodeToString(archive.Bytes())
}
