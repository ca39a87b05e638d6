package cli

import (
	"errors"
	"fmt"
	"os"

	"postern/internal/gateway/mapping"
)

// TemplateCheckCmd reports what is wrong or doubtful in mapping templates, one finding a line on stdout:
// FILE:LINE:COLUMN: what. It fails when there is any.
//
//	postern template check request.vtl response.vtl
type TemplateCheckCmd struct {
	Files []string `arg:"" name:"file" help:"Mapping templates (Velocity)."`
}

// Run implements the command.
func (c *TemplateCheckCmd) Run(s *Streams) error {
	findings := 0
	for _, file := range c.Files {
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, f := range mapping.Check(file, string(source)) {
			fmt.Fprintf(s.Out, "%s:%d:%d: %s\n", file, f.Line, f.Column, f.Message)
			findings++
		}
	}
	switch findings {
	case 0:
		return nil
	case 1:
		return errors.New("1 finding")
	}
	return fmt.Errorf("%d findings", findings)
}
