# The two programs, and everything one does with their source. `make` alone lists the targets.
export CGO_ENABLED := 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
PACKAGE := github.com/converged/converged
LDFLAGS := -s -w -X $(PACKAGE)/cmd/program.release=$(VERSION) -X $(PACKAGE)/cmd/program.commit=$(COMMIT)
PREFIX  ?= /usr/local
FUZZTIME ?= 60s
SOAKTIME ?= 30m
CORPUS  ?= testdata/roles/sample/roles
TOOL    := go tool -modfile=.ci/tools/go.mod
TELEGRAF := custom,inputs.statsd,outputs.file,serializers.json

.DEFAULT_GOAL := help
.PHONY: help demo docs build receivers test race lint quality bench fuzz cover man install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## the main job on sample input: no account, no network
	@go run ./features/demo -bin bin -out demo-output

docs: build ## remake the pictures of docs/
	@bin/rolegraph render testdata/roles/sample/roles --title "Sample roles" -o docs/roles.png
	@bin/rolegraph render testdata/roles/kinds/roles --cookbooks testdata/roles/kinds/cookbooks --nodes testdata/roles/kinds/nodes --environments testdata/roles/kinds/environments --policyfiles testdata/roles/kinds/Policyfile.rb --title "Everything of a repository" -o docs/kinds.png
	@bin/rolegraph render testdata/roles/sample/roles --title "What depends on itself" --cycles-only -o docs/cycle.png
	@bin/rolegraph render testdata/roles/sample/roles --title "Sample roles" -o bin/roles.html
	@go run ./features/picture -page bin/roles.html -select 'role[webserver]' -o docs/html.png
	@bin/rolegraph render testdata/roles/sample/roles --title "Around webserver" --focus webserver --depth 1 -o docs/focus.png
	@bin/rolegraph diff testdata/roles/sample/roles testdata/roles/proposed/roles --title "What the change does" -o docs/diff.png || test $$? = 1

build: ## static binaries in bin/
	@mkdir -p bin
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/converged ./cmd/rolegraph

receivers: ## DogStatsD receivers of others, in bin/receivers, for the tests
	@mkdir -p bin/receivers
	go build -modfile=.ci/receivers/go.mod -trimpath -ldflags '-s -w' -tags $(TELEGRAF) -o bin/receivers/ github.com/influxdata/telegraf/cmd/telegraf github.com/prometheus/statsd_exporter

test: build receivers ## every test, the scenarios of features/ included
	go test -timeout 30m ./...

race: build receivers ## tests and the programs they start under the race detector, less of what is only large (needs a C compiler)
	CGO_ENABLED=1 go test -race -short -timeout 30m ./...

lint: ## gofmt, go vet and golangci-lint
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	$(TOOL) golangci-lint run ./...

quality: build ## pictures of the roles in CORPUS measured against dot
	go run ./features/quality -bin bin $(CORPUS)

bench: build ## speed and size, as a table
	go run ./features/bench -bin bin

soak: build ## everything goes wrong for SOAKTIME (default 30m), then every run is accounted for
	go run ./features/soak -bin bin -duration $(SOAKTIME)

fuzz: ## every fuzz target for FUZZTIME each (default 60s)
	@.ci/fuzz $(FUZZTIME)

cover: ## statement coverage by package, and coverage.out
	go test -timeout 30m -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -n 1

man: build ## the manual pages, in man/
	@rm -rf man
	@bin/converged man man
	@bin/rolegraph man man

SHARE := $(DESTDIR)$(PREFIX)/share

install: man ## programs, manual pages, completions and Ansible's callback below PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 0755 bin/converged bin/rolegraph $(DESTDIR)$(PREFIX)/bin/
	install -m 0644 man/*.1 $(SHARE)/man/man1/
	install -D -m 0644 -t $(SHARE)/converged/ansible/callback_plugins contrib/ansible/callback_plugins/converged_jsonl.py
	for p in converged rolegraph; do \
	  bin/$$p completion bash >$(SHARE)/bash-completion/completions/$$p && \
	  bin/$$p completion zsh >$(SHARE)/zsh/site-functions/_$$p && \
	  bin/$$p completion fish >$(SHARE)/fish/vendor_completions.d/$$p.fish || exit 1; done

clean: ## remove what the targets above made
	rm -rf bin man demo-output coverage.out
