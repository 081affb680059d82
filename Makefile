# What people do often. `make test` is what must pass before anything is merged.

.PHONY: demo test bench docs fmt lint fuzz

FUZZ_TARGETS = container bitmap_view
FUZZ_SECONDS = 60

demo:
	cargo run --release --example recall

test:
	cargo fmt --all --check
	$(MAKE) --no-print-directory lint
	cargo test --workspace
	cargo check -p seriatim --lib --tests --no-default-features
	cargo check -p seriatim --lib --tests --no-default-features --features arrow
	cd fuzz && cargo check --locked
	$(MAKE) --no-print-directory docs

bench:
	cargo bench --workspace

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

lint:
	cargo clippy --workspace --all-targets -- -D warnings

# Needs cargo-fuzz: `cargo install cargo-fuzz`.
fuzz:
	for target in $(FUZZ_TARGETS); do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run $$target -- -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done
