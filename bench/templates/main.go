// Command templates measures how long a mapping template takes to render, with this project's engine and with Apache
// Velocity 1.7 and Jayway JsonPath on a warm JVM, in one run and on one thread:
//
//	go run ./bench/templates
//
// Both have a heap of 256 MiB. The CPU time of this engine is the whole process's, with its garbage collector; that of
// Velocity is its thread's, without. As in a gateway the template is compiled once, the JSON body is parsed for every render, parameters and context are
// ready. The cases are NAME.vtl (the template), NAME.json (the request) and NAME.out (the text that Velocity renders,
// which must come out to the byte). Velocity needs a JDK and Debian's packages velocity and libjsonpath-java; without
// them the table has its own column only.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"postern/java"
	"postern/jsonpath"
	"postern/vtl"
)

//go:embed cases
var cases embed.FS

var names = []string{"small", "medium", "large"}

const rounds = 7

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "templates:", err)
		os.Exit(1)
	}
}

// heap is what both engines may use before they collect garbage; it is the JVM's -Xmx. Unit: bytes.
const heap = 256 << 20

func run() error {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(heap)
	java, err := measureJVM(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "templates: without Velocity:", err)
	}
	fmt.Println("| template | this engine, µs CPU/render | of it body parse | allocations | Velocity, µs CPU/render | ratio |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	for _, name := range names {
		b, err := load(name)
		if err != nil {
			return err
		}
		m, err := b.measure()
		if err != nil {
			return err
		}
		velocity, ratio := "", ""
		if v, ok := java[name]; ok {
			velocity, ratio = fmt.Sprintf("%.1f", v), fmt.Sprintf("%.1f", v/m.render)
		}
		fmt.Printf("| %s | %.2f | %.2f | %.0f | %s | %s |\n", name, m.render, m.parse, m.allocations, velocity, ratio)
	}
	return nil
}

// benchmark is one case, ready to run.
type benchmark struct {
	name     string
	template *vtl.Template
	scope    scope
	want     string
	out      []byte
}

func load(name string) (*benchmark, error) {
	read := func(ext string) string {
		text, err := cases.ReadFile("cases/" + name + ext)
		if err != nil {
			panic(err) // embedded
		}
		return string(text)
	}
	t, paths, err := prepare(name, read(".vtl"))
	if err != nil {
		return nil, err
	}
	doc, err := jsonpath.Parse(read(".json"))
	if err != nil {
		return nil, err
	}
	req, ok := doc.(*java.Map)
	if !ok {
		return nil, errors.New("the request is no object")
	}
	get := func(key string) *java.Map {
		v, _ := req.GetString(key)
		m, _ := v.(*java.Map)
		return m
	}
	body, _ := req.GetString("body")
	b := &benchmark{name: name, template: t, want: read(".out")}
	b.scope = scope{
		input:          input{body: body.(string), params: get("params"), paths: paths},
		context:        get("context"),
		stageVariables: get("stageVariables"),
	}
	return b, nil
}

// render renders once. The body is parsed again.
func (b *benchmark) render() error {
	b.scope.input.doc, b.scope.input.parsed = nil, false
	var err error
	b.out, err = b.template.Append(b.out[:0], &b.scope)
	return err
}

type measurement struct{ render, parse, allocations float64 }

// measure takes the median of some rounds of CPU time.
func (b *benchmark) measure() (m measurement, err error) {
	if err := b.render(); err != nil {
		return m, err
	}
	if string(b.out) != b.want {
		return m, fmt.Errorf("case %s renders other text than Velocity", b.name)
	}
	n := 1
	for timed(n, func() { err = b.render() }) < 100*time.Millisecond {
		n *= 2
	}
	m.render = median(n, func() { err = b.render() })
	m.parse = median(n, func() { _, err = b.scope.input.parser.Parse(b.scope.input.body) })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		err = b.render()
	}
	runtime.ReadMemStats(&after)
	m.allocations = float64(after.Mallocs-before.Mallocs) / 1000
	return m, err
}

// median is the median time of n calls over some rounds. Unit: microseconds a call.
func median(n int, f func()) float64 {
	var times []float64
	for range rounds {
		times = append(times, float64(timed(n, f).Nanoseconds())/1e3/float64(n))
	}
	slices.Sort(times)
	return times[rounds/2]
}

// timed is the CPU time of the process for n calls, garbage collection included.
func timed(n int, f func()) time.Duration {
	start := cpu()
	for range n {
		f()
	}
	return cpu() - start
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are constant
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
