# appgrant. `make help` lists the targets.

# No target but test-race needs a C compiler.
export CGO_ENABLED ?= 0

GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BENCHSTAT     := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
ACTIONLINT    := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
OAPI_CODEGEN  := github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen

# Each contract and the folder of gen/ that its packages are in.
CONTRACTS := openapi/app-authorization.yaml:. openapi/admin.yaml:admin
PACKAGES  := types client ginserver

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the program, bin/appgrant
	go build -o bin/appgrant ./cmd/appgrant

.PHONY: run
run: build ## run the server with the demo catalog (ARGS='--listen ...' for more)
	exec bin/appgrant serve $(ARGS)

.PHONY: test
test: ## run all tests
	go test ./...

.PHONY: test-race
test-race: export CGO_ENABLED = 1
test-race: ## run all tests, shortened, under the race detector (needs a C compiler)
	go test -race -short ./...

.PHONY: test-postgres
test-postgres: ## run the tests of storage and server on a PostgreSQL of their own (needs its server's programs)
	.ci/with-postgres go test -count=1 ./server/... ./cmd/...

.PHONY: test-nginx
test-nginx: ## run examples/nginx with a real nginx (needs nginx, in PATH or /usr/sbin, and curl)
	APPGRANT_TEST_NGINX=1 go test -count=1 ./examples/nginx

.PHONY: test-recipes
test-recipes: bundle ## generate clients as docs/generate.md says, and call a server with each (needs npm, Java, Python)
	.ci/recipes

.PHONY: test-browser
test-browser: build ## look at the pages of the server with Chromium; pictures in build/reports/browser (needs npm, Chromium)
	.ci/browser/run

.PHONY: test-walk
test-walk: ## walk docs/change-the-contract.md on a copy (needs npm)
	APPGRANT_TEST_WALK=1 go test -count=1 -v -timeout 20m ./docs

.PHONY: test-release
test-release: build ## build a release twice and compare the bytes; try the steps of the workflows (needs npm, curl, shellcheck)
	.ci/equal-builds
	.ci/test-judge
	go run $(ACTIONLINT)
	shellcheck -x $$(git grep -lE '^#!.*sh$$' -- .ci bench openapi examples)

.PHONY: bench
bench: build ## measure the server beside its yardsticks: build/reports/bench.md (Linux, two processors; ARGS='-only disk ...' for less)
	go build -o build/bench ./server/internal/bench
	build/bench $(ARGS)

.PHONY: bench-large
bench-large: build ## measure how it grows up to ten million records: build/reports/bench-large.md
	go build -o build/bench ./server/internal/bench
	build/bench -only growth -sizes 1e4,1e6,1e7 -out build/reports/bench-large.md $(ARGS)

.PHONY: bench-peers
bench-peers: build ## measure the server and the tools beside others: build/reports/bench-peers.md (needs npm; Java for one of them)
	bench/peers/install
	openapi/lint/run openapi/app-authorization.yaml
	go build -o build/bench ./server/internal/bench
	build/bench -only peers,tools -out build/reports/bench-peers.md $(ARGS)

.PHONY: bench-postgres
bench-postgres: build ## measure the server on a PostgreSQL of its own: build/reports/bench-postgres.md (needs its server's programs)
	go build -o build/bench ./server/internal/bench
	DURABLE=1 .ci/with-postgres sh -c 'build/bench -only disk,bulk -postgres "$$APPGRANT_TEST_POSTGRES" -out build/reports/bench-postgres.md $(ARGS)'

.PHONY: bench-drivers
bench-drivers: export CGO_ENABLED = $(shell command -v cc >/dev/null && echo 1 || echo 0)
bench-drivers: ## compare drivers for SQLite (with a C compiler, the one in C, too): build/reports/bench-drivers.md
	mkdir -p build/reports
	cd bench/drivers && go run . $(ARGS) >../../build/reports/bench-drivers.md
	cat build/reports/bench-drivers.md

.PHONY: bench-compare
bench-compare: export BENCHSTAT := $(BENCHSTAT)
bench-compare: ## compare the micro-benchmarks with those of a revision (BASE=HEAD~1, COUNT=6, BENCH=pattern)
	bench/compare

.PHONY: test-bench
test-bench: build ## see that what measures works, in little time and without meaning
	cd bench/drivers && go test ./...
	$(MAKE) --no-print-directory bench ARGS='-rounds 1 -slice 50ms -sizes 1e3,1e4 -out build/reports/bench-tried.md'

.PHONY: bundle
bundle: build ## write the contract in all its editions to build/contract
	rm -rf build/contract
	bin/appgrant contract bundle --dir build/contract

.PHONY: lint-contract
lint-contract: bundle ## lint the contracts with Spectral and Redocly (needs npm)
	openapi/lint/run openapi/*.yaml build/contract/*-3.1.yaml build/contract/admin/*-3.1.yaml
	openapi/lint/run --faults

.PHONY: breaking
breaking: build ## fail on a break with the newest released contract (or BASE=REV) that the version doesn't announce
	.ci/breaking

.PHONY: release-contract
release-contract: build ## put the contracts into openapi/released, under their versions
	.ci/release-contract

.PHONY: release-snapshot
release-snapshot: ## write archives for all systems, sums, SBOMs, and the contract to build/release (TARGETS=linux/amd64 for one)
	.ci/release

# generate_into DIR: what is generated, from the contracts alone.
generate_into = set -e; for pair in $(CONTRACTS); do for package in $(PACKAGES); do \
	contract=$${pair%:*} folder=$${pair\#*:}/$$package; \
	mkdir -p $(1)/$$folder; \
	go run $(OAPI_CODEGEN) -config gen/$$folder/oapi-codegen.yaml -o $(1)/$$folder/$$package.gen.go $$contract; \
	done; done

.PHONY: conformance
conformance: bundle ## judge the contract in both editions, and the server on SQLite; reports in build/reports
	bin/appgrant conformance contract --report-dir build/reports/contract
	bin/appgrant conformance contract --rulings --spec build/contract/app-authorization-3.1.yaml --report-dir build/reports/contract-3.1
	DEEP=1 .ci/conformance sqlite

.PHONY: conformance-postgres
conformance-postgres: build ## judge the server on a PostgreSQL of its own (needs its server's programs)
	.ci/with-postgres sh -c '.ci/conformance postgres --store "$$APPGRANT_TEST_POSTGRES"'

.PHONY: generate
generate: ## generate gen/ and openapi/requests from the contracts
	$(call generate_into,gen)
	go test -count=1 -run '^TestRequestsUpToDate$$' ./openapi -update

.PHONY: verify
verify: ## fail if gen/, openapi/requests or go.mod is stale, or if importing a client brings in a server
	rm -rf build/.verify
	$(call generate_into,build/.verify)
	diff -r -x oapi-codegen.yaml -x overlay.yaml gen build/.verify
	go mod tidy -diff
	cd bench/drivers && go mod tidy -diff
	go test -count=1 -run TestRequestsUpToDate ./openapi
	deps=$$(go list -deps ./client ./gen/client ./gen/admin/client) && ! echo "$$deps" | grep -E 'gin-gonic|kin-openapi|sqlite|pgx|goose|cobra|appgrant/(server|openapi|conformance)'

.PHONY: lint
lint: ## run the linters, which also hold the packages' dependencies to the drawing
	go run $(GOLANGCI_LINT) run

# What builds images: docker, podman or buildah.
IMAGE_BUILDER ?= docker

.PHONY: image
image: ## build a container image, appgrant (IMAGE_BUILDER=docker, podman or buildah)
	mkdir -p build/image/data
	GOOS=linux go build -trimpath -o build/image/appgrant ./cmd/appgrant
	$(IMAGE_BUILDER) build -t appgrant .

.PHONY: clean-data
clean-data: ## delete the data of `make run`, to start afresh
	rm -rf data
