# Everything that a developer or CI does here. `make` alone lists it.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# Where an environment forbids it to keep bytecode, each process would compile all of the sources anew.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
SEASON := scenarios/child-allowance-status-report.toml
PROTOS = $(shell find proto -name '*.proto' | LC_ALL=C sort)
API := src

.PHONY: help
help: ## Lists the targets
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Set up

.PHONY: setup
setup: ## Makes .venv, fetches Kafka, compiles the kernel; does nothing when all is there
	@deploy/local/setup

.PHONY: setup-tests
setup-tests: ## The same, and what only the tests need
	@deploy/local/setup --tests

.PHONY: lock
lock: setup ## Compiles requirements.lock anew from pyproject.toml
	@deploy/local/lock

##@ Code

.PHONY: fmt
fmt: setup ## Formats Python and proto files
	@$(BIN)/ruff check --fix-only --exit-zero --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/buf format --write

.PHONY: lint
lint: setup ## ruff, buf and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/buf lint
	@$(BIN)/buf format --diff --exit-code
	@$(BIN)/lint-imports --no-logo

.PHONY: types
types: setup ## mypy, strict
	@$(BIN)/mypy

.PHONY: proto
proto: setup ## Generates src/shinsei/api from proto/ (API=DIR writes elsewhere)
	@$(BIN)/python -m grpc_tools.protoc -I proto --python_out=$(API) --pyi_out=$(API) --grpc_python_out=$(API) $(PROTOS)

.PHONY: proto-baseline
proto-baseline: setup ## Declares the messages of today published: breaking changes are measured from here
	@$(BIN)/buf build --exclude-source-info -o proto/baseline.binpb

##@ Tests

PYTEST = $(BIN)/python -m pytest -q
PURE = unit contract architecture model

.PHONY: test
test: setup-tests ## All tiers, on the real parts, in two processes
	@$(PYTEST) -n 2 --no-loadscope-reorder $(ARGS)

.PHONY: test-fast
test-fast: setup ## Those that need no service and are not slow (mypy is), in little more than a minute on two cores
	@$(PYTEST) -n 2 --no-loadscope-reorder --hypothesis-profile few $(PURE:%=tests/%) -m "not slow and not long" $(ARGS)

.PHONY: integration
integration: setup-tests ## One part against a real Kafka or PostgreSQL
	@$(PYTEST) tests/integration $(ARGS)

.PHONY: e2e
e2e: setup-tests ## Journeys through the whole stack
	@$(PYTEST) tests/e2e $(ARGS)

.PHONY: fuzz
fuzz: setup-tests ## Fuzzes codecs, scenarios and every procedure of the stack for MINUTES=4 together; make test does 10 s of it
	@SHINSEI_FUZZ_S=$$(( $(or $(MINUTES),4) * 15 )) $(PYTEST) -s tests/unit/contracts/test_fuzz.py tests/e2e/test_fuzz.py

.PHONY: test-long
test-long: setup-tests ## Soaks and sweeps
	@$(PYTEST) -m long $(ARGS)

.PHONY: simulate
simulate: setup ## The whole live system in one process under a seeded scheduler (SEEDS=500, FROM=0, JOBS=1, OUT=file; docs/reliability.md)
	@$(BIN)/python -m simulation --seeds $(or $(SEEDS),500) --from $(or $(FROM),0) --jobs $(or $(JOBS),1) $(if $(OUT),--out $(OUT))

.PHONY: chaos
chaos: setup-tests ## Kills, hangs, cuts and fault flags against a stack of its own (MINUTES=10, SEED=1, ONLY=TEXT; docs/reliability.md)
	@$(BIN)/python -m tests.chaos --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) $(if $(ONLY),--only "$(ONLY)")

##@ Run

.PHONY: up
up: setup ## Starts the local stack
	@./shinsei up

.PHONY: down
down: setup ## Stops the local stack
	@./shinsei down

.PHONY: demo
demo: setup ## The peak season with all linkage methods side by side (SEED=7, KEEP=1 leaves the stack up)
	@./shinsei season $(SEASON) --intervals 30 $(if $(SEED),--seed $(SEED)) $(if $(KEEP),--keep)

.PHONY: load
load: setup ## A load test of the stack that is up (PRESET=smoke, RATE=40, PROCESSES=2, SHORTEN=0.5); make up first
	@./shinsei loadtest run $(or $(PRESET),smoke) $(if $(RATE),--rate $(RATE)) $(if $(PROCESSES),--processes $(PROCESSES)) $(if $(SHORTEN),--shorten $(SHORTEN))

.PHONY: load-all
load-all: setup ## Every load test, shortened, within 35 minutes, and one table of them (ARGS=…, docs/loadtest.md); make up first
	@$(BIN)/python -m bench.presets $(ARGS)

.PHONY: load-ui
load-ui: setup ## The same from Locust's web page, on http://127.0.0.1:8089 (PRESET=smoke, RATE=40)
	@$(BIN)/locust -f loadtest/locustfile.py --web-host 127.0.0.1 --preset $(or $(PRESET),smoke) $(if $(RATE),--rate $(RATE))

.PHONY: bench
bench: setup ## Shinsei beside its limit, on a stack of its own, in an hour (ARGS='--pairs 1 --modes batch', docs/performance.md)
	@$(BIN)/python -m bench.ceiling $(ARGS)
	@$(MAKE) budget

.PHONY: budget
budget: setup ## Writes what make bench, bench-growth, bench-startup and flame kept into docs/performance.md
	@$(BIN)/python docs/generate.py --page performance.md

.PHONY: bench-growth
bench-growth: setup ## How throughput goes with processes, partitions, stored cases, municipalities, payload (ARGS='--only stored')
	@GRPC_ENABLE_FORK_SUPPORT=0 $(BIN)/python -m bench.growth $(ARGS)
	@$(MAKE) budget

.PHONY: bench-compare
bench-compare: setup ## Fails where a ratio to the limit has fallen by more than 15 % (OLD=FILE, else bench/results/kept.json; NEW=FILE, else the latest)
	@$(BIN)/python -m bench.compare $(or $(OLD),bench/results/kept.json) $(NEW)

.PHONY: flame
flame: setup ## Flame graphs of the services at full load, into results/flame (ARGS='--mode unary --all')
	@GRPC_ENABLE_FORK_SUPPORT=0 $(BIN)/python -m bench.flame $(ARGS)
	@$(MAKE) budget

.PHONY: bench-plan
bench-plan: setup ## The kernel beside SimPy and Ciw, and whole plans, in about three minutes (ARGS=…, docs/performance.md)
	@$(BIN)/python deploy/local/compile_kernel.py || true
	@$(BIN)/python -m bench.plan $(ARGS)

.PHONY: bench-startup
bench-startup: setup-tests ## From make up to the first accepted application, and other waits (ARGS='--rounds 5 --tests', docs/performance.md)
	@$(BIN)/python -m bench.startup $(ARGS)
	@$(MAKE) budget

.PHONY: bench-overload
bench-overload: setup ## What ten minutes at three times the maximum do to the memory of the stack that is up (ARGS='--maximum R', docs/reliability.md)
	@$(BIN)/python -m bench.overload $(ARGS)

.PHONY: bench-telemetry
bench-telemetry: setup-tests ## What telemetry costs of throughput: seasons on stacks with and without it (ARGS=…, docs/operations.md)
	@$(BIN)/python -m bench.telemetry $(ARGS)

.PHONY: kernel
kernel: setup ## Compiles the kernel again after an edit, where a C compiler is: plans take half the time (docs/performance.md)
	@$(BIN)/python deploy/local/compile_kernel.py

##@ Containers and Kubernetes (deploy/README.md)

COMPOSE = $(ENGINE) compose -f deploy/docker/compose.yaml
IMAGES = portal_sim linkage_server app_mgmt core_systems cli loadtest
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
ENGINE ?= docker
BASE ?= python:3.12.11-slim-bookworm
PROFILES = minimal full

# Asked first by whatever needs an engine.
.PHONY: engine compose-engine
engine:
	@command -v $(firstword $(ENGINE)) >/dev/null || \
		{ echo "$(firstword $(ENGINE)) is missing, by which containers are built and run; ENGINE=another names another" >&2; exit 2; }

compose-engine: engine
	@$(ENGINE) compose version >/dev/null 2>&1 || \
		{ echo "$(ENGINE) has no compose (of Docker, the plugin docker-compose-plugin 2.23 or newer)" >&2; exit 2; }

.PHONY: compose-secrets
compose-secrets: ## Makes the secrets of the containers, once; every other compose target begins with it
	@deploy/docker/secrets/make

.PHONY: images
images: engine ## Builds the images of the services, the command line and the load test (ENGINE=podman, BASE=another Python)
	@for image in $(IMAGES); do \
		$(ENGINE) build --quiet -f deploy/docker/Dockerfile --build-arg BASE=$(BASE) --target $$image -t shinsei/$$image:$(VERSION) . || exit 1; \
	done

.PHONY: image-names
image-names: ## Prints the names of the images, for kind, k3d and registries
	@echo $(IMAGES:%=shinsei/%:$(VERSION))

.PHONY: images-check
images-check: setup ## Runs the images that podman has built: a season and load, their services scaled out, restarted and killed (BASE as for images)
	@BASE="$(BASE)" deploy/docker/check

.PHONY: sbom
sbom: setup ## Writes what each image is made of as CycloneDX, to build/sbom
	@$(BIN)/python deploy/docker/sbom.py build/sbom

.PHONY: audit
audit: setup ## Compares the locks with a database of known vulnerabilities that you have fetched (DB=an OSV dump of PyPI)
	@$(BIN)/python deploy/local/audit.py $(DB)

.PHONY: compose-up
compose-up: compose-engine compose-secrets ## Starts the flow in containers, zone by zone (PROFILE=minimal, or full: with Prometheus, alerts and Grafana; ENGINE=podman)
	@$(if $(filter-out $(PROFILES),$(PROFILE)),echo "no such profile: $(PROFILE); there are: $(PROFILES)" >&2; exit 2)
	@$(COMPOSE) $(if $(PROFILE),--profile $(PROFILE)) up --build --wait

.PHONY: compose-watch
compose-watch: compose-engine compose-secrets ## Rebuilds and replaces the one service whose code is changed, until it is interrupted; compose-up first
	@$(COMPOSE) watch --no-up

.PHONY: compose-demo
compose-demo: compose-engine compose-secrets ## Runs a season in containers that are up (SEASON=…, ARGS=--resume or --discard); its results come to ./results
	@$(ENGINE) rm shinsei-season >/dev/null 2>&1 || true
	@code=0; \
	$(COMPOSE) run --build --name shinsei-season season season $(notdir $(SEASON:.toml=)) --out results $(ARGS) || code=$$?; \
	$(ENGINE) cp shinsei-season:/var/lib/shinsei/results . && $(ENGINE) rm shinsei-season >/dev/null || code=1; \
	exit $$code

.PHONY: compose-load
compose-load: compose-engine compose-secrets ## Starts a load test in containers, on http://127.0.0.1:8089 (PRESET=smoke, RATE=40, WORKERS=2)
	@PRESET=$(or $(PRESET),smoke) RATE=$(RATE) $(COMPOSE) --profile loadtest up --build --wait --scale loadtest_worker=$(or $(WORKERS),2)

.PHONY: compose-down
compose-down: compose-engine compose-secrets ## Stops the containers; their data stays
	@$(COMPOSE) --profile full --profile season --profile loadtest down

.PHONY: dashboards
dashboards: setup ## Writes the Grafana dashboards anew from deploy/grafana
	@$(BIN)/python deploy/grafana/build.py
	@$(BIN)/python deploy/k8s/generate.py

.PHONY: compose-check
compose-check: setup ## Compares compose with the code
	@$(PYTEST) tests/contract/test_deploy.py tests/contract/test_images.py tests/contract/test_compose_*.py tests/integration/test_databases_in_containers.py tests/contract/test_kafka_in_containers.py tests/contract/test_unvalidated.py tests/contract/test_room_elsewhere.py tests/contract/test_zones.py

.PHONY: k8s-secrets
k8s-secrets: ## Makes the secrets of a cluster of one's own, of random values
	@deploy/k8s/components/secrets/make

.PHONY: k8s-generate
k8s-generate: setup ## Writes topics, rules and dashboards of Kubernetes from those of the code and the local stack
	@$(BIN)/python deploy/k8s/generate.py

.PHONY: k8s-check
k8s-check: setup-tests ## Builds and checks the manifests in every combination
	@$(PYTEST) tests/integration/kubernetes tests/contract/test_generated_manifests.py tests/contract/test_zones.py

##@ CI

.PHONY: ci
ci: ## What CI runs
	@.ci/run

.PHONY: clean
clean: ## Removes what tools and runs left, results and set-up apart
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache build dist
	@find src services tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
