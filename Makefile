# make run    sets everything up and runs a lab (LAB=lab5_logistic, ARGS='--seed 2')
# make test   sets everything up and runs all tests
# make help   lists the rest

LAB ?= lab6_softmax
ARGS ?=

# torch-sys takes these before ./libtorch.
unexport LIBTORCH_USE_PYTORCH LIBTORCH_INCLUDE LIBTORCH_LIB

.PHONY: help setup run test repeat parity check bench gpu-check notebooks jupyter rust-notebooks site table clean

run: setup
	@cargo run --bin $(LAB) -- $(ARGS)

test: setup
	@scripts/setup-tests
	@cargo test --no-fail-fast --bench parts
	@cargo test --no-fail-fast

help:
	@sed -n 's/^# make/make/p' Makefile

# make setup  installs torch into .venv and links ./libtorch to it
setup:
	@scripts/setup

# make repeat  runs what must be the same every time REPEAT times, on other numbers of threads and processors, too
REPEAT ?= 20
repeat: setup
	@REPEAT=$(REPEAT) cargo test --test suite repeat:: -- --nocapture --test-threads 1

# make parity  writes docs/parity.md: what was compared with live PyTorch, and what is not there
parity: setup
	@PARITY=1 cargo test --test suite table::

# make check  formatting, lints and rustdoc, as CI does
check: setup
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet

# make bench  compares speed with Python, tch, candle and burn; takes most of an hour (ARGS='epoch tiny' runs a part)
bench: setup
	@cargo build --bins --example jobs
	@cargo build --release --manifest-path benches/peers/Cargo.toml
	@.venv/bin/python benches/bench.py $(ARGS)

# make gpu-check  tries training on this machine's GPU and prints a table for a report (ARGS='bits speed' tries these parts)
gpu-check: setup
	@cargo build --quiet --bins
	@.venv/bin/python scripts/gpu_check.py $(ARGS)

# make notebooks  runs the notebooks and saves their outputs in them (LAB=lab5_logistic: that one alone)
notebooks: setup
	@.venv/bin/python tests/reference/save_outputs.py $(if $(filter command line,$(origin LAB)),labs/$(LAB).ipynb,labs/*.ipynb)

# make jupyter  opens a lab in JupyterLab, Python on the left and Rust on the right (LAB=lab6_softmax: that one)
jupyter: setup
	@scripts/jupyter $(if $(filter command line,$(origin LAB)),$(LAB),lab5_logistic) $(ARGS)

# make rust-notebooks  makes the Rust notebooks of the labs, runs those that have changed and saves their outputs in them
rust-notebooks: setup
	@scripts/setup-jupyter
	@changed=$$(cargo run --quiet --bin compare -- rust-notebooks labs/rust) && \
		{ [ -z "$$changed" ] || .venv/bin/python tests/reference/save_outputs.py $$changed; }

# make site  writes the lessons as a site into site/, in English and Korean (ARGS=--stored: without running Python)
site: setup
	@cargo run --quiet --bin compare -- --all --quiet --site site $(ARGS)

# make table  writes docs/python-to-rust.md, the table of Python lines and their Rust lines
table: setup
	@cargo run --quiet --bin compare -- table docs/python-to-rust.md

# make clean  removes all that setup and the builds made
clean:
	@rm -rf target .venv .jupyter libtorch data/MNIST/raw/*-ubyte
