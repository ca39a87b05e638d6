package docs_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every package stands in a folder that architecture.md names, and every folder that it names is there.
func TestArchitectureNamesTheFolders(t *testing.T) {
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	project := os.DirFS("..")
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+`) \\|").FindAllStringSubmatch(string(page), -1) {
		for folder := range strings.SplitSeq(row[1], ", ") {
			named = append(named, strings.Trim(folder, "`"))
		}
	}
	for _, folder := range named {
		if info, err := fs.Stat(project, folder); err != nil || !info.IsDir() {
			t.Errorf("there is no folder %s", folder)
		}
	}
	for _, file := range goFiles(t, project) {
		folder := path.Dir(file)
		// What lies below a folder belongs to it, but for the folders that only hold others.
		isNamed := func(name string) bool {
			return name == folder || strings.HasPrefix(folder, name+"/") && name != "internal/gateway"
		}
		if !strings.HasPrefix(folder, "examples/") && !slices.ContainsFunc(named, isNamed) && folder != "docs" {
			t.Errorf("architecture.md does not name %s", folder)
		}
	}
}

// goFiles are the paths of all Go files of the project.
func goFiles(t *testing.T, project fs.FS) (files []string) {
	t.Helper()
	err := fs.WalkDir(project, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != "." {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
