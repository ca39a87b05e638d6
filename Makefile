# Two commands to know: `make run` and `make test`.
TOOL = go tool -modfile=tools/go.mod

.PHONY: help run build test lint bench profile generate fuzz

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | expand -t 12

build: ## bin/postern
	CGO_ENABLED=0 go build -trimpath -o bin/postern ./cmd/postern

run: build ## Postern with the pets example, and curl lines that answer
	@CGO_ENABLED=0 go build -trimpath -o bin/pets-upstream ./examples/pets/upstream
	@examples/pets/run bin/postern bin/pets-upstream

test: ## every test: race detector on, order shuffled; installs what the tests need
	@scripts/test

lint: ## golangci-lint, and generated files that are up to date
	@scripts/lint

bench: ## ten runs of the Go benchmarks, compared with bench.old
	go test -run '^$$' -bench . -benchmem -count 10 ./... > bench.new
	@if [ -e bench.old ]; then $(TOOL) benchstat bench.old bench.new; else $(TOOL) benchstat bench.new; fi

profile: ## the profiles that the compiler optimizes by, from the Go benchmarks
	@scripts/profile

generate: ## the wire code, from the service models
	go generate ./...

fuzz: ## each fuzz target for FUZZTIME (default 1m)
	@scripts/fuzz
