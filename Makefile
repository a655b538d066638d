# The MinIO server that the integration tests run against. Its module has no usable latest version, so it is
# pinned to one.
MINIO := github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

# What the fault server's throughput is compared with.
TOXIPROXY := github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0

SCENARIO ?= scenarios/flaky.yaml

.DEFAULT_GOAL := help
.PHONY: help run test bench lint cover minio toxiproxy clean

help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run a scenario (SCENARIO=scenarios/flaky.yaml)
	go run ./cmd/ratebench run $(SCENARIO)

test: ## Run the tests
	go test ./...

bench: bin/toxiproxy-server ## Print every enforced ratio beside its bar; fails below it
	go run ./internal/ratios

lint: ## Check format, vet and staticcheck
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

cover: ## Print test coverage per function, and the total
	go test -coverprofile=cover.out ./...
	go tool cover -func=cover.out

minio: bin/minio ## Install the pinned MinIO server into bin/ (some minutes, once)

bin/minio:
	GOBIN="$(CURDIR)/bin" go install $(MINIO)

toxiproxy: bin/toxiproxy-server ## Install the pinned toxiproxy into bin/, for make bench

bin/toxiproxy-server:
	GOBIN="$(CURDIR)/bin/.toxiproxy" go install $(TOXIPROXY)
	mv bin/.toxiproxy/server $@ && rmdir bin/.toxiproxy

clean: ## Remove bin/, coverage and all results of runs
	rm -rf bin cover.out
	find results -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
