package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// VersionCmd prints what this binary is.
type VersionCmd struct{}

// Run implements the command.
func (VersionCmd) Run(s *Streams) error {
	_, err := fmt.Fprintln(s.Out, "postern", version(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return err
}

// version is the module's version, with the revision it was built from when that is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" {
		return v
	}
	return "(devel)"
}
