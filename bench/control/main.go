// Command control measures the control plane: how many PutIntegration and GetIntegration calls a second one node answers
// from SQLite, over TCP, to several clients at once. A Markdown table on stdout:
//
//	make build && go run ./bench/control [-postern bin/postern] [-clients 8] [-seconds 5]
//
// Every client has an API of its own, keeps one connection, and asks again as soon as it is answered. A write is
// answered when it is durable, so the disk's fsync bounds the writes of one client; those of many share one. CPU is that
// of the server alone, user and system: unlike the rate it repeats on a busy machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

func main() {
	postern := flag.String("postern", "bin/postern", "the server's binary")
	clients := flag.Int("clients", 8, "how many ask at once")
	seconds := flag.Int("seconds", 5, "how long each operation is measured")
	flag.Parse()
	if err := run(*postern, *clients, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "control:", err)
		os.Exit(1)
	}
}

// An operation is a request that a client repeats; {api} and {root} are the client's own.
var operations = []struct{ name, method, path, body string }{
	{"GetIntegration", "GET", "/restapis/{api}/resources/{root}/methods/GET/integration", ""},
	{"PutIntegration", "PUT", "/restapis/{api}/resources/{root}/methods/GET/integration", integration},
}

const integration = `{"type":"HTTP","httpMethod":"POST","uri":"http://example.com/pets",` +
	`"requestParameters":{"integration.request.header.X-Static":"'static'"},` +
	`"requestTemplates":{"application/json":"{\"pet\": $input.json('$.pet')}"}}`

func run(postern string, n int, length time.Duration) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := start(ctx, postern)
	if err != nil {
		return err
	}
	defer s.stop()
	clients := make([]*client, n)
	for i := range clients {
		if clients[i], err = newClient(ctx, s.address); err != nil {
			return err
		}
		if err := clients[i].prepare(); err != nil {
			return err
		}
	}
	fmt.Println("| operation | clients | answers/s | median, ms | 99th percentile, ms | server CPU, µs/answer |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	for _, op := range operations {
		before := s.cpu()
		took, err := measure(clients, op.method, op.path, op.body, length)
		if err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		cpu := float64((s.cpu() - before).Microseconds()) / float64(len(took))
		fmt.Printf("| %s | %d | %.0f | %.2f | %.2f | %.0f |\n", op.name, n, float64(len(took))/length.Seconds(),
			milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100]), cpu)
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// measure lets every client repeat a request for the given time, and gives the time that each answer took, sorted.
func measure(clients []*client, method, path, body string, length time.Duration) ([]time.Duration, error) {
	var all []time.Duration
	var failed error
	var mu sync.Mutex
	var running sync.WaitGroup
	end := time.Now().Add(length)
	for _, c := range clients {
		running.Go(func() {
			took, err := c.repeat(method, path, body, end)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				failed = err
			}
		})
	}
	running.Wait()
	if failed == nil && len(all) == 0 {
		failed = fmt.Errorf("nothing was answered in %v", length)
	}
	slices.Sort(all)
	return all, failed
}
