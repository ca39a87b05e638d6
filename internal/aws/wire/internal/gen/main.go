// Command gen writes a service's Go package from its model: the shapes, their codecs, the constraints, the Handler
// interface and the route table.
//
// What comes in: a model, NAME.json, and beside it NAME.overlay.json with what the model leaves out. What goes out: Go
// files in the working directory, the same bytes for the same input. Run it with go generate.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	modelPath := flag.String("model", "", "the model's `file`; its overlay stands beside it")
	out := flag.String("out", ".", "the `folder` of the package")
	flag.Parse()
	if err := run(*modelPath, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(modelPath, out string) error {
	m, err := load(modelPath)
	if err != nil {
		return err
	}
	files, err := generate(m)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(files) {
		if err := os.WriteFile(filepath.Join(out, name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate gives the content of each file by its name.
func generate(m *model) (map[string][]byte, error) {
	g := newGenerator(m)
	parts := map[string]func(*file){
		"shapes_gen.go":        g.shapes,
		"enums_gen.go":         g.enums,
		"decode_gen.go":        g.decoders,
		"encode_gen.go":        g.encoders,
		"constraints_gen.go":   g.constraints,
		"requests_gen.go":      g.requests,
		"handler_gen.go":       g.handler,
		"service_gen.go":       g.service,
		"errors_gen.go":        g.errors,
		"recorder_gen_test.go": g.recorder,
	}
	if m.Protocol != restJSON {
		parts["requests_gen.go"], parts["service_gen.go"] = g.rpcRequests, g.rpcService
	}
	if m.Protocol.xml() {
		parts["decode_gen.go"], parts["encode_gen.go"] = g.formDecoders, g.xmlEncoders
	}
	if m.Service == "apigateway" || m.Protocol == ec2 {
		delete(parts, "errors_gen.go") // in awserr, and in no model
	}
	files := map[string][]byte{}
	for name, write := range parts {
		f := &file{pkg: m.Service, source: m.source}
		write(f)
		src, err := f.format()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = src
	}
	return files, nil
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
