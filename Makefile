# make run      sets up what the labs need and runs one (LAB=lab5_logistic, ARGS='--seed 2')
# make compare  also sets up Python's side, and compares a lab with its notebook (LAB=lab5_logistic, ARGS='--html page.html')
# make test     sets everything up and runs all tests, some 15 minutes on two cores after the build (LAB=lab5_logistic: that lab's
# make test     tests); for some tests it installs Debian packages (as root, or with sudo): a browser, Fashion-MNIST, iproute2
# make quick    runs the tests that need no Python, which takes a minute after the build
# make help     lists the rest

LAB ?= lab6_softmax
ARGS ?=

# torch-sys takes these before ./libtorch.
unexport LIBTORCH_USE_PYTORCH LIBTORCH_INCLUDE LIBTORCH_LIB

.PHONY: help setup python run compare test quick repeat parity check bench gpu-check notebooks jupyter rust-notebooks site table clean

run:
	@scripts/setup labs $(LAB)
	@scripts/watched -t "cargo: building" cargo build --bin $(LAB)
	@cargo run --quiet --bin $(LAB) -- $(ARGS)

# A comparison with the notebook's saved outputs needs no Python.
compare: $(if $(findstring --stored,$(ARGS)),setup,python)
	@scripts/watched -t "cargo: building" cargo build --bin $(LAB) --bin compare
	@cargo run --quiet --bin compare -- $(LAB) $(ARGS)

test:
	@scripts/setup tests
	@scripts/setup-tests
	@failed=; cargo test --no-fail-fast --bench parts || failed=1; \
	cargo test --no-fail-fast $(if $(filter command line,$(origin LAB)),$(shell echo $(LAB) | sed -E 's/^(lab[0-9]+(_[0-9]+)*_).*/\1/')) || failed=1; \
	[ -z "$$failed" ]

quick: setup
	@cargo test --no-fail-fast --lib --bins
	@cargo test --no-fail-fast -p zerotoall --test suite -- house:: figures_are_drawn_as_before whatever_is_drawn_is_drawn cli:: faults::

help:
	@sed -n 's/^# make/make/p' Makefile

# make setup  installs libtorch into .venv, all of it where there is an NVIDIA driver, and links ./libtorch to it
setup:
	@scripts/setup

# make python  also installs Python's side, which `compare` and the targets below need
python:
	@scripts/setup python

# make repeat  runs REPEAT times what must give the same result every time, also with other numbers of threads and as other processors
REPEAT ?= 20
repeat: python
	@REPEAT=$(REPEAT) cargo test --test suite repeat:: -- --nocapture --test-threads 1

# make parity  writes docs/parity.md: what was compared with live PyTorch, and the names that are missing
parity: python
	@PARITY=1 cargo test --test suite table::

# make check  checks formatting, lints and rustdoc, as CI does
check: setup
	@cargo fmt --all --check
	@cargo clippy --locked --all-targets -- -D warnings
	@for features in "" plt vision distributed; do \
		cargo clippy --quiet --locked -p zerotoall --lib --no-default-features --features "$$features" -- -D warnings || exit 1; done
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet

# make bench  compares speed with Python, tch, candle and burn, which takes most of an hour (ARGS='epoch tiny': only these jobs)
bench: python
	@cargo build --bins --example jobs
	@cargo build --release --manifest-path benches/peers/Cargo.toml
	@.venv/bin/python benches/bench.py $(ARGS)

# make gpu-check  tries training on this machine's GPU and prints a table for a report (ARGS='bits speed': only these parts)
gpu-check: python
	@cargo build --quiet --bins
	@.venv/bin/python scripts/gpu_check.py $(ARGS)

# make notebooks  runs the notebooks and saves their outputs in them, and measures how far their labs' numbers vary between processors
# make notebooks  (LAB=lab5_logistic: only that notebook)
notebooks: python
	@.venv/bin/python tests/reference/save_outputs.py $(if $(filter command line,$(origin LAB)),labs/$(LAB).ipynb,labs/*.ipynb)
	@cargo run --quiet --bin compare -- processors labs/processors.toml $(if $(filter command line,$(origin LAB)),$(LAB))

# make jupyter  opens a lab in JupyterLab, Python on the left and Rust on the right (LAB=lab6_softmax: that lab)
jupyter:
	@scripts/jupyter $(if $(filter command line,$(origin LAB)),$(LAB),lab5_logistic) $(ARGS)

# make rust-notebooks  generates the labs' Rust notebooks, runs those that have changed and saves their outputs in them
rust-notebooks:
	@scripts/setup-jupyter
	@changed=$$(cargo run --quiet --bin compare -- rust-notebooks labs/rust) && \
		{ [ -z "$$changed" ] || .venv/bin/python tests/reference/save_outputs.py $$changed; }

# make site  writes the lessons as a site into site/, in English and Korean (ARGS=--stored: without running Python)
site: $(if $(findstring --stored,$(ARGS)),setup,python)
	@cargo run --quiet --bin compare -- --all --quiet --site site $(ARGS)

# make table  writes docs/python-to-rust.md, the table of Python lines and their Rust lines
table: setup
	@cargo run --quiet --bin compare -- table docs/python-to-rust.md

# make clean  removes everything that setup and the builds made
clean:
	@rm -rf target .venv .jupyter libtorch data/MNIST/raw/*-ubyte
