package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// yamlConfig reads the file of --config: one key per flag, in the flag's letters.
func yamlConfig(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(r).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return configFile(values), nil
}

// configFile resolves flags from a configuration file; a key that is no flag is an error, not a surprise.
type configFile map[string]any

// Validate implements kong.Resolver.
func (c configFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, command := range app.Leaves(false) {
		for _, flag := range command.Flags {
			known[flag.Name] = true
		}
	}
	var unknown []string
	for key := range c {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("the configuration has keys that are no flags: %v", unknown)
	}
	return nil
}

// Resolve implements kong.Resolver.
func (c configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, ok := c[flag.Name]
	if !ok {
		return nil, nil //nolint:nilnil // kong's word for "not set here"
	}
	return value, nil
}
