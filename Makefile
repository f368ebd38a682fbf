# Two commands do everything on a fresh machine with Python 3.11 to 3.13: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Where PyTorch comes from, if not from the index that pip already uses: TORCH_INDEX=URL make demo
TORCH  := $(if $(TORCH_INDEX),$(BIN)/pip install -q -c constraints.txt --index-url $(TORCH_INDEX) torch &&)
# Threads that spin while they wait slow everything beside them; this is the OpenMP default made modest.
export GOMP_SPINCOUNT ?= 1000

.PHONY: demo test check format bench clean

demo: $(VENV)/.deep  ## install, compare classical and deep on handwritten digits, write report.html
	$(BIN)/fathom compare sample:digits --predict digit --minutes 2.5 --name digits --report report.html

test: $(VENV)/.dev  ## install what the tests need and run them all
	$(BIN)/python -m compileall -q -j 0 src || true
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup

check: $(VENV)/.dev  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## the benchmarks behind RESULTS.md; the slow ones read real data from $$FATHOM_DATA
	for script in startup training serving mnist tables analytics text gpu; do $(BIN)/python benchmarks/$$script.py || exit 1; done
	mkdir -p build && $(BIN)/python benchmarks/verdict.py build/verdict.jsonl
	$(BIN)/python benchmarks/advice_records.py build/advice.jsonl && $(BIN)/python benchmarks/advice.py build/advice.jsonl

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "fathom needs Python 3.11 to 3.13; this is " + sys.version.split()[0] + ". Say which to use: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# Byte code is compiled once: machines that write none would import PyTorch twice as slowly in each of the many
# processes that a study and the tests start, and fathom too.
$(VENV)/.deep: $(VENV)/bin/python pyproject.toml constraints.txt
	$(TORCH) $(BIN)/pip install -q -c constraints.txt -e '.[deep]'
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	touch $@

$(VENV)/.dev: $(VENV)/.deep
	$(BIN)/pip install -q -c constraints.txt -e '.[deep,text,dev]'
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	touch $@

clean:
	rm -rf $(VENV) build dist report.html
