# What people do often. `make test` is what must pass before anything is merged.

.PHONY: demo test bench docs fmt lint

demo:
	cargo run --release --example recall

test:
	cargo fmt --all --check
	$(MAKE) --no-print-directory lint
	cargo test --workspace
	cargo check -p seriatim --lib --tests --no-default-features
	cargo check -p seriatim --lib --tests --no-default-features --features arrow
	$(MAKE) --no-print-directory docs

bench:
	cargo bench --workspace

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

lint:
	cargo clippy --workspace --all-targets -- -D warnings
