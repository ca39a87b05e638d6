package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed Bench.java
var program []byte

const jarDir = "/usr/share/java"

var jars = []string{
	"velocity", "commons-collections3", "commons-lang", "json-path", "json-smart", "accessors-smart", "asm", "slf4j-api",
	"slf4j-nop",
}

// measureJVM returns the microseconds of CPU that Velocity takes to render each case.
func measureJVM(ctx context.Context) (map[string]float64, error) {
	dir, err := os.MkdirTemp("", "templates")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	classPath := []string{dir}
	for _, jar := range jars {
		classPath = append(classPath, filepath.Join(jarDir, jar+".jar"))
	}
	if err := os.CopyFS(dir, cases); err != nil {
		return nil, err
	}
	source := filepath.Join(dir, "Bench.java")
	if err := os.WriteFile(source, program, 0o600); err != nil {
		return nil, err
	}
	path := strings.Join(classPath, string(os.PathListSeparator))
	if out, err := exec.CommandContext(ctx, "javac", "-nowarn", "-cp", path, "-d", dir, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("javac: %w\n%s", err, out)
	}
	args := []string{"-XX:+UseSerialGC", "-Xms256m", "-Xmx256m", "-cp", path, "Bench", filepath.Join(dir, "cases")}
	out, err := exec.CommandContext(ctx, "java", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	return readTable(out)
}

// readTable reads "NAME MICROSECONDS" lines.
func readTable(out []byte) (map[string]float64, error) {
	table := map[string]float64{}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		name, number, _ := strings.Cut(s.Text(), " ")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("java printed %q", s.Text())
		}
		table[name] = v
	}
	return table, nil
}
